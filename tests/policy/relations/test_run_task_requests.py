"""What `make run-task` reads is an output, which the pairs of relations cannot edit."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.support.relation_pairs import misfits, shipped

ENVIRONMENT = "examples/ecs-batch.yaml"
STACK = "ecs-batch-ecs-standalone-task-migration"
TASK = f"{STACK}/TaskTaskDefinitionD41B4570"
PRIVATE = "PrivateSubnet1Subnet6DD86AE62279BBA5"
PUBLIC = "PublicSubnet1Subnet369331398DA89175"


def named(stack: str, old: str, new: str) -> set[tuple[str, str]]:
    """(relation, place) of what is said of an output with another text in it."""
    templates: dict[str, Any] = copy.deepcopy(dict(shipped(ENVIRONMENT).templates))
    outputs = json.dumps(templates[stack]["Outputs"])
    assert old in outputs
    templates[stack]["Outputs"] = json.loads(outputs.replace(old, new))
    return {(relation, place) for relation, place, _ in misfits(shipped(ENVIRONMENT).with_templates(templates))}


DISABLED, ENABLED = (json.dumps(f'"assignPublicIp":"{value}"')[1:-1] for value in ("DISABLED", "ENABLED"))


@pytest.mark.parametrize(("old", "new"), [(PRIVATE, PUBLIC), (DISABLED, ENABLED)])
def test_output_of_another_subnet_or_with_a_public_address_is_named(old: str, new: str) -> None:
    assert ("started_task_has_a_way_out", TASK) in named(STACK, old, new)


def test_output_and_schedule_that_start_a_task_in_other_subnets_are_named() -> None:
    stack = "ecs-batch-ecs-scheduled-task-clean-up"
    other = "PrivateSubnet2Subnet1BDBE87783414D15"
    assert named(stack, PRIVATE, other) == {("task_is_started_in_one_place", f"{stack}/TaskTaskDefinitionD41B4570")}
