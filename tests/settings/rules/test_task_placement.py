"""Rules of placement strategies and constraints, and of Fargate platform versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"
SPREAD = "placement_strategies: [{type: spread, field: instanceId}]"

PAIRS = (
    RulePair(
        rule="placement_is_on_an_auto_scaling_group",
        rejected=service(SPREAD),
        accepted=service(SPREAD, ON_DEFAULT),
        message=(
            "ecs.services.web.placement_strategies: the capacity_provider_strategy names no Auto Scaling group\n"
            "fix: remove placement_strategies, or name an Auto Scaling group in ecs.capacity\n"
            "why: Amazon ECS refuses them for tasks on Fargate, and places tasks on Managed Instances itself."
        ),
    ),
    RulePair(
        rule="placement_is_on_an_auto_scaling_group: constraints",
        rejected=service("placement_constraints: [{type: distinctInstance}]"),
        accepted=service("placement_constraints: [{type: distinctInstance}]", ON_DEFAULT),
        message=(
            "ecs.services.web.placement_constraints: the capacity_provider_strategy names no Auto Scaling group\n"
            "fix: remove placement_constraints, or name an Auto Scaling group in ecs.capacity\n"
            "why: Amazon ECS refuses them for tasks on Fargate, and places tasks on Managed Instances itself."
        ),
    ),
    RulePair(
        rule="placement_strategy_has_its_field",
        rejected=service("placement_strategies: [{type: binpack, field: instanceId}]", ON_DEFAULT),
        accepted=service("placement_strategies: [{type: binpack, field: cpu}]", ON_DEFAULT),
        message=(
            "ecs.services.web.placement_strategies[0].field: type is binpack, and field is instanceId\n"
            "allowed: cpu or memory\n"
            "why: Amazon ECS refuses any other field with the type."
        ),
    ),
    RulePair(
        rule="placement_strategy_has_its_field: spread",
        rejected=service("placement_strategies: [{type: spread, field: memory}]", ON_DEFAULT),
        accepted=service(SPREAD, ON_DEFAULT),
        message=(
            "ecs.services.web.placement_strategies[0].field: type is spread, and field is memory\n"
            "allowed: instanceId, or attribute: and the name of an attribute\n"
            "why: Amazon ECS refuses any other field with the type."
        ),
    ),
    RulePair(
        rule="placement_strategy_has_its_field: random",
        rejected=service("placement_strategies: [{type: random, field: cpu}]", ON_DEFAULT),
        accepted=service("placement_strategies: [{type: random}]", ON_DEFAULT),
        message=(
            "ecs.services.web.placement_strategies[0].field: type is random, and field is cpu\n"
            "allowed: no field\n"
            "why: Amazon ECS refuses any other field with the type."
        ),
    ),
    RulePair(
        rule="placement_constraint_has_its_expression",
        rejected=service("placement_constraints: [{type: memberOf}]", ON_DEFAULT),
        accepted=service(
            "placement_constraints: [{type: memberOf, expression: 'attribute:ecs.instance-type =~ m7g.*'}]", ON_DEFAULT
        ),
        message=(
            "ecs.services.web.placement_constraints[0].expression: type is memberOf, and there is no expression\n"
            "fix: state an expression\n"
            "why: Amazon ECS needs an expression with memberOf, and refuses one with distinctInstance."
        ),
    ),
    RulePair(
        rule="placement_constraint_comes_once",
        rejected=service("placement_constraints: [{type: distinctInstance}, {}]", ON_DEFAULT),
        accepted=service(
            "placement_constraints: [{}, {type: memberOf, expression: 'attribute:ecs.instance-type =~ m7g.*'}]",
            ON_DEFAULT,
        ),
        message=(
            "ecs.services.web.placement_constraints[1]: 'distinctInstance' is listed twice\n"
            "fix: remove one of the two\n"
            "why: The validation of the AWS CDK refuses a list that has one constraint twice."
        ),
    ),
    RulePair(
        rule="platform_version_is_of_the_operating_system",
        rejected=service("platform_version: 1.0.0"),
        accepted=service("platform_version: LATEST"),
        message=(
            "ecs.services.web.platform_version: 1.0.0 is a platform version of windows, and operating_system is linux\n"
            "allowed: LATEST or 1.4.0\n"
            "why: Amazon ECS refuses a platform version of another operating system, and one for tasks on instances."
        ),
    ),
    RulePair(
        rule="platform_version_is_of_the_operating_system: not on instances",
        rejected=service("platform_version: LATEST", ON_DEFAULT).replace("LATEST", "1.4.0"),
        accepted=service("platform_version: LATEST", ON_DEFAULT),
        message=(
            "ecs.services.web.platform_version: the task does not run on Fargate\n"
            "fix: remove platform_version\n"
            "why: Amazon ECS refuses a platform version of another operating system, and one for tasks on instances."
        ),
    ),
    RulePair(
        rule="platform_version_is_the_latest",
        rejected=service("platform_version: 1.4.0"),
        accepted=service("platform_version: LATEST"),
        message=(
            "ecs.services.web.platform_version: the platform version is 1.4.0\n"
            "fix: remove platform_version, or acknowledge this if the tasks need that one\n"
            "why: LATEST receives the platform versions that AWS adds, and their security updates."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
