"""While Amazon ECS shifts requests, deployments of other things leave the listener rule where it has put it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from tests.support.synthesis import ROOT, synthesize
from tools.local_cloud.deployment import CdkRun, Deployment

pytestmark = pytest.mark.local_cloud
ACCOUNT = "000000000007"
EXAMPLE = "examples/ecs-releases.yaml"
SERVICE = "recommendations"
STACK = f"ecs-releases-ecs-service-{SERVICE}"

Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def deployed(deploy: Callable[..., Deployment]) -> Deployment:
    """Given the example of every strategy, deployed."""
    return deploy(EXAMPLE, account=ACCOUNT)


class Weights(NamedTuple):
    """Of the two target groups of the rule."""

    primary: int
    alternate: int


def _resource(deployed: Deployment, logical_id: str) -> str:
    (found,) = [
        each["PhysicalResourceId"]
        for each in deployed.resources(STACK)
        if each["LogicalResourceId"].startswith(logical_id)
    ]
    return str(found)


def weights(deployed: Deployment) -> Weights:
    """As the load balancer tells them."""
    rule = _resource(deployed, "ServiceListenerRule")
    (described,) = deployed.client("elbv2").describe_rules(RuleArns=[rule])["Rules"]
    groups = described["Actions"][0]["ForwardConfig"]["TargetGroups"]
    found = {each["TargetGroupArn"]: each["Weight"] for each in groups}
    return Weights(*(found[_resource(deployed, each)] for each in ("ServiceTargetGroup", "ServiceAlternateTarget")))


def shift(deployed: Deployment, to: Weights) -> None:
    """What Amazon ECS does at a step of a deployment, with the role that the service names."""
    groups = [
        {"TargetGroupArn": _resource(deployed, each), "Weight": weight}
        for each, weight in zip(("ServiceTargetGroup", "ServiceAlternateTarget"), to, strict=True)
    ]
    deployed.client("elbv2").modify_rule(
        RuleArn=_resource(deployed, "ServiceListenerRule"),
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )
    assert weights(deployed) == to


def release(deployed: Deployment, folder: Path, edit: Edit) -> CdkRun:
    """Deploy all stacks of an edited copy of the file."""
    settings = json.loads(json.dumps(YAML(typ="safe").load(ROOT / EXAMPLE)))
    edit(settings)
    copy = folder / Path(EXAMPLE).name
    copy.write_text(json.dumps(settings))
    changed = Deployment(deployed.cloud, str(copy), account=deployed.account)
    return changed.deploy(app=synthesize(str(copy)).outdir)


def _service(settings: dict[str, Any], name: str = SERVICE) -> dict[str, Any]:
    found: dict[str, Any] = settings["ecs"]["services"][name]
    return found


def a_release_of_another_service(settings: dict[str, Any]) -> None:
    _service(settings, "catalog")["containers"]["web"]["image"] = "shop:2.4.1"


def a_release_of_the_service(settings: dict[str, Any]) -> None:
    _service(settings)["containers"]["web"]["image"] = "shop:2.4.1"


def other_alarms_and_steps(settings: dict[str, Any]) -> None:
    _service(settings)["deployment"]["canary"]["percent"] = 20
    _service(settings)["deployment"]["rollback_alarms"]["server_error_percent"] = 3


def another_health_check(settings: dict[str, Any]) -> None:
    _service(settings)["routing"]["health_check_path"] = "/ready"


@pytest.mark.parametrize(
    "edit", [a_release_of_another_service, a_release_of_the_service, other_alarms_and_steps, another_health_check]
)
def test_a_deployment_leaves_the_rule_where_ecs_has_put_it(deployed: Deployment, tmp_path: Path, edit: Edit) -> None:
    shift(deployed, Weights(90, 10))

    run = release(deployed, tmp_path, edit)

    assert run.returncode == 0, run.output
    assert weights(deployed) == Weights(90, 10)


def another_path(settings: dict[str, Any]) -> None:
    _service(settings)["routing"]["path_patterns"] = ["/v2/*"]


def another_path_with_the_requests_where_they_are(settings: dict[str, Any]) -> None:
    another_path(settings)
    _service(settings)["deployment"]["production_target_group"] = "alternate"


def test_a_change_of_the_rule_that_states_where_the_requests_are_moves_none(
    deployed: Deployment, tmp_path: Path
) -> None:
    shift(deployed, Weights(0, 100))

    run = release(deployed, tmp_path, another_path_with_the_requests_where_they_are)

    assert run.returncode == 0, run.output
    assert weights(deployed) == Weights(0, 100)


def test_a_change_of_the_rule_that_does_not_moves_all_of_them(deployed: Deployment, tmp_path: Path) -> None:
    """What the runbook warns of: the same change would send everything to a target group without tasks."""
    shift(deployed, Weights(0, 100))

    run = release(deployed, tmp_path, another_host)

    assert run.returncode == 0, run.output
    assert weights(deployed) == Weights(100, 0)


def another_host(settings: dict[str, Any]) -> None:
    another_path(settings)
    _service(settings)["routing"]["host_headers"].append("offers.example.com")
