"""Rules of the network interfaces of the EKS control plane."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def zones(*letters: str) -> str:
    return eks(MANAGED, f"control_plane_availability_zones: [{', '.join(f'eu-west-1{each}' for each in letters)}]")


PAIRS = (
    RulePair(
        rule="control_plane_zone_is_one_of_the_environment",
        rejected=zones("a", "c"),
        accepted=zones("b", "a"),
        message=(
            "eks.control_plane_availability_zones[1]: 'eu-west-1c' is not allowed\n"
            "allowed: eu-west-1a or eu-west-1b, the availability_zones of the environment\n"
            "why: Amazon EKS needs a subnet in each zone that the cluster was created with, also after any change."
        ),
    ),
    RulePair(
        rule="control_plane_zone_comes_once",
        rejected=zones("a", "a", "b"),
        accepted=zones("a", "b"),
        message=(
            "eks.control_plane_availability_zones[1]: 'eu-west-1a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: The subnets of the control plane must be in two different zones or more."
        ),
    ),
    RulePair(
        rule="control_plane_security_group_comes_once",
        rejected=eks(MANAGED, "control_plane_security_group_ids: [sg-0123456789abcdef0, sg-0123456789abcdef0]"),
        accepted=eks(MANAGED, "control_plane_security_group_ids: [sg-0123456789abcdef0, sg-0123456789abcdef1]"),
        message=(
            "eks.control_plane_security_group_ids[1]: 'sg-0123456789abcdef0' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has one security group twice."
        ),
    ),
    RulePair(
        rule="log_type_comes_once",
        rejected=eks(MANAGED, "log_types: [api, api, audit, authenticator, controllerManager, scheduler]"),
        accepted=eks(MANAGED, "log_types: [api, audit, authenticator, controllerManager, scheduler]"),
        message=(
            "eks.log_types[1]: 'api' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has one log type twice."
        ),
    ),
    RulePair(
        rule="control_plane_logs_are_complete",
        rejected=eks(MANAGED, "log_types: [api, audit, authenticator]"),
        accepted=eks(MANAGED, "log_types: [scheduler, api, audit, authenticator, controllerManager]"),
        message=(
            "eks.log_types: controllerManager and scheduler are not logged\n"
            "fix: add controllerManager and scheduler, or acknowledge that nobody will look for it\n"
            "why: What a log does not have cannot be looked up after an incident: who changed what, and who was "
            "refused."
        ),
    ),
    RulePair(
        rule="extended_support_costs_more",
        rejected=eks(MANAGED, "support_type: EXTENDED"),
        accepted=eks(MANAGED, "support_type: STANDARD"),
        message=(
            "eks.support_type: extended support of a Kubernetes version is charged\n"
            "fix: use STANDARD and upgrade in time, or acknowledge the cost\n"
            "why: Once standard support of the version ends, each hour of the cluster costs six times as much."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
