"""A change reaches the stacks that it is for and no other; what would break somebody else is refused and undone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.resource_inventory import Inventory, inventory
from tests.support.synthesis import ROOT, SHIPPED, synthesize
from tools.local_cloud.deployment import CdkRun, Deployment

pytestmark = pytest.mark.local_cloud
ACCOUNT = "000000000003"

Settings = dict[str, Any]
Edit = Callable[[Settings], object]
Change = Callable[[Edit], Deployment]


@pytest.fixture(scope="module", params=SHIPPED)
def deployed(request: pytest.FixtureRequest, deploy: Callable[..., Deployment]) -> Deployment:
    """Given an environment that has been deployed."""
    return deploy(request.param, account=ACCOUNT)


@pytest.fixture
def change(deployed: Deployment, tmp_path: Path) -> Iterator[Change]:
    """Given a way to edit a copy of the environment's file; afterwards, what that changed is as it was."""
    before = stamps(deployed)
    yield lambda edit: edited(deployed, edit, tmp_path)
    changed = touched(before, stamps(deployed))
    restored = deployed.deploy(*changed, exclusively=True, app=synthesize(deployed.environment).outdir)
    assert restored.returncode == 0, restored.output


def edited(deployed: Deployment, edit: Edit, folder: Path) -> Deployment:
    """The environment of an edited copy of the file, which has the same name, as the name is the environment's."""
    file = ROOT / "environments" / f"{deployed.environment}.yaml"
    # JSON is YAML too, and has no anchors: what three services share would change for all three.
    settings: Settings = json.loads(json.dumps(YAML(typ="safe").load(file)))
    edit(settings)
    copy = folder / file.name
    copy.write_text(json.dumps(settings))
    return Deployment(deployed.cloud, str(copy), account=deployed.account)


def deploy_changed(changed: Deployment, *stacks: str, exclusively: bool = False) -> CdkRun:
    """With the templates as the tests synthesize them: the same bytes as the CLI writes (tests/cli), but sooner."""
    return changed.deploy(*stacks, exclusively=exclusively, app=synthesize(changed.environment).outdir)


def stamps(deployment: Deployment) -> dict[str, tuple[object, ...]]:
    """What a deployment of a stack cannot leave as it was."""
    keys = ("StackStatus", "CreationTime", "LastUpdatedTime")
    return {name: tuple(stack.get(key) for key in keys) for name, stack in deployment.stacks().items()}


