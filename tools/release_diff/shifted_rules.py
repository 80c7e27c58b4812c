"""Listener rules whose weights are those of Amazon ECS, and not those of the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tools.release_diff.comparison import Address, Change, Effect

Template = Mapping[str, Any]
_RULES = ("ProductionListenerRule", "TestListenerRule")


def touched_rules(changes: Sequence[Change], base: Mapping[str, Template]) -> list[Change]:
    """The changes of rules that deployments of Amazon ECS shift: CloudFormation sets them to what the template says.

    Args:
        changes: What a deployment would change.
        base: The templates that are deployed, by stack.
    """
    shifted = set(_shifted(base))
    kept = (Effect.CHANGED, Effect.REPLACED)
    return [each for each in changes if each.effect in kept and (each.stack, each.logical_id) in shifted]


def told(rules: Sequence[Change]) -> str:
    """What to do before such a deployment."""
    names = ", ".join(f"{each.stack}/{each.logical_id}" for each in rules)
    return (
        f"Amazon ECS shifts the requests of {names}, which this deployment sets to what the file "
        "says (deployment.production_target_group).\n"
        "See that no deployment is in progress, and state where the requests are: docs/operations.md, Releases."
    )


def _shifted(templates: Mapping[str, Template]) -> Iterator[Address]:
    for stack, template in templates.items():
        for resource in template.get("Resources", {}).values():
            if resource["Type"] != "AWS::ECS::Service":
                continue
            for entry in resource.get("Properties", {}).get("LoadBalancers", []):
                for key in _RULES:
                    reference = entry.get("AdvancedConfiguration", {}).get(key)
                    if isinstance(reference, dict) and "Ref" in reference:
                        yield stack, reference["Ref"]
