"""Regions of every partition, also those that there is no data of: no gate finds anything."""

from __future__ import annotations

import json
import re

import pytest
from ruamel.yaml import YAML

from tests.support.random_environment_checks import Counted, findings
from tests.support.synthesis import ROOT

PARTITIONS = {
    **dict.fromkeys(("mx-central-1", "ap-southeast-6", "ap-southeast-7", "ap-east-2"), "aws"),
    **dict.fromkeys(("us-gov-west-1", "us-gov-east-1"), "aws-us-gov"),
    **dict.fromkeys(("cn-north-1", "cn-northwest-1"), "aws-cn"),
    "eusc-de-east-1": "aws-eusc",
    "us-iso-east-1": "aws-iso",
}


def production_in(region: str) -> str:
    document = YAML(typ="safe").load(ROOT / "environments" / "production.yaml")
    if region.startswith("us-gov-"):
        # "AWS Fargate considerations": EKS has no Fargate there.
        del document["eks"]["nodes"]["batch"]
    return json.dumps(document, indent=1).replace("eu-west-1", region).replace("arn:aws:", f"arn:{PARTITIONS[region]}:")


@pytest.mark.slow
@pytest.mark.parametrize("region", PARTITIONS)
def test_production_is_synthesized_without_findings(region: str) -> None:
    counted = Counted()

    assert list(findings(production_in(region), counted)) == []
    assert counted.synthesized == 1


def test_no_construct_writes_the_name_of_a_partition() -> None:
    # In texts for people, and in patterns and examples of options, it is only an example.
    code = [
        (path.name, line)
        for folder in ("constructs", "stacks")
        for path in (ROOT / folder).rglob("*.py")
        for line in re.sub(r"examples=\[.*?\]", "", path.read_text(), flags=re.DOTALL).splitlines()
        if re.search(r"arn:aws|dkr\.ecr.*amazonaws", line)
    ]
    assert [each for each in code if "`arn:aws" not in each[1]] == []
