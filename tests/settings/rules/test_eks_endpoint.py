"""Rules of EKS endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks

PAIRS = (
    RulePair(
        rule="private_endpoint_has_no_public_cidrs",
        rejected=eks(MANAGED, "endpoint: {public_access_cidrs: [198.51.100.0/24]}"),
        accepted=eks(MANAGED, "endpoint: {}"),
        message=(
            "eks.endpoint.public_access_cidrs: there are public_access_cidrs, but access is private\n"
            "fix: remove public_access_cidrs, or set access to public_and_private\n"
            "why: Amazon EKS would ignore the list, and nobody in it could reach the cluster."
        ),
    ),
    RulePair(
        rule="public_endpoint_has_public_cidrs",
        rejected=eks(MANAGED, "endpoint: {access: public_and_private}"),
        accepted=eks(MANAGED, "endpoint: {access: public_and_private, public_access_cidrs: [0.0.0.0/0]}"),
        message=(
            "eks.endpoint.public_access_cidrs: access is public_and_private, but there are no "
            "public_access_cidrs\n"
            "fix: add at least one CIDR block, 0.0.0.0/0 to admit everyone, or set access to private\n"
            "why: Without a list, Amazon EKS admits the whole internet."
        ),
    ),
    RulePair(
        rule="public_endpoint_has_no_private_cidrs",
        rejected=eks(
            MANAGED, "endpoint: {access: public, public_access_cidrs: [0.0.0.0/0], private_access_cidrs: [10.9.0.0/16]}"
        ),
        accepted=eks(MANAGED, "endpoint: {access: public, public_access_cidrs: [0.0.0.0/0]}"),
        message=(
            "eks.endpoint.private_access_cidrs: there are private_access_cidrs, but access is public\n"
            "fix: remove private_access_cidrs, or set access to public_and_private\n"
            "why: There is no private endpoint that the list could apply to."
        ),
    ),
    RulePair(
        rule="private_endpoint_can_be_reached",
        rejected=eks(FARGATE),
        accepted=eks(FARGATE, PRIVATE_ACCESS),
        message=(
            "eks.endpoint.private_access_cidrs: access is private, but there are no private_access_cidrs and"
            " no nodes that are EC2 instances\n"
            "fix: add a CIDR block, such as that of the VPC or of a VPN, or add nodes\n"
            "why: Nobody could use the cluster: there is no node to open a session on, and the endpoint "
            "admits no other client."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
