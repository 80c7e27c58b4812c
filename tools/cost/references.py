"""What public references that give the same as the sandbox would cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from assembly import Graph
from tools.cost.estimate import Estimate
from tools.cost.usage import Usage

_FILE: Final = Path(__file__).parent / "public_references.yaml"


def costs(gives: str, usage: Usage, kind: str = "") -> dict[str, float]:
    """US dollars a month of each reference, cheapest first.

    Args:
        gives: `ecs` or `eks`; `shared` for what both share.
        usage: What Spot Instances cost.
        kind: `terraform` for modules and blueprints of Terraform alone.
    """
    document: dict[str, Any] = YAML(typ="safe").load(_FILE.read_text(encoding="utf-8"))
    if gives == "shared":
        return {"NAT gateway and load balancer": _cost(document["shared"], "eu-west-1", usage)}
    found = {
        name: _cost(each["resources"], each["region"], usage)
        for name, each in document["references"].items()
        if each["gives"] == gives and kind in ("", each["kind"])
    }
    return dict(sorted(found.items(), key=lambda item: item[1]))


def cheapest(usage: Usage, kind: str = "") -> float:
    """The cheapest for Amazon ECS and for Amazon EKS, and what both share.

    Args:
        usage: What Spot Instances cost.
        kind: `terraform` for modules and blueprints of Terraform alone.
    """
    return sum(next(iter(costs(gives, usage, kind).values())) for gives in ("shared", "ecs", "eks"))


def _cost(resources: dict[str, Any], region: str, usage: Usage) -> float:
    graph = Graph({"reference": {"Resources": resources}}, places={"reference": ("", region)})
    return Estimate.of(graph, usage).cost.expected
