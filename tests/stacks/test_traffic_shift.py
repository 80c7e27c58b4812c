"""What a release changes of a service whose requests Amazon ECS shifts: never its listener rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any, Final

import aws_cdk as cdk
import pytest

from settings import Environment
from settings.rules import find_problems
from stacks.platform import Platform
from tests.support.complete_environments import COMPLETE_ENVIRONMENTS
from tests.support.environment_keys import changes, filled, places
from tools.release_diff.comparison import Effect, compare
from tools.release_diff.create_only import CreateOnlyProperties
from tools.release_diff.shifted_rules import told, touched_rules

SERVICE: Final = "release"
STACK: Final = f"blue-ecs-service-{SERVICE}"
_PREFIX: Final = "ecs.services.<name>."
# docs/releases.md has the list; keys below one of these are meant too.
CHANGE_THE_RULE: Final = {
    "deployment.strategy",
    "deployment.production_target_group",
    "deployment.test_traffic",
    "routing.host_headers",
    "routing.host_rewrite",
    "routing.http_headers",
    "routing.http_request_methods",
    "routing.load_balancer",
    "routing.path_patterns",
    "routing.priority",
    "routing.protocol",
    "routing.protocol_version",
    "routing.query_strings",
    "routing.source_ips",
    "routing.stickiness",
    "routing.url_rewrite",
}
Templates = dict[str, dict[str, Any]]


def _data() -> dict[str, Any]:
    (found,) = [each for each in filled(COMPLETE_ENVIRONMENTS) if SERVICE in _services(each)]
    return {**found, "eks": None}


def _services(data: Mapping[str, Any]) -> dict[str, Any]:
    services: dict[str, Any] = (data.get("ecs") or {}).get("services", {})
    return services


def _synthesized(services: Mapping[str, Any]) -> Templates:
    data = _data()
    data["ecs"] = {**data["ecs"], "services": dict(services), "reachable_security_groups": {}}
    with TemporaryDirectory() as outdir:
        app = cdk.App(outdir=outdir, analytics_reporting=False, builtin_cloud_formation_validation=False)
        Platform(app, Environment.model_validate(data))
        return {each.stack_name: each.template for each in app.synth().stacks}


def _changed_services() -> dict[str, tuple[str, Any]]:
    """A service for each key with another value, by a name of its own: they are synthesized side by side."""
    data, found = _data(), dict[str, tuple[str, Any]]()
    problems = _problems(data)
    for place in places(data):
        if place.path[:3] != ("ecs", "services", SERVICE) or len(place.path) < 4:
            continue
        key = place.key.removeprefix(_PREFIX)
        for change in islice(changes(place, data), 6):
            changed = change.applied(data)
            if _problems(changed) <= problems:
                found[f"change-{len(found)}"] = (key, _services(changed)[SERVICE])
                break
    return found


def _problems(data: Mapping[str, Any]) -> set[str]:
    return {each.key for each in find_problems(Environment.model_validate(data))}


@pytest.mark.slow
def test_no_release_touches_the_rule() -> None:
    """As `make diff-release` compares them: only keys that say what the rule is change it."""
    changed = _changed_services()
    templates = _synthesized(
        {SERVICE: _services(_data())[SERVICE], **{name: each for name, (_, each) in changed.items()}}
    )
    base = {STACK: templates[STACK]}
    create_only = CreateOnlyProperties.read()
    touching = set()
    for name, (key, _) in changed.items():
        after = {STACK: _renamed(templates[f"blue-ecs-service-{name}"], name)}
        if touched_rules(compare(base, after, create_only), base):
            touching.add(key)
    assert len(changed) > 60
    below = tuple(f"{each}{end}" for each in CHANGE_THE_RULE for end in (".", "["))
    assert [key for key in touching if key not in CHANGE_THE_RULE and not key.startswith(below)] == []
    assert {"deployment.production_target_group", "routing.priority", "routing.protocol"} <= touching


def _renamed(template: dict[str, Any], name: str) -> dict[str, Any]:
    renamed: dict[str, Any] = json.loads(json.dumps(template).replace(name, SERVICE))
    return renamed


@pytest.mark.parametrize(("weight", "is_touched"), [(0, True), (100, False)])
def test_a_rule_that_would_be_set_is_named(weight: int, is_touched: bool) -> None:
    base = _synthesized({SERVICE: _services(_data())[SERVICE]})
    after = json.loads(json.dumps(base))
    for resource in after[STACK]["Resources"].values():
        if resource["Type"] == "AWS::ElasticLoadBalancingV2::ListenerRule" and resource["Properties"]["Priority"] == 20:
            resource["Properties"]["Actions"][0]["ForwardConfig"]["TargetGroups"][0]["Weight"] = weight

    rules = touched_rules(compare(base, after, CreateOnlyProperties.read()), base)

    assert [each.effect for each in rules] == [Effect.CHANGED] * is_touched
    if rules:
        assert f"{STACK}/ServiceListenerRule" in told(rules)
        assert "production_target_group" in told(rules)
