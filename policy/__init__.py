"""What every template is held to, at every synthesis: the packs of cdk-nag, and the Guard rules in `guard/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks

PACKS = (AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, HIPAASecurityChecks)
GUARD_FILES = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "guard").glob("*.guard"))}


def add_policy_checks(app: cdk.App) -> None:
    """Let no finding through that is not acknowledged: synthesis says where it is, and fails (docs/adr/0010).

    Args:
        app: With all its stacks or before them; nothing is looked at until synthesis.
    """
    cdk.Validations.of(app).add_plugins(*[pack(app) for pack in PACKS], guard())


@cache
def guard(*, include_default_rules: bool = True) -> cdk.CloudFormationValidatePlugin:
    """CDK's own validator with the rules of `guard/`; it takes the place of the one that every synthesis has.

    One for all apps of a process, as tests have many: each brings an engine of 160 MB that is never given back
    (measured, aws-cdk-lib 2.275).

    Args:
        include_default_rules: Check what CDK's validator checks without us, too.
    """
    rules = [cdk.ValidationRuleSource(name=name, content=text) for name, text in GUARD_FILES.items()]
    return cdk.CloudFormationValidatePlugin(guard_rules=rules, include_default_rules=include_default_rules)