def touched(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Stacks that came, went or were updated."""
    return {name for name in before | after if before.get(name) != after.get(name)}


def of_type(resource_type: str, counted: Inventory) -> set[str]:
    """Identifiers of one type."""
    return {identifier for counted_type, identifier in counted if counted_type == resource_type}


def ecs_service(deployment: Deployment, name: str) -> dict[str, Any]:
    """A service as ECS describes it."""
    (arn,) = [
        each["PhysicalResourceId"]
        for each in deployment.resources(f"{deployment.loaded.name}-ecs-service-{name}")
        if each["ResourceType"] == "AWS::ECS::Service"
    ]
    described = deployment.client("ecs").describe_services(cluster=deployment.loaded.name, services=[arn])
    service: dict[str, Any] = described["services"][0]
    return service


def task_definition(deployment: Deployment, service: str) -> dict[str, Any]:
    """What the tasks of a service are made from."""
    arn = ecs_service(deployment, service)["taskDefinition"]
    described: dict[str, Any] = deployment.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]
    return described


def a_new_image_tag(settings: Settings) -> None:
    settings["ecs"]["services"]["hello-fargate"]["containers"]["web"]["image"] += "3.22"


def a_second_task(settings: Settings) -> None:
    service = settings["ecs"]["services"]["hello-host"]
    if "scaling" in service:
        service["scaling"]["min_capacity"] += 1
    else:
        service["desired_count"] = 2


def another_service(settings: Settings) -> None:
    services = settings["ecs"]["services"]
    services["another"] = {**services["hello-fargate"], "routing": {"path_patterns": ["/another"]}}


def another_address_range(settings: Settings) -> None:
    settings["network"]["cidr"] = "10.99.0.0/16"


def one_zone_fewer(settings: Settings) -> None:
    settings["availability_zones"].pop()
    settings["eks"]["control_plane_availability_zones"].pop()


def one_more_endpoint(settings: Settings) -> None:
    settings["network"].setdefault("interface_endpoints", []).append("sts")


def the_other_scheme(settings: Settings) -> None:
    settings["ecs"]["load_balancer"]["scheme"] = "internal"


def one_more_zone(settings: Settings) -> None:
    settings["availability_zones"].append("eu-west-1c")


def other_instance_types(settings: Settings) -> None:
    settings["eks"]["nodes"]["general"]["instance_types"] = ["m8g.large", "m7g.large"]


def the_next_minor(settings: Settings) -> None:
    # No versions are pinned for it yet.
    settings["eks"].update(kubernetes_version="1.37", add_on_versions="default")


def another_namespace(settings: Settings) -> None:
    settings["eks"]["nodes"]["batch"]["selectors"] = [{"namespace": "nightly"}]


def test_a_new_image_tag_reaches_its_service_and_no_other_stack(deployed: Deployment, change: Change) -> None:
    before, old = stamps(deployed), task_definition(deployed, "hello-fargate")

    run = deploy_changed(change(a_new_image_tag))

    assert run.returncode == 0, run.output
    new = task_definition(deployed, "hello-fargate")
    assert (new["family"], new["revision"]) == (old["family"], old["revision"] + 1)
    assert new["containerDefinitions"][0]["image"] == old["containerDefinitions"][0]["image"] + "3.22"
    assert touched(before, stamps(deployed)) == {f"{deployed.loaded.name}-ecs-service-hello-fargate"}


def test_another_number_of_tasks_reaches_its_service_and_no_other_stack(deployed: Deployment, change: Change) -> None:
    before, old = stamps(deployed), tasks(deployed, "hello-host")

    run = deploy_changed(change(a_second_task))

    assert run.returncode == 0, run.output
    assert tasks(deployed, "hello-host") == old + 1
    assert touched(before, stamps(deployed)) == {f"{deployed.loaded.name}-ecs-service-hello-host"}


def tasks(deployment: Deployment, service: str) -> int:
    """How many tasks are asked for; the fewest, where Application Auto Scaling decides."""
    for each in deployment.resources(f"{deployment.loaded.name}-ecs-service-{service}"):
        if each["ResourceType"] == "AWS::ApplicationAutoScaling::ScalableTarget":
            target = deployment.client("cloudcontrol").get_resource(
                TypeName=each["ResourceType"], Identifier=each["PhysicalResourceId"]
            )
            return int(json.loads(target["ResourceDescription"]["Properties"])["MinCapacity"])
    return int(ecs_service(deployment, service)["desiredCount"])


def test_a_service_comes_and_goes_as_one_stack_and_no_other_notices(deployed: Deployment, tmp_path: Path) -> None:
    name = f"{deployed.loaded.name}-ecs-service-another"
    before = stamps(deployed)

    larger = edited(deployed, another_service, tmp_path)
    added = deploy_changed(larger)
    assert added.returncode == 0, added.output
    assert touched(before, stamps(deployed)) == {name}
    assert ecs_service(deployed, "another")["status"] == "ACTIVE"

    lift_termination_protection(deployed, name)
    removed = larger.destroy(name, exclusively=True, app=synthesize(larger.environment).outdir)
    without = deployed.deploy(app=synthesize(deployed.environment).outdir)
    assert (removed.returncode, without.returncode) == (0, 0), removed.output + without.output
    assert stamps(deployed) == before


def lift_termination_protection(deployment: Deployment, stack: str) -> None:
    deployment.client("cloudformation").update_termination_protection(
        StackName=stack, EnableTerminationProtection=False
    )


@pytest.mark.parametrize(
    ("deployed", "breaking"),
    [("sandbox", another_address_range), ("production", one_zone_fewer)],
    indirect=["deployed"],
    scope="module",  # or the order of tests would deploy each environment twice
)
def test_a_network_does_not_take_away_what_others_use(deployed: Deployment, change: Change, breaking: Edit) -> None:
    network = f"{deployed.loaded.name}-network"
    before, held = stamps(deployed), inventory(deployed.client)

    run = deploy_changed(change(breaking), network, exclusively=True)

    assert run.returncode != 0
    assert re.search(rf"Export {network}:\S+ cannot be (updated|deleted) as it is in use by", run.output)
    assert deployed.stacks()[network]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert touched(before, stamps(deployed)) == {network}
    assert inventory(deployed.client) == held
    diff = deployed.diff(app=synthesize(deployed.environment).outdir)
    assert "Number of stacks with differences: 0" in diff.output


def test_a_network_is_not_destroyed_under_its_users(deployed: Deployment) -> None:
    network = f"{deployed.loaded.name}-network"
    lift_termination_protection(deployed, network)
    before, held = stamps(deployed), inventory(deployed.client)

    run = deployed.destroy(network, exclusively=True, app=synthesize(deployed.environment).outdir)

    assert run.returncode != 0
    assert re.search(rf"Export {network}:\S+ is imported by stack", run.output)
    assert stamps(deployed) == before
    assert inventory(deployed.client) == held


def test_a_network_that_only_grows_is_deployed_and_nobody_notices(deployed: Deployment, change: Change) -> None:
    before, held = stamps(deployed), inventory(deployed.client)

    run = deploy_changed(change(one_more_endpoint))

    assert run.returncode == 0, run.output
    assert touched(before, stamps(deployed)) == {f"{deployed.loaded.name}-network"}
    now = inventory(deployed.client)
    assert held < now
    assert len(of_type("AWS::EC2::VPCEndpoint", now - held)) == 1


@pytest.mark.parametrize("deployed", ["sandbox"], indirect=True)
def test_a_load_balancer_is_not_replaced_under_its_services(deployed: Deployment, change: Change) -> None:
    held = inventory(deployed.client)

    run = deploy_changed(change(the_other_scheme), "sandbox-ecs-cluster", exclusively=True)

    assert run.returncode != 0
    assert re.search(r"Export sandbox-ecs-cluster:\S+ cannot be updated as it is in use by", run.output)
    assert deployed.stacks()["sandbox-ecs-cluster"]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert inventory(deployed.client) == held


@pytest.mark.parametrize("deployed", ["production"], indirect=True)
def test_a_protected_load_balancer_that_was_refused_stays_beside_the_old_one(
    deployed: Deployment, change: Change
) -> None:
    """Its own protection keeps the rollback from deleting it; then it is in no stack, and goes by hand."""
    held = inventory(deployed.client)

    run = deploy_changed(change(the_other_scheme), "production-ecs-cluster", exclusively=True)

    assert run.returncode != 0
    assert deployed.stacks()["production-ecs-cluster"]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    ((resource_type, arn),) = inventory(deployed.client) - held
    assert resource_type == "AWS::ElasticLoadBalancingV2::LoadBalancer"
    off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    deployed.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=off)
    deployed.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)
    assert inventory(deployed.client) == held


@pytest.mark.parametrize("deployed", ["sandbox"], indirect=True)
def test_node_groups_of_other_instance_types_take_the_place_of_the_old(deployed: Deployment, change: Change) -> None:
    _require_replacement_of_one("AWS::EKS::Nodegroup", deployed, change(other_instance_types))


@pytest.mark.parametrize("deployed", ["sandbox"], indirect=True)
def test_a_further_zone_and_the_way_back_replace_no_more_than_what_pods_run_on(
    deployed: Deployment, tmp_path: Path
) -> None:
    held, network = inventory(deployed.client), f"{deployed.loaded.name}-network"
    subnets = control_plane_subnets(deployed)

    grown = deploy_changed(edited(deployed, one_more_zone, tmp_path))

    assert grown.returncode == 0, grown.output
    now = inventory(deployed.client)
    assert {gone for gone, _ in held - now} == {"AWS::EKS::Nodegroup", "AWS::EKS::FargateProfile"}
    assert len(of_type("AWS::EC2::Subnet", now - held)) == 2
    assert control_plane_subnets(deployed) == subnets

    # What uses the zone goes first: the network does not take it away under its users.
    app = synthesize(deployed.environment).outdir
    users = sorted(set(deployed.stacks()) - {network, "CDKToolkit"}, key=lambda name: "-service-" not in name)
    for stack in (*users, network):
        back = deployed.deploy(stack, exclusively=True, app=app)
        assert back.returncode == 0, back.output
    again = inventory(deployed.client)
    assert {kind for kind, _ in held - again} == {kind for kind, _ in again - held} == {kind for kind, _ in held - now}
    assert control_plane_subnets(deployed) == subnets


def control_plane_subnets(deployment: Deployment) -> set[str]:
    """In which the control plane has its network interfaces."""
    cluster = deployment.client("eks").describe_cluster(name=deployment.loaded.name)["cluster"]
    return set(cluster["resourcesVpcConfig"]["subnetIds"])


@pytest.mark.parametrize("deployed", ["sandbox"], indirect=True)
def test_a_minor_upgrade_and_the_way_back_replace_nothing(deployed: Deployment, change: Change) -> None:
    before, held, old = stamps(deployed), inventory(deployed.client), kubernetes_versions(deployed)

    up = deploy_changed(change(the_next_minor))

    assert up.returncode == 0, up.output
    assert touched(before, stamps(deployed)) == {"sandbox-eks-cluster"}
    assert (old, kubernetes_versions(deployed)) == ({"1.36"}, {"1.37"})
    assert inventory(deployed.client) == held

    back = deployed.deploy("sandbox-eks-cluster", exclusively=True, app=synthesize(deployed.environment).outdir)

    assert back.returncode == 0, back.output
    assert kubernetes_versions(deployed) == old
    assert inventory(deployed.client) == held


def kubernetes_versions(deployment: Deployment) -> set[str]:
    """Of the control plane and of its node groups."""
    client, cluster = deployment.client("eks"), deployment.loaded.name
    groups = client.list_nodegroups(clusterName=cluster)["nodegroups"]
    described = [client.describe_nodegroup(clusterName=cluster, nodegroupName=each)["nodegroup"] for each in groups]
    return {each["version"] for each in (client.describe_cluster(name=cluster)["cluster"], *described)}


@pytest.mark.parametrize("deployed", ["production"], indirect=True)
def test_a_fargate_profile_for_other_pods_takes_the_place_of_the_old(deployed: Deployment, change: Change) -> None:
    _require_replacement_of_one("AWS::EKS::FargateProfile", deployed, change(another_namespace))


def _require_replacement_of_one(resource_type: str, deployed: Deployment, changed: Deployment) -> None:
    before, held = stamps(deployed), inventory(deployed.client)

    run = deploy_changed(changed)

    assert run.returncode == 0, run.output
    assert touched(before, stamps(deployed)) == {f"{deployed.loaded.name}-eks-cluster"}
    now = inventory(deployed.client)
    assert [gone for gone, _ in held - now] == [resource_type]
    assert [came for came, _ in now - held] == [resource_type]


@pytest.mark.parametrize("deployed", ["sandbox"], indirect=True)
def test_a_repository_whose_name_is_taken_is_not_replaced(deployed: Deployment, change: Change) -> None:
    held = inventory(deployed.client)

    run = deploy_changed(change(lambda settings: settings.update(customer_managed_keys=True)), "sandbox-registry")

    assert run.returncode != 0
    assert "cannot update a stack when a custom-named resource requires replacing" in run.output
    assert inventory(deployed.client) == held
