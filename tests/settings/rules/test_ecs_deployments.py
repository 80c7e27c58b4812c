"""Rules of deployments and daemons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import LOAD_BALANCER, RulePair, other, service

INSTANCE = "  capacity: {default: {min_size: 1}}\n"
EXISTING = """\
network:
  existing:
    vpc_id: vpc-0a1b2c3d4e5f60719
    cidrs: [10.60.0.0/20]
    private_subnets:
      eu-west-1a: {subnet_id: subnet-0a1b2c3d4e5f6074a, cidr: 10.60.0.0/22}
      eu-west-1b: {subnet_id: subnet-0a1b2c3d4e5f6074b, cidr: 10.60.4.0/22}
"""
MORE = "  capacity: {default: {min_size: 1}, more: {}}\n"
ROUTED = "routing: {priority: 1, path_patterns: [/*]}"


def _daemon(*lines: str, before: str = INSTANCE, after: str = "") -> str:
    strategy = "capacity_provider_strategy: [{capacity_provider: default}]"
    return service("scheduling_strategy: DAEMON", strategy, *lines, before=before) + after


def _existing(providers: str) -> str:
    cluster = f"cluster_arn: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shared', capacity_providers: {providers}"
    return _daemon(before=f"  existing_cluster: {{{cluster}}}\n", after=EXISTING)


PAIRS = (
    RulePair(
        rule="daemon_runs_on_instances",
        rejected=service("scheduling_strategy: DAEMON"),
        accepted=_daemon(),
        message=(
            "ecs.services.web.scheduling_strategy: scheduling_strategy is DAEMON, and capacity_provider_strategy "
            "names Fargate\n"
            "fix: name the groups of ecs.capacity in capacity_provider_strategy, or use REPLICA\n"
            "why: Fargate has no instances, and Amazon ECS refuses a daemon there."
        ),
    ),
    RulePair(
        rule="daemon_names_every_group",
        rejected=_daemon(before=MORE),
        accepted=_daemon(),
        message=(
            "ecs.services.web.capacity_provider_strategy: the daemon also runs on ecs.capacity.more\n"
            "fix: name every group, so that the task is compared with all instances, or state placement_constraints\n"
            "why: A daemon has no capacity provider: it runs on every instance of the cluster, whatever group "
            "started it."
        ),
    ),
    RulePair(
        rule="daemon_names_every_group: unless a constraint names its instances",
        rejected=_daemon(before=MORE),
        accepted=_daemon(
            'placement_constraints: [{type: memberOf, expression: "attribute:ecs.instance-type =~ m7g.*"}]', before=MORE
        ),
        message=(
            "ecs.services.web.capacity_provider_strategy: the daemon also runs on ecs.capacity.more\n"
            "fix: name every group, so that the task is compared with all instances, or state placement_constraints\n"
            "why: A daemon has no capacity provider: it runs on every instance of the cluster, whatever group "
            "started it."
        ),
    ),
    RulePair(
        rule="daemon_names_every_group: of a cluster that exists",
        rejected=_existing("{default: Arm, more: Intel}"),
        accepted=_existing("{default: Arm}"),
        message=(
            "ecs.services.web.capacity_provider_strategy: the daemon also runs on "
            "ecs.existing_cluster.capacity_providers.more\n"
            "fix: name every group, so that the task is compared with all instances, or state placement_constraints\n"
            "why: A daemon has no capacity provider: it runs on every instance of the cluster, whatever group "
            "started it."
        ),
    ),
    RulePair(
        rule="daemon_has_an_instance",
        rejected=_daemon(before="  capacity: {default: {}}\n"),
        accepted=_daemon(),
        message=(
            "ecs.services.web.scheduling_strategy: min_size of ecs.capacity.default is 0, and no other task runs "
            "there\n"
            "fix: raise min_size, or run another task there\n"
            "why: Managed scaling counts no daemons: it starts no instance for one, and stops an instance with "
            "nothing else."
        ),
    ),
    RulePair(
        rule="daemon_has_an_instance: for another task",
        rejected=_daemon(before="  capacity: {default: {}}\n", after=other()),
        accepted=_daemon(
            before="  capacity: {default: {}}\n",
            after=other("capacity_provider_strategy: [{capacity_provider: default}]"),
        ),
        message=(
            "ecs.services.web.scheduling_strategy: min_size of ecs.capacity.default is 0, and no other task runs "
            "there\n"
            "fix: raise min_size, or run another task there\n"
            "why: Managed scaling counts no daemons: it starts no instance for one, and stops an instance with "
            "nothing else."
        ),
    ),
    RulePair(
        rule="daemon_has_no_number_of_tasks",
        rejected=_daemon(
            "desired_count: 1",
        ),
        accepted=_daemon(),
        message=(
            "ecs.services.web.desired_count: there is desired_count, and scheduling_strategy is DAEMON\n"
            "fix: remove desired_count, or use REPLICA\n"
            "why: The number of tasks of a daemon is that of the instances."
        ),
    ),
    RulePair(
        rule="daemon_has_no_number_of_tasks: and no scaling",
        rejected=_daemon("scaling: {}"),
        accepted=_daemon(
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
        rejected=_daemon(
            "maximum_percent: 200",
        ),
        accepted=_daemon(
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
        rejected=_daemon(
            "minimum_healthy_percent: 100",
        ),
        accepted=_daemon(
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
    RulePair(
        rule="deployment_leaves_targets",
        rejected=service(ROUTED, "minimum_healthy_percent: 0"),
        accepted=service(ROUTED, "minimum_healthy_percent: 1"),
        message=(
            "ecs.services.web.minimum_healthy_percent: a deployment may stop all tasks behind the load balancer at "
            "once\n"
            "fix: raise minimum_healthy_percent, or acknowledge that old and new tasks must not run together\n"
            "why: All tasks are stopped before the first new one answers: each deployment is an outage."
        ),
    ),
    RulePair(
        rule="deployment_leaves_targets: of a daemon, whose default is 0",
        rejected=_daemon(ROUTED, before=INSTANCE + LOAD_BALANCER),
        accepted=_daemon(ROUTED, "minimum_healthy_percent: 50", before=INSTANCE + LOAD_BALANCER),
        message=(
            "ecs.services.web.minimum_healthy_percent: a deployment may stop all tasks behind the load balancer at "
            "once\n"
            "fix: raise minimum_healthy_percent, or acknowledge that old and new tasks must not run together\n"
            "why: All tasks are stopped before the first new one answers: each deployment is an outage."
        ),
    ),
    RulePair(
        rule="deployment_leaves_targets: that there are",
        rejected=service(ROUTED, "minimum_healthy_percent: 0"),
        accepted=service("minimum_healthy_percent: 0"),
        message=(
            "ecs.services.web.minimum_healthy_percent: a deployment may stop all tasks behind the load balancer at "
            "once\n"
            "fix: raise minimum_healthy_percent, or acknowledge that old and new tasks must not run together\n"
            "why: All tasks are stopped before the first new one answers: each deployment is an outage."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
