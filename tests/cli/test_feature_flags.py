"""cdk.json has the flags that the CDK recommends, but for those that a decision names."""

from __future__ import annotations

import json
from typing import Any

from tests.support.synthesis import ROOT

RECOMMENDED = ROOT / "node_modules" / "aws-cdk" / "lib" / "init-templates" / ".recommended-feature-flags.json"
OURS = {
    "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": ("docs/adr/0004-no-lambda-functions.md", False),
    "@aws-cdk/core:defaultCrossStackReferences": ("docs/adr/0005-strong-references-and-a-fixed-contract.md", "strong"),
    "@aws-cdk/core:enablePartitionLiterals": ("docs/adr/0003-the-same-templates-on-every-machine.md", False),
}


def flags() -> dict[str, Any]:
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


def test_every_recommended_flag_is_set_as_recommended_or_as_decided() -> None:
    recommended = json.loads(RECOMMENDED.read_text())
    assert flags() == {**recommended, **{flag: value for flag, (_, value) in OURS.items()}}


def test_every_flag_that_differs_is_explained() -> None:
    for flag, (decision, _) in OURS.items():
        assert flag.rpartition(":")[2] in (ROOT / decision).read_text(), flag


def test_findings_of_the_validator_are_errors() -> None:
    assert flags()["@aws-cdk/core:validateAgainstDefaultRules"] is True
    assert flags()["@aws-cdk/core:annotationsInValidationReport"] is True
