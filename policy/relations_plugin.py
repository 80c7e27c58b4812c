"""Relations at every synthesis, beside the packs and the Guard rules."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import aws_cdk as cdk
import jsii

from assembly import Graph
from policy.relations import RELATIONS, Misfit, Relation, find_misfits


@jsii.implements(cdk.IPolicyValidationPlugin)
class RelationsPlugin:
    """Reports every misfit; one is acknowledged on its resource, as `Relations::<name>`."""

    @property
    def name(self) -> str:
        """Name of the plugin in reports and in acknowledgements."""
        return "Relations"

    @property
    def version(self) -> str | None:
        """None: it is part of the repository."""
        return None

    @property
    def rule_ids(self) -> list[str]:
        """Names of all relations."""
        return list(RELATIONS)

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Look at all templates of an environment together; with several stages, at each of them."""
        paths = [Path(path) for path in context.template_paths]
        found: dict[Relation, list[tuple[Path, Misfit]]] = defaultdict(list)
        for folder in {path.parent for path in paths}:
            for relation, misfit in find_misfits(Graph.read(folder)):
                found[relation].append((folder / f"{misfit.resource.stack}.template.json", misfit))
        violations = [_violation(relation, misfits) for relation, misfits in found.items()]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)


def _violation(relation: Relation, misfits: list[tuple[Path, Misfit]]) -> cdk.PolicyViolation:
    findings = dict.fromkeys(misfit.finding for _, misfit in misfits)
    fixes = dict.fromkeys(misfit.fix for _, misfit in misfits)
    return cdk.PolicyViolation(
        rule_name=relation.name,
        description=f"{'; '.join(findings)}. {relation.why} (Source: {relation.source}.)",
        fix="; ".join(fixes),
        severity="error",
        violating_resources=[
            cdk.PolicyViolatingResource(
                resource_logical_id=misfit.resource.logical_id, template_path=str(path), locations=[]
            )
            for path, misfit in misfits
        ],
    )
