"""Rules of deployments that shift requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, LOAD_BALANCER, RulePair, service

ROUTED = "routing: {priority: 10, path_patterns: [/*]}"
ALARMS = "rollback_alarms: {alarm_names: [conversion]}"
DAY = "linear: {step_percent: 50, step_bake_time_minutes: 1440}"
INSTANCE = "  capacity: {default: {min_size: 1}}\n"


def _deployment(text: str, *lines: str, before: str = CAPACITY + LOAD_BALANCER) -> str:
    return service(*lines, f"deployment: {{{text}}}", before=before)


PAIRS = (
    RulePair(
        rule="shift_has_steps",
        rejected=_deployment(f"strategy: CANARY, canary: {{percent: 100}}, {ALARMS}", ROUTED),
        accepted=_deployment(f"strategy: CANARY, canary: {{percent: 99}}, {ALARMS}", ROUTED),
        message=(
            "ecs.services.web.deployment.canary.percent: the first step shifts 100 percent\n"
            "fix: set a smaller percentage, or use BLUE_GREEN\n"
            "why: If the first step shifts all requests, everybody has seen the fault that an alarm reports."
        ),
    ),
    RulePair(
        rule="shift_has_requests_to_shift",
        rejected=_deployment(f"strategy: CANARY, {ALARMS}"),
        accepted=_deployment(f"strategy: BLUE_GREEN, {ALARMS}"),
        message=(
            "ecs.services.web.deployment.strategy: strategy is CANARY, and nothing has requests to shift\n"
            "fix: add routing, service_connect.serves, or vpc_lattice, or use ROLLING or BLUE_GREEN\n"
            "why: Linear and canary deployments shift the requests of a load balancer, Service Connect, or VPC Lattice."
        ),
    ),
    RulePair(
        rule="shift_is_not_of_a_daemon",
        rejected=_deployment(
            f"strategy: BLUE_GREEN, {ALARMS}",
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            before=INSTANCE,
        ),
        accepted=_deployment(
            ALARMS,
            "scheduling_strategy: DAEMON",
            "capacity_provider_strategy: [{capacity_provider: default}]",
            before=INSTANCE,
        ),
        message=(
            "ecs.services.web.deployment.strategy: 'BLUE_GREEN' is not allowed\n"
            "allowed: ROLLING for DAEMON\n"
            "why: A daemon has one task on each instance, and no room for a second one beside it."
        ),
    ),
    RulePair(
        rule="deployment_key_is_of_the_strategy",
        rejected=_deployment(f"strategy: CANARY, linear: {{}}, {ALARMS}", ROUTED),
        accepted=_deployment(f"strategy: LINEAR, linear: {{}}, {ALARMS}", ROUTED),
        message=(
            "ecs.services.web.deployment.linear: there is linear, and strategy is CANARY\n"
            "fix: remove linear, or use LINEAR\n"
            "why: Amazon ECS refuses steps of another strategy, and early success with any but rolling "
            "deployments."
        ),
    ),
    RulePair(
        rule="deployment_key_is_of_the_strategy: early success",
        rejected=_deployment(f"strategy: CANARY, early_success: {{healthy_percent: 100}}, {ALARMS}", ROUTED),
        accepted=_deployment("early_success: {healthy_percent: 100}", ROUTED),
        message=(
            "ecs.services.web.deployment.early_success: there is early_success, and strategy is CANARY\n"
            "fix: remove early_success, or use ROLLING\n"
            "why: Amazon ECS refuses steps of another strategy, and early success with any but rolling "
            "deployments."
        ),
    ),
    RulePair(
        rule="target_groups_are_two",
        rejected=_deployment("test_traffic: {header_value: canary}", ROUTED),
        accepted=_deployment(f"strategy: BLUE_GREEN, test_traffic: {{header_value: canary}}, {ALARMS}", ROUTED),
        message=(
            "ecs.services.web.deployment.test_traffic: there is test_traffic, and strategy is ROLLING\n"
            "fix: remove test_traffic\n"
            "why: There is a second target group only where requests of a load balancer or of VPC Lattice are "
            "shifted."
        ),
    ),
    RulePair(
        rule="target_groups_are_two: routing",
        rejected=_deployment(f"strategy: BLUE_GREEN, production_target_group: alternate, {ALARMS}"),
        accepted=_deployment(f"strategy: BLUE_GREEN, production_target_group: alternate, {ALARMS}", ROUTED),
        message=(
            "ecs.services.web.deployment.production_target_group: there is production_target_group, and there "
            "is no routing and no vpc_lattice\n"
            "fix: remove production_target_group\n"
            "why: There is a second target group only where requests of a load balancer or of VPC Lattice are "
            "shifted."
        ),
    ),
    RulePair(
        rule="early_success_is_not_below_the_minimum",
        rejected=_deployment("early_success: {healthy_percent: 50}"),
        accepted=_deployment("early_success: {healthy_percent: 50}", "minimum_healthy_percent: 50"),
        message=(
            "ecs.services.web.deployment.early_success.healthy_percent: 50 is not allowed\n"
            "allowed: at least minimum_healthy_percent, which is 100\n"
            "why: Amazon ECS refuses a deployment that is complete with fewer healthy tasks than must run "
            "during it."
        ),
    ),
    RulePair(
        rule="rollback_alarm_has_a_metric",
        rejected=_deployment("rollback_alarms: {}"),
        accepted=_deployment(ALARMS),
        message=(
            "ecs.services.web.deployment.rollback_alarms: there is no alarm in rollback_alarms\n"
            "fix: add server_error_percent, response_time_ms, or alarm_names, or remove rollback_alarms\n"
            "why: Errors and response times are those of requests that the load balancer forwards."
        ),
    ),
    RulePair(
        rule="rollback_alarm_has_a_metric: routing",
        rejected=_deployment("rollback_alarms: {response_time_ms: 500}"),
        accepted=_deployment("rollback_alarms: {response_time_ms: 500}", ROUTED),
        message=(
            "ecs.services.web.deployment.rollback_alarms.response_time_ms: there is response_time_ms, and "
            "there is no routing\n"
            "fix: name alarms in alarm_names instead, or add routing\n"
            "why: Errors and response times are those of requests that the load balancer forwards."
        ),
    ),
    RulePair(
        rule="shift_does_not_scale_by_requests",
        rejected=_deployment(f"strategy: LINEAR, {ALARMS}", ROUTED, "scaling: {requests_per_target: 500}"),
        accepted=_deployment(ALARMS, ROUTED, "scaling: {requests_per_target: 500}"),
        message=(
            "ecs.services.web.scaling.requests_per_target: requests scale the tasks, and strategy is LINEAR\n"
            "fix: scale by utilization or by tracked_metrics, or use ROLLING\n"
            "why: Requests are counted for one target group, and after every other deployment the tasks are "
            "in the other one."
        ),
    ),
    RulePair(
        rule="shift_does_not_scale_by_requests: forecast",
        rejected=_deployment(
            f"strategy: LINEAR, {ALARMS}",
            ROUTED,
            "scaling: {predictive_scaling: {metric: requests, target_value: 500}}",
        ),
        accepted=_deployment(
            f"strategy: LINEAR, {ALARMS}", ROUTED, "scaling: {predictive_scaling: {target_value: 50}}"
        ),
        message=(
            "ecs.services.web.scaling.predictive_scaling.metric: requests are forecast, and strategy is LINEAR\n"
            "fix: forecast utilization, or use ROLLING\n"
            "why: Requests are counted for one target group, and after every other deployment the tasks are "
            "in the other one."
        ),
    ),
    RulePair(
        rule="shift_is_watched",
        rejected=_deployment("strategy: BLUE_GREEN", ROUTED),
        accepted=_deployment("strategy: BLUE_GREEN, lifecycle_hooks: {ask: {stages: [POST_SCALE_UP]}}", ROUTED),
        message=(
            "ecs.services.web.deployment: strategy is BLUE_GREEN, and nothing decides whether the deployment "
            "goes back\n"
            "fix: add rollback_alarms or lifecycle_hooks\n"
            "why: New tasks that start and answer with errors get all requests: nothing looks at the answers."
        ),
    ),
    RulePair(
        rule="old_tasks_outlast_the_alarms",
        rejected=_deployment(
            "strategy: CANARY, bake_time_minutes: 3, rollback_alarms: {server_error_percent: 5}", ROUTED
        ),
        accepted=_deployment(
            "strategy: CANARY, bake_time_minutes: 4, rollback_alarms: {server_error_percent: 5}", ROUTED
        ),
        message=(
            "ecs.services.web.deployment.bake_time_minutes: the bake time is 3 minutes, and an alarm looks at "
            "the last 3\n"
            "fix: set it to 4 or more\n"
            "why: Once the bake time is over, the old tasks stop, and nothing brings them back at once."
        ),
    ),
    RulePair(
        rule="old_tasks_outlast_the_alarms: or a look",
        rejected=_deployment(f"strategy: CANARY, bake_time_minutes: 0, {ALARMS}", ROUTED),
        accepted=_deployment(f"strategy: CANARY, bake_time_minutes: 1, {ALARMS}", ROUTED),
        message=(
            "ecs.services.web.deployment.bake_time_minutes: the bake time is 0 minutes\n"
            "fix: set it to 1 or more\n"
            "why: Once the bake time is over, the old tasks stop, and nothing brings them back at once."
        ),
    ),
    RulePair(
        rule="shift_ends_in_time",
        rejected=_deployment(
            f"strategy: LINEAR, {DAY}, bake_time_minutes: 541, {ALARMS}",
            ROUTED,
        ),
        accepted=_deployment(
            f"strategy: LINEAR, {DAY}, bake_time_minutes: 540, {ALARMS}",
            ROUTED,
        ),
        message=(
            "ecs.services.web.deployment: all steps and the bake time take 1981 minutes\n"
            "allowed: at most 1980 minutes\n"
            "why: AWS CloudFormation refuses a deployment of more than 33 hours, because it waits for one no longer "
            "than 36."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
