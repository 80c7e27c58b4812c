"""Rules of capacity provider strategy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, RulePair, service


def strategy(*items: str) -> str:
    return service("capacity_provider_strategy:", *(f"- {item}" for item in items))


PAIRS = (
    RulePair(
        rule="strategy_does_not_mix_fargate_and_ec2",
        rejected=strategy("{capacity_provider: default}", "{capacity_provider: FARGATE}"),
        accepted=strategy("{capacity_provider: FARGATE_SPOT}", "{capacity_provider: FARGATE}"),
        message=(
            "ecs.services.web.capacity_provider_strategy: default and FARGATE are not all of one kind\n"
            "allowed: FARGATE and FARGATE_SPOT, or groups in ecs.capacity\n"
            "why: Amazon ECS refuses a capacity provider strategy with Fargate and Auto Scaling group "
            "capacity providers."
        ),
    ),
    RulePair(
        rule="capacity_provider_exists",
        rejected=strategy("{capacity_provider: batch}"),
        accepted=strategy("{capacity_provider: default}"),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: there is no 'batch' in "
            "ecs.capacity\n"
            "allowed: FARGATE, FARGATE_SPOT, or default\n"
            "fix: use one of these, or add ecs.capacity.batch\n"
            "why: Amazon ECS refuses a capacity provider that the cluster does not have."
        ),
    ),
    RulePair(
        rule="capacity_provider_exists: without capacity",
        rejected=strategy("{capacity_provider: default}").replace(CAPACITY, ""),
        accepted=strategy("{capacity_provider: FARGATE}").replace(CAPACITY, ""),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: there is no 'default' in "
            "ecs.capacity\n"
            "allowed: FARGATE or FARGATE_SPOT\n"
            "fix: use one of these, or add ecs.capacity.default\n"
            "why: Amazon ECS refuses a capacity provider that the cluster does not have."
        ),
    ),
    RulePair(
        rule="public_address_is_of_fargate",
        rejected=service("assign_public_ip: true", "capacity_provider_strategy: [{capacity_provider: default}]"),
        accepted=service("assign_public_ip: true", "capacity_provider_strategy: [{capacity_provider: FARGATE_SPOT}]"),
        message=(
            "ecs.services.web.assign_public_ip: the task runs on EC2 instances\n"
            "fix: leave assign_public_ip out, or run the task on FARGATE\n"
            "why: Amazon ECS gives tasks on EC2 instances no public addresses, and refuses a service that asks for "
            "them."
        ),
    ),
    RulePair(
        rule="capacity_provider_comes_once",
        rejected=strategy("{capacity_provider: FARGATE}", "{capacity_provider: FARGATE}"),
        accepted=strategy("{capacity_provider: FARGATE}"),
        message=(
            "ecs.services.web.capacity_provider_strategy[1].capacity_provider: 'FARGATE' is listed twice\n"
            "fix: make one item of the two, or name another capacity provider\n"
            "why: Amazon ECS refuses a strategy that names a capacity provider twice."
        ),
    ),
    RulePair(
        rule="strategy_has_one_base",
        rejected=strategy("{capacity_provider: FARGATE, base: 1}", "{capacity_provider: FARGATE_SPOT, base: 1}"),
        accepted=strategy("{capacity_provider: FARGATE, base: 1}", "{capacity_provider: FARGATE_SPOT}"),
        message=(
            "ecs.services.web.capacity_provider_strategy: FARGATE and FARGATE_SPOT have a base\n"
            "fix: leave base out of all items but one\n"
            "why: Amazon ECS refuses a strategy in which more than one capacity provider has a base."
        ),
    ),
    RulePair(
        rule="strategy_has_a_weight",
        rejected=strategy("{capacity_provider: FARGATE, base: 1, weight: 0}"),
        accepted=strategy("{capacity_provider: FARGATE, base: 1, weight: 0}", "{capacity_provider: FARGATE_SPOT}"),
        message=(
            "ecs.services.web.capacity_provider_strategy: every weight is 0\n"
            "fix: set a weight to 1 or more\n"
            "why: If every weight is 0, Amazon ECS places no task above the base."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
