"""Rules of container dependencies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, containers

WAITING = "web: {image: 'app:1', depends_on: [{container: b, condition: %s}]}"

PAIRS = (
    RulePair(
        rule="dependency_is_another_container",
        rejected=containers("web: {image: 'app:1', depends_on: [{container: init}]}"),
        accepted=containers("web: {image: 'app:1', depends_on: [{container: init}]}", "init: {image: 'app:1'}"),
        message=(
            "ecs.services.web.containers.web.depends_on[0].container: the task has no container 'init'\n"
            "fix: remove depends_on: the task has no other container\n"
            "why: Amazon ECS refuses a dependency on a container that the task does not have, or on the "
            "container itself."
        ),
    ),
    RulePair(
        rule="dependency_is_another_container: not the container itself",
        rejected=containers("web: {image: 'app:1', depends_on: [{container: web}]}", "log: {image: 'app:1'}"),
        accepted=containers("web: {image: 'app:1', depends_on: [{container: log}]}", "log: {image: 'app:1'}"),
        message=(
            "ecs.services.web.containers.web.depends_on[0].container: the container depends on itself\n"
            "allowed: log\n"
            "why: Amazon ECS refuses a dependency on a container that the task does not have, or on the "
            "container itself."
        ),
    ),
    RulePair(
        rule="dependencies_make_no_cycle",
        rejected=containers(
            "a: {image: 'app:1', depends_on: [{container: b}]}",
            "b: {image: 'app:1', depends_on: [{container: c}]}",
            "c: {image: 'app:1', depends_on: [{container: a}]}",
        ),
        accepted=containers(
            "a: {image: 'app:1', depends_on: [{container: b}, {container: c}]}",
            "b: {image: 'app:1', depends_on: [{container: c}]}",
            "c: {image: 'app:1'}",
        ),
        message=(
            "ecs.services.web.containers.a.depends_on[0].container: container b waits for a, directly or "
            "through others\n"
            "fix: remove one of the dependencies\n"
            "why: Each container would wait for the other, and Amazon ECS refuses the task definition."
        ),
    ),
    RulePair(
        rule="healthy_dependency_has_a_health_check",
        rejected=containers(WAITING % "HEALTHY", "b: {image: 'app:1'}"),
        accepted=containers(WAITING % "HEALTHY", "b: {image: 'app:1', health_check: {command: [CMD, /ok]}}"),
        message=(
            "ecs.services.web.containers.web.depends_on[0].condition: the condition is HEALTHY, but "
            "container b has no health_check\n"
            "fix: add a health_check to container b, or use another condition\n"
            "why: Amazon ECS refuses the condition HEALTHY for a container without a health check."
        ),
    ),
    RulePair(
        rule="completed_dependency_is_not_essential",
        rejected=containers(WAITING % "SUCCESS", "b: {image: 'app:1'}"),
        accepted=containers(WAITING % "SUCCESS", "b: {image: 'app:1', essential: false}"),
        message=(
            "ecs.services.web.containers.web.depends_on[0].condition: the condition is SUCCESS, but "
            "container b is essential\n"
            "fix: set essential of container b to false, or use another condition\n"
            "why: The task stops when an essential container exits, so Amazon ECS refuses to wait for that."
        ),
    ),
    RulePair(
        rule="completed_dependency_is_not_essential: COMPLETE too",
        rejected=containers(WAITING % "COMPLETE", "b: {image: 'app:1'}"),
        accepted=containers(WAITING % "START", "b: {image: 'app:1'}"),
        message=(
            "ecs.services.web.containers.web.depends_on[0].condition: the condition is COMPLETE, but "
            "container b is essential\n"
            "fix: set essential of container b to false, or use another condition\n"
            "why: The task stops when an essential container exits, so Amazon ECS refuses to wait for that."
        ),
    ),
    RulePair(
        rule="completed_dependency_ends",
        rejected=containers(
            "web: {image: 'app:1', depends_on: [{container: app, condition: COMPLETE}]}",
            "app: {image: 'app:1', essential: false, port: 3000}",
        ),
        accepted=containers(
            "web: {image: 'app:1', depends_on: [{container: app, condition: COMPLETE}]}",
            "app: {image: 'app:1', essential: false}",
        ),
        message=(
            "ecs.services.web.containers.web.depends_on[0].condition: the condition is COMPLETE, but container app "
            "listens on port 3000\n"
            "fix: use HEALTHY or START, or acknowledge that it ends\n"
            "why: A container that listens on a port, or is checked while it runs, hardly ends, and the other never "
            "starts."
        ),
    ),
    RulePair(
        rule="completed_dependency_ends: nor while it is checked",
        rejected=containers(
            "web: {image: 'app:1', depends_on: [{container: app, condition: SUCCESS}]}",
            "app: {image: 'app:1', essential: false, health_check: {command: [CMD, check]}}",
        ),
        accepted=containers(
            "web: {image: 'app:1', depends_on: [{container: app, condition: HEALTHY}]}",
            "app: {image: 'app:1', essential: false, health_check: {command: [CMD, check]}}",
        ),
        message=(
            "ecs.services.web.containers.web.depends_on[0].condition: the condition is SUCCESS, but container app "
            "has a health_check\n"
            "fix: use HEALTHY or START, or acknowledge that it ends\n"
            "why: A container that listens on a port, or is checked while it runs, hardly ends, and the other never "
            "starts."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
