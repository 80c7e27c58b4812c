"""Rules of scaling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service


def _from_zero(adjustment: str) -> str:
    steps = f"adjustment_type: {adjustment}, steps: [{{metric_value: 5, change: 9}}]"
    policy = f"{{namespace: Shop, metric_name: Jobs, {steps}}}"
    return service("scaling:", "  min_capacity: 0", f"  step_scaling: {{more: {policy}}}")


PAIRS = (
    RulePair(
        rule="scaling_leaves_room_for_a_peak",
        rejected=service("scaling: {memory_utilization_percent: 90}"),
        accepted=service("scaling: {memory_utilization_percent: 89}"),
        message=(
            "ecs.services.web.scaling.memory_utilization_percent: the target is 90 percent, and the alarm is at 90\n"
            "fix: set a target of 50 to 80\n"
            "why: Tasks are added only when the present ones are nearly exhausted, and an alarm is raised before "
            "that."
        ),
    ),
    RulePair(
        rule="scaling_leaves_room_for_a_peak: where there is an alarm",
        rejected=service("scaling: {cpu_utilization_percent: 95}"),
        accepted=service("scaling: {cpu_utilization_percent: 95}", "alarms: false"),
        message=(
            "ecs.services.web.scaling.cpu_utilization_percent: the target is 95 percent, and the alarm is at 90\n"
            "fix: set a target of 50 to 80\n"
            "why: Tasks are added only when the present ones are nearly exhausted, and an alarm is raised before "
            "that."
        ),
    ),
    RulePair(
        rule="scaling_capacities_ascend",
        rejected=service("scaling: {min_capacity: 5, max_capacity: 4}"),
        accepted=service("scaling: {min_capacity: 4, max_capacity: 4}"),
        message=(
            "ecs.services.web.scaling.min_capacity: 5 is not allowed\n"
            "allowed: at most max_capacity, which is 4\n"
            "why: Application Auto Scaling refuses a minimum capacity that is greater than the maximum "
            "capacity."
        ),
    ),
    RulePair(
        rule="scaling_has_a_metric",
        rejected=service("scaling: {cpu_utilization_percent: null, memory_utilization_percent: null}"),
        accepted=service("scaling: {cpu_utilization_percent: null, memory_utilization_percent: 50}"),
        message=(
            "ecs.services.web.scaling: there is scaling, but no target to scale by\n"
            "fix: set cpu_utilization_percent, memory_utilization_percent, or requests_per_target, or another policy, "
            "or remove scaling\n"
            "why: Without a target for a metric, the number of tasks never changes."
        ),
    ),
    RulePair(
        rule="scaling_by_requests_has_routing",
        rejected=service("scaling: {requests_per_target: 100}"),
        accepted=service("scaling: {requests_per_target: 100}", "routing: {path_patterns: [/*]}"),
        message=(
            "ecs.services.web.scaling.requests_per_target: requests_per_target is 100, but the service has "
            "no routing\n"
            "fix: add routing, or remove requests_per_target\n"
            "why: Requests are counted at the target group, which a service without routing does not have."
        ),
    ),
    RulePair(
        rule="desired_count_is_set_once",
        rejected=service("scaling: {}", "desired_count: 1"),
        accepted=service("scaling: {}"),
        message=(
            "ecs.services.web.desired_count: desired_count is 1, but scaling sets the number of tasks\n"
            "fix: remove desired_count, or remove scaling\n"
            "why: With scaling, a desired count would undo at each deployment what Application Auto Scaling "
            "has decided."
        ),
    ),
    RulePair(
        rule="scaling_starts_from_a_metric",
        rejected=service("scaling: {min_capacity: 0}"),
        accepted=service("scaling: {min_capacity: 1}"),
        message=(
            "ecs.services.web.scaling.min_capacity: min_capacity is 0\n"
            "fix: set it to 1 or more, or add scheduled_actions or steps by a number of tasks; for a queue, use "
            "ecs.queue_workers\n"
            "why: Without tasks, no metric tracks a target, and no percentage adds one: once at zero, a service stays "
            "there."
        ),
    ),
    RulePair(
        rule="scaling_starts_from_a_metric: by a percentage",
        rejected=_from_zero("percent_change_in_capacity"),
        accepted=_from_zero("change_in_capacity"),
        message=(
            "ecs.services.web.scaling.min_capacity: min_capacity is 0\n"
            "fix: set it to 1 or more, or add scheduled_actions or steps by a number of tasks; for a queue, use "
            "ecs.queue_workers\n"
            "why: Without tasks, no metric tracks a target, and no percentage adds one: once at zero, a service stays "
            "there."
        ),
    ),
    RulePair(
        rule="scaling_capacities_ascend: which may be the default",
        rejected=service("scaling: {min_capacity: 11}"),
        accepted=service("scaling: {min_capacity: 10}"),
        message=(
            "ecs.services.web.scaling.min_capacity: 11 is not allowed\n"
            "allowed: at most max_capacity, which is 10 by default\n"
            "why: Application Auto Scaling refuses a minimum capacity that is greater than the maximum "
            "capacity."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
