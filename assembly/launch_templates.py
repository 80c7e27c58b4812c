"""Launch templates of Auto Scaling groups."""

from __future__ import annotations

from assembly.graph import Graph
from assembly.resource import Resource


def launch_templates(graph: Graph, group: Resource) -> list[Resource]:
    """Those that an Auto Scaling group launches instances from."""
    path = "MixedInstancesPolicy.LaunchTemplate"
    values = [
        group.get(f"{path}.LaunchTemplateSpecification.LaunchTemplateId"),
        group.get("LaunchTemplate.LaunchTemplateId"),
    ]
    values += [
        each.get("LaunchTemplateSpecification", {}).get("LaunchTemplateId") for each in group.list(f"{path}.Overrides")
    ]
    return list(dict.fromkeys(filter(None, map(graph.find, values))))
