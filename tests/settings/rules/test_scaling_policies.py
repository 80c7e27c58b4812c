"""Rules of step scaling, scheduled actions, and predictive scaling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

NO_TARGET = ("cpu_utilization_percent: null", "memory_utilization_percent: null")
NEVER_IN = "why: Tasks that were added for a peak run, and are charged, until the next deployment of another number."
ONLY_ADDS = (
    "it only adds tasks, and nothing removes them\n"
    f"fix: add a target to track, scheduled_actions, or step_scaling that removes tasks\n{NEVER_IN}"
)


def _steps(steps: str, *keys: str) -> str:
    policy = f"step_scaling: {{more: {{namespace: Shop, metric_name: Jobs, steps: {steps}}}}}"
    return service(f"scaling: {{{', '.join([policy, *keys])}}}")


PAIRS = (
    RulePair(
        rule="steps_follow_each_other",
        rejected=service(
            "scaling: {step_scaling: {more: {namespace: Shop, metric_name: Jobs, steps: [{metric_value: 5, "
            "change: 1}, {metric_value: 5, change: 2}]}}}"
        ),
        accepted=service(
            "scaling: {step_scaling: {more: {namespace: Shop, metric_name: Jobs, steps: [{metric_value: 5, "
            "change: 1}, {metric_value: 6, change: 2}]}}}"
        ),
        message=(
            "ecs.services.web.scaling.step_scaling.more.steps[1].metric_value: 5 is not allowed\n"
            "allowed: more than 5, which the step before it has\n"
            "why: Application Auto Scaling refuses steps that overlap, or whose lower bound is not below the "
            "upper one."
        ),
    ),
    RulePair(
        rule="steps_follow_each_other: downwards",
        rejected=service(
            "scaling: {step_scaling: {more: {namespace: Shop, metric_name: Jobs, when: below, steps: "
            "[{metric_value: 5, change: -1}, {metric_value: 6, change: -2}]}}}"
        ),
        accepted=service(
            "scaling: {step_scaling: {more: {namespace: Shop, metric_name: Jobs, when: below, steps: "
            "[{metric_value: 5, change: -1}, {metric_value: 4, change: -2}]}}}"
        ),
        message=(
            "ecs.services.web.scaling.step_scaling.more.steps[1].metric_value: 6 is not allowed\n"
            "allowed: less than 5, which the step before it has\n"
            "why: Application Auto Scaling refuses steps that overlap, or whose lower bound is not below the "
            "upper one."
        ),
    ),
    RulePair(
        rule="forecast_of_requests_has_routing",
        rejected=service("scaling: {predictive_scaling: {metric: requests, target_value: 100}}"),
        accepted=service(
            "scaling: {predictive_scaling: {metric: requests, target_value: 100}}", "routing: {path_patterns: [/*]}"
        ),
        message=(
            "ecs.services.web.scaling.predictive_scaling.metric: metric is requests, but the service has no routing\n"
            "fix: add routing, or use cpu_utilization or memory_utilization\n"
            "why: Requests are counted at the target group, which a service without routing does not have."
        ),
    ),
    RulePair(
        rule="forecast_has_a_target_in_percent",
        rejected=service("scaling: {predictive_scaling: {target_value: 101}}"),
        accepted=service("scaling: {predictive_scaling: {target_value: 100}}"),
        message=(
            "ecs.services.web.scaling.predictive_scaling.target_value: the target is 101 percent\n"
            "fix: set a target of 50 to 80\n"
            "why: Average utilization is at most 100 percent, so the forecast never asks for another task."
        ),
    ),
    RulePair(
        rule="something_scales_in",
        rejected=service("scaling: {disable_scale_in: true}"),
        accepted=service(
            "scaling: {disable_scale_in: true, scheduled_actions: {night: {schedule_expression: rate(1 hour), "
            "max_capacity: 2}}}"
        ),
        message=(
            "ecs.services.web.scaling.disable_scale_in: target tracking only adds tasks, and nothing removes them\n"
            "fix: remove disable_scale_in, or add scheduled_actions, or step_scaling that removes tasks\n"
            "why: Tasks that were added for a peak run, and are charged, until the next deployment of another number."
        ),
    ),
    RulePair(
        rule="something_scales_in: of steps that add",
        rejected=_steps("[{metric_value: 5, change: 1}]", "disable_scale_in: true"),
        accepted=_steps("[{metric_value: 5, change: -1}]", "disable_scale_in: true"),
        message=(
            "ecs.services.web.scaling.disable_scale_in: target tracking only adds tasks, and nothing removes them\n"
            f"fix: remove disable_scale_in, or add scheduled_actions, or step_scaling that removes tasks\n{NEVER_IN}"
        ),
    ),
    RulePair(
        rule="something_scales_in: without a target",
        rejected=_steps("[{metric_value: 5, change: 1}]", *NO_TARGET),
        accepted=_steps("[{metric_value: 5, change: 1}]", NO_TARGET[0]),
        message=f"ecs.services.web.scaling.step_scaling: {ONLY_ADDS}",
    ),
    RulePair(
        rule="something_scales_in: by forecast",
        rejected=service(f"scaling: {{predictive_scaling: {{target_value: 50}}, {', '.join(NO_TARGET)}}}"),
        accepted=service(f"scaling: {{predictive_scaling: {{target_value: 50}}, {NO_TARGET[0]}}}"),
        message=f"ecs.services.web.scaling.predictive_scaling: {ONLY_ADDS}",
    ),
    RulePair(
        rule="exact_capacity_is_a_number_of_tasks",
        rejected=_steps("[{metric_value: 5, change: -1}], adjustment_type: exact_capacity"),
        accepted=_steps("[{metric_value: 5, change: 0}], adjustment_type: exact_capacity"),
        message=(
            "ecs.services.web.scaling.step_scaling.more.steps[0].change: -1 is not allowed\n"
            "allowed: 0 or more, since adjustment_type is exact_capacity\n"
            "why: Application Auto Scaling refuses a negative number as the exact capacity."
        ),
    ),
    RulePair(
        rule="steps_change_the_number_of_tasks",
        rejected=_steps("[{metric_value: 5, change: 0}]"),
        accepted=_steps("[{metric_value: 5, change: 0}, {metric_value: 6, change: 1}]"),
        message=(
            "ecs.services.web.scaling.step_scaling.more.steps: every change is 0\n"
            "fix: set change, or remove the policy\n"
            "why: AWS accepts a step of 0, which keeps the number of tasks, and so does a policy of nothing else."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
