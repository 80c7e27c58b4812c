"""Relations at every synthesis, beside the packs and the Guard rules."""

from __future__ import annotations

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
        found: dict[tuple[Relation, Path, str], list[Misfit]] = {}
        for folder in sorted({Path(path).parent for path in context.template_paths}):
            for relation, misfit in find_misfits(Graph.read(folder)):
                template = folder / f"{misfit.resource.stack}.template.json"
                found.setdefault((relation, template, misfit.resource.logical_id), []).append(misfit)
        violations = [_violation(*place, misfits) for place, misfits in found.items()]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)


def _violation(relation: Relation, template: Path, logical_id: str, misfits: list[Misfit]) -> cdk.PolicyViolation:
    findings = dict.fromkeys(misfit.finding for misfit in misfits)
    fixes = dict.fromkeys(misfit.fix for misfit in misfits)
    return cdk.PolicyViolation(
        rule_name=relation.name,
        description=f"{'; '.join(findings)}. {relation.why} Source: {relation.source}.",
        fix="; ".join(fixes),
        severity="error",
        violating_resources=[
            cdk.PolicyViolatingResource(resource_logical_id=logical_id, template_path=str(template), locations=[])
        ],
    )
