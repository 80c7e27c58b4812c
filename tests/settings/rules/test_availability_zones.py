"""Rules of availability zones."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts import dated
from tests.support.rule_pairs import HEAD, MANAGED, RulePair, eks, problems, service

THREE_ZONES = HEAD.replace("1b]", "1b, eu-west-1c]")

ARGO_CD = eks(
    MANAGED,
    "capabilities: {argocd: {identity_center_arn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef', "
    "identity_center_region: %s, admins: {group_ids: [38414300-1041-708a-01af-0abc12345678]}}}",
)

PAIRS = (
    RulePair(
        rule="region_is_known: of copies",
        rejected=HEAD + "  replication: [{region: eu-west-9}]\n",
        accepted=HEAD + "  replication: [{region: eu-west-2}]\n",
        message=(
            f"registry.replication[0].region: the Region eu-west-9 is not in the data here, which is of {dated()}\n"
            "fix: did you mean eu-west-1, eu-west-2, or eu-west-3? If AWS has opened the Region since, "
            "acknowledge this\n"
            "why: Nothing can be deployed to a Region that AWS does not have."
        ),
    ),
    RulePair(
        rule="region_is_known",
        rejected=HEAD.replace("eu-west-1", "eu-west-9"),
        accepted=HEAD,
        message=(
            f"region: the Region eu-west-9 is not in the data here, which is of {dated()}\n"
            "fix: did you mean eu-west-1, eu-west-2, or eu-west-3? If AWS has opened the Region since, "
            "acknowledge this\n"
            "why: Nothing can be deployed to a Region that AWS does not have."
        ),
    ),
    RulePair(
        rule="zone_is_in_the_region",
        rejected=HEAD.replace("eu-west-1b", "eu-west-2b"),
        accepted=HEAD,
        message=(
            "availability_zones[1]: 'eu-west-2b' is not allowed\n"
            "allowed: an Availability Zone of the Region eu-west-1\n"
            "why: A VPC cannot have a subnet in an Availability Zone of another Region."
        ),
    ),
    RulePair(
        rule="zone_exists",
        rejected=HEAD.replace("eu-west-1b", "eu-west-1e"),
        accepted=HEAD.replace("eu-west-1b", "eu-west-1d"),
        message=(
            "availability_zones[1]: 'eu-west-1e' is not allowed\n"
            "allowed: eu-west-1a, eu-west-1b, or eu-west-1c\n"
            "why: A VPC cannot have a subnet in an Availability Zone that the Region does not have."
        ),
    ),
    RulePair(
        rule="zone_comes_once",
        rejected=HEAD.replace("eu-west-1b", "eu-west-1a"),
        accepted=HEAD,
        message=(
            "availability_zones[1]: 'eu-west-1a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Load balancers and EKS clusters accept one subnet for each Availability Zone."
        ),
    ),
    RulePair(
        rule="address_plan_has_room_for_the_zones",
        rejected=THREE_ZONES + "network: {max_availability_zones: 2}\n",
        accepted=THREE_ZONES + "network: {max_availability_zones: 3}\n",
        message=(
            "network.max_availability_zones: 2 is not allowed\n"
            "allowed: at least 3, the number of availability_zones\n"
            "why: The address plan of the VPC reserves space for that many Availability Zones and no more."
        ),
    ),
    RulePair(
        rule="region_is_known: of IAM Identity Center",
        rejected=ARGO_CD % "eu-west-9",
        accepted=ARGO_CD % "eu-west-2",
        message=(
            "eks.capabilities.argocd.identity_center_region: the Region eu-west-9 is not in the data "
            "here, which is of 2026-10-27\n"
            "fix: did you mean eu-west-1, eu-west-2, or eu-west-3? If AWS has opened the Region since, "
            "acknowledge this\n"
            "why: Nothing can be deployed to a Region that AWS does not have."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    "region",
    [
        *("mx-central-1", "ap-southeast-6", "ap-southeast-7", "ap-east-2"),
        *("us-gov-west-1", "us-gov-east-1", "cn-north-1", "cn-northwest-1", "eusc-de-east-1"),
    ],
)
def test_region_that_there_is_no_data_of_is_taken_at_its_word(tmp_path: Path, region: str) -> None:
    text = eks(MANAGED, head=service()).replace("eu-west-1", region)
    assert problems(tmp_path, text) == []
