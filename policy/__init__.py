"""What every template is held to, at every synthesis: the packs of cdk-nag, Guard rules, and relations between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks

from policy.relations_plugin import RelationsPlugin

PACKS = (AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, HIPAASecurityChecks)
# Each file goes through all resources once, for its `candidates`, because the engine takes longest for that.
GUARD_FILES = {path.stem: path.read_text() for path in sorted((Path(__file__).parent / "guard").glob("*.guard"))}


def add_policy_checks(app: cdk.App) -> None:
    """Let no finding through that is not acknowledged: synthesis says where it is, and fails (docs/adr/0010).

    Args:
        app: With all its stacks or before them; nothing is looked at until synthesis.
    """
    cdk.Validations.of(app).add_plugins(*[pack(app) for pack in PACKS], guard(), RelationsPlugin())


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


@contextmanager
def engine_starting() -> Iterator[None]:
    """Start the engine of the Guard rules in Node, beside what the block does in Python.

    The block must not call into the jsii kernel, which answers one caller at a time; importing stacks and constructs
    does not (tests/cli/test_imports.py).
    """
    engine = Thread(target=guard, daemon=True)
    engine.start()
    try:
        yield
    finally:
        engine.join()
