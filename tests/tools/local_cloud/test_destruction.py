"""A sandbox leaves nothing behind; production refuses to go, and then leaves what it was told to keep and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.resource_inventory import NOT_COUNTED, Inventory, inventory
from tests.support.synthesis import ROOT, SHIPPED, synthesize
from tools.local_cloud.cloud import LocalCloud
from tools.local_cloud.deployment import CdkRun, Deployment

pytestmark = pytest.mark.local_cloud
# Each counts all that its account holds, so each has one to itself.
ACCOUNTS = {"sandbox": "000000000004", "production": "000000000014"}
ACCOUNT_OF_OPENED_PRODUCTION = "000000000005"


@dataclass(frozen=True)
class Deployed:
    """An environment before anything of it is destroyed."""

    deployment: Deployment
    app: Path
    bootstrapped: Inventory
    everything: Inventory
    of_stacks: Inventory
    to_be_kept: Inventory


@dataclass(frozen=True)
class Destruction:
    """What `cdk destroy` said and left."""

    run: CdkRun
    statuses: Mapping[str, str]
    left: Inventory


@dataclass(frozen=True)
class Refusals:
    """What production said to three attempts, each with less in the way, and what became of it in the end."""

    protected: Destruction
    without_termination_protection: Destruction
    of_load_balancer: Destruction
    end: Destruction


def deploy_and_count(environment: str, account: str, cloud: LocalCloud) -> Deployed:
    """Everything before a destruction, by the templates as they are synthesized here."""
    deployment = Deployment(cloud, environment, account=account)
    synthesized = synthesize(environment)
    require(deployment.bootstrap())
    bootstrapped = inventory(deployment.client)
    require(deployment.deploy(app=synthesized.outdir))
    of_stacks: Inventory = set()
    to_be_kept: Inventory = set()
    for stack, template in synthesized.templates.items():
        for resource in deployment.resources(stack):
            identified = (resource["ResourceType"], resource["PhysicalResourceId"])
            of_stacks.add(identified)
            if template["Resources"][resource["LogicalResourceId"]].get("DeletionPolicy", "Delete") != "Delete":
                to_be_kept.add(identified)
    everything = inventory(deployment.client)
    return Deployed(deployment, synthesized.outdir, bootstrapped, everything, of_stacks, to_be_kept)


def destroy(deployed: Deployed, *stacks: str) -> Destruction:
    """`cdk destroy`, of all stacks if none is named, and what is there afterwards."""
    run = deployed.deployment.destroy(*stacks, exclusively=bool(stacks), app=deployed.app)
    described: list[dict[str, Any]] = deployed.deployment.client("cloudformation").describe_stacks()["Stacks"]
    statuses = {stack["StackName"]: stack["StackStatus"] for stack in described}
    return Destruction(run, statuses, inventory(deployed.deployment.client))


def require(run: CdkRun) -> None:
    """A step on the way must not fail unnoticed."""
    assert run.returncode == 0, run.output


@pytest.fixture(scope="module")
def sandbox(cloud: LocalCloud) -> Deployed:
    """Given a sandbox."""
    return deploy_and_count("sandbox", ACCOUNTS["sandbox"], cloud)


@pytest.fixture(scope="module")
def production(cloud: LocalCloud) -> Deployed:
    """Given production."""
    return deploy_and_count("production", ACCOUNTS["production"], cloud)


@pytest.fixture(scope="module")
def refusals(production: Deployed) -> Refusals:
    """When it is destroyed as it is, then without termination protection, then without any protection."""
    deployment = production.deployment
    protected = destroy(production)
    for stack in deployment.stacks():
        deployment.client("cloudformation").update_termination_protection(
            StackName=stack, EnableTerminationProtection=False
        )
    return Refusals(
        protected=protected,
        without_termination_protection=destroy(production),
        of_load_balancer=destroy(production, "production-ecs-cluster"),
        end=unprotect_and_destroy(production),
    )


def unprotect_and_destroy(deployed: Deployed) -> Destruction:
    assert list(deployed.deployment.unprotect())
    return destroy(deployed)


@pytest.mark.parametrize("environment", SHIPPED)
def test_the_inventory_sees_everything_that_stacks_make(environment: str, request: pytest.FixtureRequest) -> None:
    deployed: Deployed = request.getfixturevalue(environment)
    types = {resource_type for resource_type, _ in deployed.of_stacks}
    assert types == {
        resource["Type"]
        for template in synthesize(environment).templates.values()
        for resource in template["Resources"].values()
    }
    countable = {each for each in deployed.of_stacks if each[0] not in NOT_COUNTED}
    assert countable <= deployed.everything
    assert not countable & deployed.bootstrapped


def test_a_destroyed_sandbox_leaves_nothing_behind(sandbox: Deployed) -> None:
    destruction = destroy(sandbox)

    require(destruction.run)
    assert destruction.left == sandbox.bootstrapped
    assert set(destruction.statuses) == {"CDKToolkit"}


def test_production_is_not_destroyed_by_a_slip(production: Deployed, refusals: Refusals) -> None:
    assert refusals.protected.run.returncode != 0
    assert "cannot be deleted while TerminationProtection is enabled" in refusals.protected.run.output
    assert refusals.protected.left == production.everything


def test_without_termination_protection_the_eks_cluster_refuses(production: Deployed, refusals: Refusals) -> None:
    attempt = refusals.without_termination_protection
    assert attempt.run.returncode != 0
    assert "Cluster production has deletion protection" in attempt.run.output
    assert attempt.statuses["production-eks-cluster"] == "DELETE_FAILED"
    assert ("AWS::EKS::Cluster", "production") in attempt.left
    assert production.to_be_kept <= attempt.left


def test_without_termination_protection_the_load_balancer_refuses(production: Deployed, refusals: Refusals) -> None:
    attempt = refusals.of_load_balancer
    assert attempt.run.returncode != 0
    assert "cannot be deleted because deletion protection is enabled" in attempt.run.output
    assert attempt.statuses["production-ecs-cluster"] == "DELETE_FAILED"
    balancers = {each for each in production.everything if each[0] == "AWS::ElasticLoadBalancingV2::LoadBalancer"}
    assert balancers <= attempt.left
    assert production.to_be_kept <= attempt.left


def test_of_production_stays_what_the_templates_retain_and_nothing_else(
    production: Deployed, refusals: Refusals
) -> None:
    require(refusals.end.run)
    assert refusals.end.left - production.bootstrapped == production.to_be_kept
    assert set(refusals.end.statuses) == {"CDKToolkit"}


def test_of_production_stay_images_logs_and_the_keys_that_open_them(production: Deployed, refusals: Refusals) -> None:
    services = production.deployment.loaded.ecs.services if production.deployment.loaded.ecs else {}
    stayed = Counter(resource_type for resource_type, _ in refusals.end.left - production.bootstrapped)
    assert stayed == {
        "AWS::ECR::Repository": len(production.deployment.loaded.registry.repositories),
        "AWS::KMS::Key": len(["network", "registry", "ecs-cluster", "eks-cluster"]),
        "AWS::Logs::LogGroup": len(["flow logs", "ECS Exec", "Container Insights", "web ACL", "EKS"]) + len(services),
        "AWS::S3::Bucket": len(["access logs"]),
    }


def test_production_whose_protection_is_deployed_away_leaves_nothing_behind(cloud: LocalCloud, tmp_path: Path) -> None:
    """By the book: docs/operations.md, "Deleting a protected environment"."""
    production = deploy_and_count("production", ACCOUNT_OF_OPENED_PRODUCTION, cloud)
    opened = tmp_path / "production.yaml"
    text = (ROOT / "environments" / "production.yaml").read_text()
    opened.write_text(text.replace("\nnetwork:", "\nprotected: false\n\nnetwork:", 1))
    app = synthesize(str(opened)).outdir
    require(Deployment(cloud, str(opened), account=ACCOUNT_OF_OPENED_PRODUCTION).deploy(app=app))

    destruction = destroy(production)

    require(destruction.run)
    assert destruction.left == production.bootstrapped
    assert set(destruction.statuses) == {"CDKToolkit"}
