"""Rules of deployments and daemons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

PAIRS = (
    RulePair(
        rule="daemon_runs_on_instances",
        rejected=service("scheduling_strategy: DAEMON"),
        accepted=service("scheduling_strategy: DAEMON", "capacity_provider_strategy: [{capacity_provider: default}]"),
        message=(
            "ecs.services.web.scheduling_strategy: scheduling_strategy is DAEMON, and capacity_provider_strategy "
            "names Fargate\n"
            "fix: name the groups of ecs.capacity in capacity_provider_strategy, or use REPLICA\n"
            "why: Fargate has no instances, and Amazon ECS refuses a daemon there."
        ),
    ),
    RulePair(
        rule="daemon_names_every_group",
        rejected=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            before="  capacity: {default: {}, more: {}}\n",
        ),
        accepted=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            before="  capacity: {default: {}}\n",
        ),
        message=(
            "ecs.services.web.capacity_provider_strategy: the daemon also runs on ecs.capacity.more\n"
            "fix: name every group, so that the task is compared with all instances\n"
            "why: A daemon has no capacity provider: it runs on every instance of the cluster, whatever group "
            "started it."
        ),
    ),
    RulePair(
        rule="daemon_has_no_number_of_tasks",
        rejected=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            "desired_count: 1",
        ),
        accepted=service("scheduling_strategy: DAEMON", "capacity_provider_strategy: [{capacity_provider: default}]"),
        message=(
            "ecs.services.web.desired_count: there is desired_count, and scheduling_strategy is DAEMON\n"
            "fix: remove desired_count, or use REPLICA\n"
            "why: The number of tasks of a daemon is that of the instances."
        ),
    ),
    RulePair(
        rule="daemon_has_no_number_of_tasks: and no scaling",
        rejected=service(
            "scheduling_strategy: DAEMON", "capacity_provider_strategy: [{capacity_provider: default}]", "scaling: {}"
        ),
        accepted=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            "scaling: null",
        ),
        message=(
            "ecs.services.web.scaling: there is scaling, and scheduling_strategy is DAEMON\n"
            "fix: remove scaling, or use REPLICA\n"
            "why: The number of tasks of a daemon is that of the instances."
        ),
    ),
    RulePair(
        rule="daemon_stops_before_it_starts",
        rejected=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            "maximum_percent: 200",
        ),
        accepted=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            "maximum_percent: 100",
        ),
        message=(
            "ecs.services.web.maximum_percent: 200 is not allowed\n"
            "allowed: 100, or no maximum_percent\n"
            "why: A daemon has one task on each instance, and none beside it: its maximum is 100 percent."
        ),
    ),
    RulePair(
        rule="deployment_can_begin",
        rejected=service("maximum_percent: 100"),
        accepted=service("maximum_percent: 100", "minimum_healthy_percent: 0"),
        message=(
            "ecs.services.web.maximum_percent: minimum_healthy_percent and maximum_percent are both 100\n"
            "fix: lower minimum_healthy_percent, or raise maximum_percent\n"
            "why: Amazon ECS refuses 100 percent for both, because no task could be stopped or started."
        ),
    ),
    RulePair(
        rule="deployment_can_begin: of a daemon",
        rejected=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            "minimum_healthy_percent: 100",
        ),
        accepted=service(
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            "minimum_healthy_percent: 99",
        ),
        message=(
            "ecs.services.web.minimum_healthy_percent: minimum_healthy_percent and maximum_percent are both 100\n"
            "fix: lower minimum_healthy_percent, or raise maximum_percent\n"
            "why: Amazon ECS refuses 100 percent for both, because no task could be stopped or started."
        ),
    ),
    RulePair(
        rule="deployment_has_room_for_a_task",
        rejected=service("desired_count: 3", "maximum_percent: 133"),
        accepted=service("desired_count: 3", "maximum_percent: 134"),
        message=(
            "ecs.services.web.maximum_percent: of 3 tasks, none can stop at 100 percent, and none can be added "
            "at 133 percent\n"
            "fix: raise maximum_percent to 134, or lower minimum_healthy_percent\n"
            "why: With so few tasks, rounding leaves none to stop and none to start, and a deployment does not end."
        ),
    ),
    RulePair(
        rule="deployment_has_room_for_a_task: with scaling",
        rejected=service("scaling: {min_capacity: 1}", "minimum_healthy_percent: 50", "maximum_percent: 150"),
        accepted=service("scaling: {min_capacity: 2}", "minimum_healthy_percent: 50", "maximum_percent: 150"),
        message=(
            "ecs.services.web.maximum_percent: of 1 tasks, none can stop at 50 percent, and none can be added at "
            "150 percent\n"
            "fix: raise maximum_percent to 200, or lower minimum_healthy_percent\n"
            "why: With so few tasks, rounding leaves none to stop and none to start, and a deployment does not end."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
