"""How tests synthesize: with the context of cdk.json, as the CDK CLI does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks

from app import build
from environments import Environment

ROOT = Path(__file__).parent.parent
REGION = "eu-west-1"
ZONES = ("eu-west-1a", "eu-west-1b")
PACKS = (AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, HIPAASecurityChecks)
GUARD_FILES = {path.stem: path.read_text() for path in sorted((ROOT / "policy").glob("*.guard"))}
GUARD_RULES = [name for text in GUARD_FILES.values() for name in re.findall(r"^rule (\w+)", text, re.MULTILINE)]
SHIPPED = ("sandbox", "production")
EXAMPLES = tuple(str(path.relative_to(ROOT)) for path in sorted((ROOT / "examples").glob("*.yaml")))

Template = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Synthesized:
    """Everything that one environment becomes."""

    environment: Environment
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


def new_app(*, outdir: Path | None = None, **context: object) -> cdk.App:
    """An app with the feature flags of cdk.json; `App()` alone reads none of them under pytest."""
    flags: Mapping[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return cdk.App(context={**flags, **context}, outdir=str(outdir) if outdir else None)


def new_stack(*, account: str | None = None) -> cdk.Stack:
    """A stack of its own app, in a Region, as every stack of ours is."""
    return cdk.Stack(new_app(), "Stack", env=cdk.Environment(account=account, region=REGION))


@cache
def synthesize(environment: str) -> Synthesized:
    """An environment by the same `build()` as `app.py`, with the policy packs looking on; once for a session."""
    outdir = Path(mkdtemp(prefix="cdk-out-"))
    # A finding must reach the test as data; as an exception it would be one text for all.
    app = new_app(outdir=outdir, environment=environment, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    built = build(app)
    report = police(app, outdir)
    templates = {path.name.removesuffix(".template.json"): path for path in sorted(outdir.glob("*.template.json"))}
    return Synthesized(
        environment=built,
        app=app,
        outdir=outdir,
        templates={name: json.loads(path.read_text()) for name, path in templates.items()},
        report=report,
    )


def police(app: cdk.App, outdir: Path) -> list[dict[str, Any]]:
    """Synthesize under the policy packs and our own rules, and return what each plugin reported."""
    cdk.Validations.of(app).add_plugins(*[pack(app) for pack in PACKS], guard())
    return validate(app, outdir)


def validate(app: cdk.App, outdir: Path) -> list[dict[str, Any]]:
    """Synthesize and return what each plugin reported."""
    app.synth()
    reports: list[dict[str, Any]] = json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
    return reports


def guard(*, include_default_rules: bool = True) -> cdk.CloudFormationValidatePlugin:
    """CDK's own validator with the rules of `policy/`; it takes the place of the one that every synthesis has."""
    rules = [cdk.ValidationRuleSource(name=name, content=text) for name, text in GUARD_FILES.items()]
    return cdk.CloudFormationValidatePlugin(guard_rules=rules, include_default_rules=include_default_rules)
