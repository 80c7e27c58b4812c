"""Rules of EKS endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import FARGATE, MANAGED, PRIVATE_ACCESS, RulePair, eks, problems

PUBLIC = "endpoint: {access: public_and_private, public_access_cidrs: [%s]}"
RESERVED = (
    "%s: '%s' is not allowed\n"
    "allowed: public addresses\n"
    "fix: use the addresses that a client has on the internet, or add the block to private_access_cidrs if it is for "
    "private addresses\n"
    "why: Nobody on the internet has these addresses, and Amazon EKS refuses them."
)

PAIRS = (
    RulePair(
        rule="private_endpoint_has_no_public_cidrs",
        rejected=eks(MANAGED, "endpoint: {public_access_cidrs: [192.31.196.0/24]}"),
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
        rule="public_cidr_is_not_reserved",
        rejected=eks(MANAGED, PUBLIC % "192.31.196.7/32, 10.0.0.0/8"),
        accepted=eks(MANAGED, PUBLIC % "192.31.196.7/32, 11.0.0.0/8"),
        message=RESERVED % ("eks.endpoint.public_access_cidrs[1]", "10.0.0.0/8"),
    ),
    RulePair(
        rule="public_cidr_is_not_reserved: a range for documents",
        rejected=eks(MANAGED, PUBLIC % "203.0.113.5/32"),
        accepted=eks(MANAGED, PUBLIC % "203.0.114.5/32"),
        message=RESERVED % ("eks.endpoint.public_access_cidrs[0]", "203.0.113.5/32"),
    ),
    RulePair(
        rule="public_cidr_is_not_reserved: what carriers share",
        rejected=eks(MANAGED, PUBLIC % "100.100.0.0/16"),
        accepted=eks(MANAGED, PUBLIC % "100.128.0.0/16"),
        message=RESERVED % ("eks.endpoint.public_access_cidrs[0]", "100.100.0.0/16"),
    ),
    RulePair(
        rule="public_cidr_contains_no_reserved_addresses",
        rejected=eks(MANAGED, PUBLIC % "172.0.0.0/8"),
        accepted=eks(MANAGED, PUBLIC % "172.32.0.0/11, 0.0.0.0/0"),
        message=(
            "eks.endpoint.public_access_cidrs[0]: '172.0.0.0/8' includes reserved addresses, 172.16.0.0/12\n"
            "fix: use smaller blocks, or 0.0.0.0/0 to admit everyone\n"
            "why: The user guide says that a block cannot include reserved addresses, with 0.0.0.0/0 as the only "
            "exception."
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
            " Session Manager reaches no node\n"
            "fix: add a CIDR block, such as that of the VPC or of a VPN, or add nodes\n"
            "why: Nobody could use the cluster: there is no node to open a session on, and the endpoint "
            "admits no other client."
        ),
    ),
    RulePair(
        rule="public_endpoint_admits_the_nodes",
        rejected=eks(MANAGED, PUBLIC.replace("public_and_private", "public") % "192.31.196.0/24"),
        accepted=eks(MANAGED, PUBLIC.replace("public_and_private", "public") % "0.0.0.0/0"),
        message=(
            "eks.endpoint.public_access_cidrs: access is public, so nodes can join only if "
            "public_access_cidrs has the addresses of the NAT gateways\n"
            "fix: set access to public_and_private, with which nodes use the private endpoint, or acknowledge"
            " that the list has these addresses\n"
            "why: Nodes reach it from the addresses of the NAT gateways, which exist only after the first "
            "deployment."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_two_halves_of_the_internet_admit_the_nodes(tmp_path: Path) -> None:
    everyone = eks(MANAGED, "endpoint: {access: public, public_access_cidrs: [0.0.0.0/1, 128.0.0.0/1]}")
    assert {each.warning for each in problems(tmp_path, everyone)} == {"public_cidr_contains_no_reserved_addresses"}
