"""Rules of step scaling, scheduled actions, and predictive scaling."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

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
        rule="scheduled_action_changes_a_limit",
        rejected=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour)}}}"),
        accepted=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), max_capacity: 3}}}"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak: the action sets no capacity\n"
            "fix: state min_capacity or max_capacity, or both\n"
            "why: A scheduled action sets the minimum capacity, the maximum capacity, or both."
        ),
    ),
    RulePair(
        rule="scheduled_capacities_ascend",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 4, "
            "max_capacity: 3}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "max_capacity: 3}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.min_capacity: 4 is not allowed\n"
            "allowed: at most 3, the maximum of the action\n"
            "why: A scheduled action fails if the minimum capacity is then greater than the maximum capacity."
        ),
    ),
    RulePair(
        rule="scheduled_capacities_ascend: with the maximum of the service",
        rejected=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 11}}}"),
        accepted=service("scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 10}}}"),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.min_capacity: 11 is not allowed\n"
            "allowed: at most 10, the maximum of the service\n"
            "why: A scheduled action fails if the minimum capacity is then greater than the maximum capacity."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_schedule",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: cron(0 24 * * ? *), min_capacity: 3}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: cron(0 23 * * ? *), min_capacity: 3}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression: '24' is no value for the hours\n"
            "allowed: 0 to 23, with `,` `-` `*` `/`\n"
            "why: Application Auto Scaling refuses an expression with a value that a field cannot have, or that "
            "no calendar has."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_schedule: of days",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: cron(0 3 * * * *), min_capacity: 3}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: cron(0 3 * * ? *), min_capacity: 3}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression: the day of the month is '*' "
            "and the day of the week is '*'\n"
            "fix: write ? for one of the two, and * for the other if every day is meant\n"
            "why: Application Auto Scaling refuses an expression with a value that a field cannot have, or that "
            "no calendar has."
        ),
    ),
    RulePair(
        rule="scheduled_action_has_a_schedule: of a day",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: at(2199-02-30T00:00:00), min_capacity: 3}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: at(2199-02-28T00:00:00), min_capacity: 3}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.schedule_expression: 'at(2199-02-30T00:00:00)' is "
            "not allowed\n"
            "allowed: a day and a time of day that exist\n"
            "why: Application Auto Scaling refuses an expression with a value that a field cannot have, or that "
            "no calendar has."
        ),
    ),
    RulePair(
        rule="scheduled_action_is_in_a_time_zone",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, timezone: "
            "Europe/Berlim}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, timezone: "
            "Europe/Berlin}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.timezone: 'Europe/Berlim' is not allowed\n"
            "allowed: a name in the IANA time zone database, such as UTC or Europe/Berlin\n"
            "fix: did you mean Europe/Berlin?\n"
            "why: Application Auto Scaling refuses a time zone that it does not know."
        ),
    ),
    RulePair(
        rule="scheduled_action_ends_after_it_starts",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-01T00:00:00Z, end_time: 2199-02-01T00:00:00Z}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-01T00:00:00Z, end_time: 2199-02-01T00:00:01Z}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.end_time: '2199-02-01T00:00:00Z' is not allowed\n"
            "allowed: a time after start_time, which is 2199-02-01T00:00:00Z\n"
            "why: Application Auto Scaling refuses a time that no calendar has, and an end that is not after the "
            "start."
        ),
    ),
    RulePair(
        rule="scheduled_action_ends_after_it_starts: at a time",
        rejected=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-30T00:00:00Z}}}"
        ),
        accepted=service(
            "scaling: {scheduled_actions: {peak: {schedule_expression: rate(1 hour), min_capacity: 3, "
            "start_time: 2199-02-28T00:00:00Z}}}"
        ),
        message=(
            "ecs.services.web.scaling.scheduled_actions.peak.start_time: '2199-02-30T00:00:00Z' is not allowed\n"
            "allowed: a day and a time of day that exist\n"
            "why: Application Auto Scaling refuses a time that no calendar has, and an end that is not after the "
            "start."
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
            "fix: remove disable_scale_in, or add step_scaling or scheduled_actions\n"
            "why: Tasks that were added for a peak run, and are charged, until the next deployment of another number."
        ),
    ),
    RulePair(
        rule="high_resolution_is_of_utilization",
        rejected=service(
            "scaling: {high_resolution_metrics: true, cpu_utilization_percent: null, memory_utilization_percent: "
            "null, requests_per_target: 9}",
            "routing: {path_patterns: [/*]}",
        ),
        accepted=service(
            "scaling: {high_resolution_metrics: true, cpu_utilization_percent: null, requests_per_target: 9}",
            "routing: {path_patterns: [/*]}",
        ),
        message=(
            "ecs.services.web.scaling.high_resolution_metrics: neither CPU nor memory utilization scales the "
            "service\n"
            "fix: set cpu_utilization_percent or memory_utilization_percent, or remove high_resolution_metrics\n"
            "why: Amazon ECS publishes utilization at high resolution, and nothing else that scales the service."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
