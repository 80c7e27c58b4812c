"""How tests synthesize: with the context of cdk.json, as the CDK CLI does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from constructs import IConstruct

from app import build
from policy import GUARD_FILES, add_policy_checks
from settings import Environment

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
ZONES = ("eu-west-1a", "eu-west-1b")
GUARD_RULES = [name for text in GUARD_FILES.values() for name in re.findall(r"^rule (\w+)", text, re.MULTILINE)]
SHIPPED = ("sandbox", "production")
EXAMPLES = tuple(str(path.relative_to(ROOT)) for path in sorted((ROOT / "examples").glob("*.yaml")))
# For parameters: all of them, of which `make test-fast` tries those that ship.
ENVIRONMENTS = (*SHIPPED, *(pytest.param(example, marks=pytest.mark.slow) for example in EXAMPLES))

Template = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Synthesized:
    """Everything that one environment becomes."""

    environment: Environment
    file: Path
    app: cdk.App
    outdir: Path
    templates: Mapping[str, Template]
    report: list[dict[str, Any]]

    def resources(self, resource_type: str) -> list[dict[str, Any]]:
        """All resources of a type, over all stacks."""
        return [
            resource
            for template in self.templates.values()
            for resource in template["Resources"].values()
            if resource["Type"] == resource_type
        ]

    @cached_property
    def acknowledgements(self) -> Sequence[Acknowledgement]:
        """Everything that the code of this environment accepts."""
        return [
            Acknowledgement(construct, plugin, rule, reason)
            for construct in self.app.node.find_all()
            for entry in construct.node.metadata
            if entry.type == cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY
            for identifier, reason in entry.data.items()
            for plugin, _, rule in [identifier.partition("::")]
        ]


class Acknowledgement(NamedTuple):
    """A finding that is accepted, where it was noted."""

    construct: IConstruct
    plugin: str
    rule: str
    reason: str

    @property
    def logical_id(self) -> str:
        """Empty where the construct is no resource."""
        element = self.construct
        return cdk.Stack.of(element).get_logical_id(element) if isinstance(element, cdk.CfnElement) else ""


def new_app(*, outdir: Path | None = None, **context: object) -> cdk.App:
    """An app with the feature flags of cdk.json; `App()` alone reads none of them under pytest."""
    flags: Mapping[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(context={**flags, **context}, outdir=str(outdir) if outdir else None)


def new_stack(*, account: str | None = None) -> cdk.Stack:
    """A stack of its own app, in a Region, as every stack of ours is."""
    return cdk.Stack(new_app(), "Stack", env=cdk.Environment(account=account, region=REGION))


@cache
def synthesize(environment: str) -> Synthesized:
    """An environment by the same `build()` as `app.py`; once for a session."""
    outdir = Path(mkdtemp(prefix="cdk-out-"))
    # A finding must reach the test as data; as an exception it would be one text for all.
    app = new_app(outdir=outdir, environment=environment, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    built = build(app)
    report = validate(app, outdir)
    templates = {path.name.removesuffix(".template.json"): path for path in sorted(outdir.glob("*.template.json"))}
    return Synthesized(
        environment=built,
        file=ROOT / (environment if environment.endswith(".yaml") else f"environments/{environment}.yaml"),
        app=app,
        outdir=outdir,
        templates={name: json.loads(path.read_text()) for name, path in templates.items()},
        report=report,
    )


@cache
def shipped_templates() -> Mapping[str, Template]:
    """Stack -> template, of the environments that ship and of the examples."""
    return {
        stack: template
        for environment in (*SHIPPED, *EXAMPLES)
        for stack, template in synthesize(environment).templates.items()
    }


def police(app: cdk.App, outdir: Path) -> list[dict[str, Any]]:
    """Hold an app of the test's own to what `build()` holds ours to, and return what each plugin reported."""
    add_policy_checks(app)
    return validate(app, outdir)


def validate(app: cdk.App, outdir: Path) -> list[dict[str, Any]]:
    """Synthesize and return what each plugin reported."""
    app.synth()
    reports: list[dict[str, Any]] = json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
    return reports
