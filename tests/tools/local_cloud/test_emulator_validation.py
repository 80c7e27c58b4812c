"""The emulator fails what CloudFormation fails, so a green deployment into the local cloud means something."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.synthesis import synthesize
from tools.local_cloud.cloud import LocalCloud
from tools.local_cloud.deployment import CdkRun, Deployment

pytestmark = pytest.mark.local_cloud
ACCOUNT = "000000000006"
REGION = "eu-west-1"
CLUSTER = "bites"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/role"
GROUP = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:1:autoScalingGroupName/group"
SETTLES_WITHIN_SECONDS = 30.0
Properties = dict[str, Any]
Resource = dict[str, Any]

LOG_GROUP = "AWS::Logs::LogGroup"
VPC = "AWS::EC2::VPC"
EIP = "AWS::EC2::EIP"
CAPACITY_PROVIDER = "AWS::ECS::CapacityProvider"
ADD_ON = "AWS::EKS::Addon"
ACCESS_ENTRY = "AWS::EKS::AccessEntry"
POD_IDENTITY = "AWS::EKS::PodIdentityAssociation"
FARGATE_PROFILE = "AWS::EKS::FargateProfile"
ASSOCIATION = "AWS::SSM::Association"
SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def resource(kind: str, **properties: object) -> Resource:
    return {"Type": kind, "Properties": properties}


def add_on(name: str = "coredns", **properties: object) -> Resource:
    return resource(ADD_ON, ClusterName=CLUSTER, AddonName=name, **properties)


def capacity_provider(**scaling: object) -> Resource:
    provider = {"AutoScalingGroupArn": GROUP, "ManagedScaling": scaling}
    return resource(CAPACITY_PROVIDER, AutoScalingGroupProvider=provider)


def profile(**properties: object) -> Resource:
    defaults = {"ClusterName": CLUSTER, "PodExecutionRoleArn": ROLE, "Selectors": [{"Namespace": "shop"}]}
    return resource(FARGATE_PROFILE, **{**defaults, **properties})


def association(**properties: object) -> Resource:
    return resource(ASSOCIATION, **{"Name": "AWS-RunPatchBaseline", **properties})


def scalable_target(**properties: object) -> Resource:
    defaults = {
        "MinCapacity": 1,
        "MaxCapacity": 4,
        "ResourceId": "service/cluster/service",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ServiceNamespace": "ecs",
    }
    return resource(SCALABLE_TARGET, **{**defaults, **properties})


def without(given: Resource, name: str) -> Resource:
    return {**given, "Properties": {key: value for key, value in given["Properties"].items() if key != name}}


class Stack:
    """A stack of its own name, driven through CloudFormation's API; the resource under test is `It`."""

    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self.name = name
        self._cloudformation: Any = cloud.client("cloudformation", account=ACCOUNT, region=REGION)

    def create(self, it: Resource, outputs: Properties | None = None, **others: Resource) -> str:
        """Create it, wait, and return the status that it ends in."""
        self._cloudformation.create_stack(StackName=self.name, TemplateBody=_template(it, outputs, others))
        return self._settled()

    def update(self, it: Resource, outputs: Properties | None = None, **others: Resource) -> str:
        """Update it, wait, and return the status that it ends in."""
        self._cloudformation.update_stack(StackName=self.name, TemplateBody=_template(it, outputs, others))
        return self._settled()

    def delete(self) -> None:
        """Delete it, and wait until it is gone."""
        if self.name in self._names():
            self._cloudformation.delete_stack(StackName=self.name)
            assert self._settled() == "gone"

    def reasons(self) -> str:
        """Why it failed: what the user reads."""
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return "\n".join(each["ResourceStatusReason"] for each in events if each["ResourceStatus"].endswith("FAILED"))

    def physical_id(self, logical_id: str = "It") -> str:
        """What CloudFormation calls a resource."""
        found = self._cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def outputs(self) -> dict[str, str]:
        """Its outputs, resolved."""
        outputs = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0].get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in outputs}

    def _names(self) -> list[str]:
        return [each["StackName"] for each in self._cloudformation.describe_stacks()["Stacks"]]

    def _settled(self) -> str:
        end = time.monotonic() + SETTLES_WITHIN_SECONDS
        while time.monotonic() < end:
            stacks = self._cloudformation.describe_stacks()["Stacks"]
            status = next((each["StackStatus"] for each in stacks if each["StackName"] == self.name), "gone")
            if not status.endswith("_IN_PROGRESS"):
                return str(status)
            time.sleep(0.02)
        raise TimeoutError(self.name)


def _template(it: Resource, outputs: Properties | None, others: dict[str, Resource]) -> str:
    return json.dumps({"Resources": {"It": it, **others}, "Outputs": outputs or {}})


@pytest.fixture(scope="module")
def cluster(cloud: LocalCloud) -> None:
    """Given an EKS cluster for what needs one."""
    subnets = {"subnetIds": ["subnet-11111111", "subnet-22222222"]}
    cloud.client("eks", account=ACCOUNT, region=REGION).create_cluster(
        name=CLUSTER, roleArn=ROLE, resourcesVpcConfig=subnets
    )


@pytest.fixture
def new_stack(cloud: LocalCloud, cluster: None) -> Iterator[Callable[[], Stack]]:  # noqa: ARG001
    """Given stacks that are gone after the test, those that import before those that export."""
    numbers, stacks = count(), list[Stack]()

    def new_stack() -> Stack:
        stacks.append(Stack(cloud, f"stack-{next(numbers)}"))
        return stacks[-1]

    yield new_stack
    for stack in reversed(stacks):
        stack.delete()


@pytest.fixture
def stack(new_stack: Callable[[], Stack]) -> Stack:
    """Given a stack to be created."""
    return new_stack()


@dataclass(frozen=True)
class Case:
    """What is refused, what the reason must say, and the nearest that is accepted."""

    problem: str
    refused: Resource
    says: str
    accepted: Resource

    def __str__(self) -> str:
        return f"{self.refused['Type'].replace('::', '-')}-{self.problem}"


EMULATED = [
    Case(
        "misspelt",
        resource(LOG_GROUP, RetentionDays=7),
        "#/RetentionDays: Additional properties are not allowed",
        resource(LOG_GROUP, RetentionInDays=7),
    ),
    Case("missing", resource(VPC), "'CidrBlock'", resource(VPC, CidrBlock="10.0.0.0/16")),
    Case(
        "enum",
        resource(LOG_GROUP, RetentionInDays=8),
        "#/RetentionInDays: 8 is not one of [1, 3, 5, 7,",
        resource(LOG_GROUP, RetentionInDays=7),
    ),
    Case(
        "type",
        resource(VPC, CidrBlock=["10.0.0.0/16"]),
        "#/CidrBlock: ['10.0.0.0/16'] is not of type 'string'",
        resource(VPC, CidrBlock="10.0.0.0/16"),
    ),
    Case(
        "pattern",
        resource(LOG_GROUP, LogGroupName="two words"),
        "#/LogGroupName: 'two words' does not match",
        resource(LOG_GROUP, LogGroupName="two-words"),
    ),
]
THROUGH_API = [
    Case(
        "misspelt",
        resource(EIP, Domian="vpc"),
        "#/Domian: Additional properties are not allowed",
        resource(EIP, Domain="vpc"),
    ),
    Case("missing", without(add_on(), "AddonName"), "#/: 'AddonName' is a required property", add_on()),
    Case(
        "enum",
        capacity_provider(Status="ON"),
        "#/AutoScalingGroupProvider/ManagedScaling/Status: 'ON' is not one of ['DISABLED', 'ENABLED']",
        capacity_provider(Status="ENABLED"),
    ),
    Case(
        "type",
        add_on(PreserveOnDelete="yes"),
        "#/PreserveOnDelete: 'yes' is not of type 'boolean'",
        add_on(PreserveOnDelete=True),
    ),
    Case(
        "pattern",
        add_on(PodIdentityAssociations=[{"ServiceAccount": "default", "RoleArn": "role"}]),
        "#/PodIdentityAssociations/0/RoleArn: 'role' does not match",
        add_on(PodIdentityAssociations=[{"ServiceAccount": "default", "RoleArn": ROLE}]),
    ),
]
ONLY_CHECKED = [
    Case(
        "misspelt",
        profile(Selectors=[{"Namespace": "shop", "Label": []}]),
        "#/Selectors/0/Label: Additional properties are not allowed",
        profile(Selectors=[{"Namespace": "shop", "Labels": []}]),
    ),
    Case(
        "missing",
        without(scalable_target(), "MaxCapacity"),
        "#/: 'MaxCapacity' is a required property",
        scalable_target(),
    ),
    Case(
        "enum",
        scalable_target(ServiceNamespace="ECS"),
        "#/ServiceNamespace: 'ECS' is not one of",
        scalable_target(ServiceNamespace="ecs"),
    ),
    Case(
        "type",
        scalable_target(MaxCapacity="four"),
        "#/MaxCapacity: 'four' is not of type 'integer'",
        scalable_target(MaxCapacity=4),
    ),
    Case(
        "pattern",
        association(MaxErrors="all"),
        "#/MaxErrors: 'all' does not match",
        association(MaxErrors="100%"),
    ),
]
CASES = [*EMULATED, *THROUGH_API, *ONLY_CHECKED]


def test_the_cases_are_of_all_three_families_of_types(cloud: LocalCloud) -> None:
    types = cloud.types()
    assert {case.refused["Type"] for case in EMULATED} <= set(types["emulated"])
    assert {case.refused["Type"] for case in THROUGH_API} <= set(types["through_api"])
    assert {case.refused["Type"] for case in ONLY_CHECKED}.isdisjoint({*types["emulated"], *types["through_api"]})


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_the_schema_does_not_allow_is_refused_by_the_name_of_the_property(stack: Stack, case: Case) -> None:
    assert stack.create(case.refused) == "ROLLBACK_COMPLETE"
    assert "Properties validation failed for resource It with message: " in stack.reasons()
    assert case.says in stack.reasons()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_nearest_neighbour_is_accepted(stack: Stack, case: Case) -> None:
    assert stack.create(case.accepted) == "CREATE_COMPLETE", stack.reasons()


@pytest.mark.parametrize(
    "lenient",
    [
        resource(LOG_GROUP, RetentionInDays="7", DeletionProtectionEnabled="false"),
        capacity_provider(Status="ENABLED", TargetCapacity="100"),
        scalable_target(MinCapacity="1"),
        association(MaxErrors=1),
    ],
    ids=lambda lenient: lenient["Type"],
)
def test_a_number_as_a_string_and_the_reverse_is_accepted_as_by_cloudformation(stack: Stack, lenient: Resource) -> None:
    assert stack.create(lenient) == "CREATE_COMPLETE", stack.reasons()


def test_all_problems_of_a_resource_are_said_at_once(stack: Stack) -> None:
    refused = scalable_target(MaximumCapacity=1, MinCapacity=[], ServiceNamespace="ECS")
    assert stack.create(refused) == "ROLLBACK_COMPLETE"
    for place in ("#/MaximumCapacity: ", "#/MinCapacity: ", "#/ServiceNamespace: "):
        assert place in stack.reasons()


def test_a_misspelling_is_found_however_deep_it_is(stack: Stack) -> None:
    assert stack.create(capacity_provider(Status="ENABLED", TargetCapacty=100)) == "ROLLBACK_COMPLETE"
    assert "#/AutoScalingGroupProvider/ManagedScaling/TargetCapacty: " in stack.reasons()


def test_what_does_not_exist_as_a_type_is_refused(stack: Stack) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::EKS::FargateProfiles\]"):
        stack.create(resource("AWS::EKS::FargateProfiles"))


def test_what_the_service_refuses_fails_with_what_the_service_says(stack: Stack) -> None:
    assert stack.create(resource(ADD_ON, ClusterName="nobody", AddonName="coredns")) == "ROLLBACK_COMPLETE"
    assert "No cluster found for name: nobody" in stack.reasons()


# --- Updates


REPLACED = [
    (profile(), profile(Selectors=[{"Namespace": "other"}])),
    (association(InstanceId="i-11111111"), association(InstanceId="i-22222222")),
    (add_on("coredns"), add_on("kube-proxy")),
    # Only this one property of the provider is of that kind, the others beside it are not.
    (
        resource(CAPACITY_PROVIDER, AutoScalingGroupProvider={"AutoScalingGroupArn": GROUP}),
        resource(CAPACITY_PROVIDER, AutoScalingGroupProvider={"AutoScalingGroupArn": f"{GROUP}-2"}),
    ),
]
CHANGED = [
    (profile(), profile(Tags=[{"Key": "team", "Value": "shop"}])),
    (association(MaxErrors="1"), association(MaxErrors="2")),
    (scalable_target(MaxCapacity=4), scalable_target(MaxCapacity=5)),
    (add_on(), add_on(AddonVersion="v1.2.3")),
    (capacity_provider(TargetCapacity=90), capacity_provider(TargetCapacity=100)),
]


def kind(value: object) -> str:
    return str(value["Type"]) if isinstance(value, dict) else ""


@pytest.mark.parametrize(("before", "after"), REPLACED, ids=kind)
def test_a_change_of_what_only_create_can_set_makes_a_new_resource(
    stack: Stack, before: Resource, after: Resource
) -> None:
    stack.create(before)
    old = stack.physical_id()
    assert stack.update(after) == "UPDATE_COMPLETE", stack.reasons()
    assert stack.physical_id() != old


@pytest.mark.parametrize(("before", "after"), CHANGED, ids=kind)
def test_any_other_change_keeps_the_resource(stack: Stack, before: Resource, after: Resource) -> None:
    stack.create(before)
    old = stack.physical_id()
    assert stack.update(after) == "UPDATE_COMPLETE", stack.reasons()
    assert stack.physical_id() == old


@pytest.fixture
def remembered(cloud: LocalCloud) -> Callable[[str, str], Properties | None]:
    """Given Cloud Control, by which AWS too shows a resource of any type."""
    control: Any = cloud.client("cloudcontrol", account=ACCOUNT, region=REGION)

    def remembered(type_name: str, identifier: str) -> Properties | None:
        try:
            found = control.get_resource(TypeName=type_name, Identifier=identifier)
        except control.exceptions.ResourceNotFoundException:
            return None
        properties: Properties = json.loads(found["ResourceDescription"]["Properties"])
        return properties

    return remembered


def test_after_a_replacement_the_old_one_is_gone(
    stack: Stack, remembered: Callable[[str, str], Properties | None]
) -> None:
    stack.create(profile())
    old = stack.physical_id()
    stack.update(profile(Selectors=[{"Namespace": "other"}]))
    assert remembered(FARGATE_PROFILE, old) is None
    assert remembered(FARGATE_PROFILE, stack.physical_id()) is not None


def test_after_a_change_in_place_the_new_properties_are_remembered(
    stack: Stack, remembered: Callable[[str, str], Properties | None]
) -> None:
    stack.create(association(MaxErrors="1"))
    stack.update(association(MaxErrors="2"))
    properties = remembered(ASSOCIATION, stack.physical_id())
    assert properties is not None
    assert properties["MaxErrors"] == "2"


def test_a_replaced_nat_gateway_is_a_new_one_and_the_old_is_deleted(stack: Stack, cloud: LocalCloud) -> None:
    network = {
        "Network": resource(VPC, CidrBlock="10.0.0.0/16"),
        "One": resource("AWS::EC2::Subnet", VpcId={"Ref": "Network"}, CidrBlock="10.0.0.0/24"),
        "Two": resource("AWS::EC2::Subnet", VpcId={"Ref": "Network"}, CidrBlock="10.0.1.0/24"),
    }

    def gateway(subnet: str) -> Resource:
        return resource("AWS::EC2::NatGateway", SubnetId={"Ref": subnet}, ConnectivityType="private")

    stack.create(gateway("One"), **network)
    old = stack.physical_id()
    assert stack.update(gateway("Two"), **network) == "UPDATE_COMPLETE", stack.reasons()

    ec2 = cloud.client("ec2", account=ACCOUNT, region=REGION)
    of_the_subnet = [{"Name": "subnet-id", "Values": [stack.physical_id("One"), stack.physical_id("Two")]}]
    gateways = ec2.describe_nat_gateways(Filters=of_the_subnet)["NatGateways"]
    states = {each["NatGatewayId"]: each["State"] for each in gateways}
    assert states.pop(stack.physical_id()) == "available"
    assert states in ({}, {old: "deleted"})


@pytest.mark.parametrize(
    ("before", "after", "attribute"),
    [
        (profile(), profile(Tags=[{"Key": "team", "Value": "shop"}]), "Arn"),
        (add_on(), add_on(AddonVersion="v1.2.3"), "Arn"),
        (resource(EIP), resource(EIP, Tags=[{"Key": "team", "Value": "shop"}]), "AllocationId"),
        (resource(LOG_GROUP), resource(LOG_GROUP, RetentionInDays=7), "Arn"),
    ],
    ids=lambda value: kind(value) or value,
)
def test_an_attribute_can_be_read_and_survives_an_update(
    stack: Stack, before: Resource, after: Resource, attribute: str
) -> None:
    outputs = {"Read": {"Value": {"Fn::GetAtt": ["It", attribute]}}}
    assert stack.create(before, outputs) == "CREATE_COMPLETE", stack.reasons()
    read = stack.outputs()["Read"]
    assert read.startswith("arn:aws:" if attribute == "Arn" else "eipalloc-")
    assert stack.update(after, outputs) == "UPDATE_COMPLETE", stack.reasons()
    assert stack.outputs()["Read"] == read


@pytest.mark.parametrize("it", [profile(), add_on(), resource(LOG_GROUP)], ids=kind)
def test_an_attribute_that_the_type_does_not_have_cannot_be_read(stack: Stack, it: Resource) -> None:
    assert stack.create(it, {"Read": {"Value": {"Fn::GetAtt": ["It", "Anr"]}}}) == "ROLLBACK_COMPLETE"
    assert "Anr" in stack.reasons()


@pytest.mark.parametrize(
    ("it", "other"),
    [
        (profile(FargateProfileName="shop"), profile(FargateProfileName="cart")),
        (add_on("coredns"), add_on("kube-proxy")),
        (
            resource(CAPACITY_PROVIDER, Name="one", AutoScalingGroupProvider={"AutoScalingGroupArn": GROUP}),
            resource(CAPACITY_PROVIDER, Name="two", AutoScalingGroupProvider={"AutoScalingGroupArn": GROUP}),
        ),
    ],
    ids=kind,
)
def test_a_second_resource_of_the_same_name_is_refused_and_of_another_name_is_not(
    new_stack: Callable[[], Stack], it: Resource, other: Resource
) -> None:
    first, second, third = new_stack(), new_stack(), new_stack()
    assert first.create(it) == "CREATE_COMPLETE"
    assert second.create(it) == "ROLLBACK_COMPLETE"
    assert "already exists" in second.reasons()
    assert third.create(other) == "CREATE_COMPLETE", third.reasons()


def test_a_failed_update_rolls_back_and_leaves_what_was_there(
    stack: Stack, remembered: Callable[[str, str], Properties | None]
) -> None:
    before = association(MaxErrors="1")
    stack.create(before)
    old = stack.physical_id()
    refused = {**add_on("nonsense", ResolveConflicts="MAYBE"), "DependsOn": "It"}
    assert stack.update(association(MaxErrors="2"), Refused=refused) == "UPDATE_ROLLBACK_COMPLETE"
    assert "#/ResolveConflicts: " in stack.reasons()
    assert stack.physical_id() == old
    assert remembered(ASSOCIATION, old) == before["Properties"]


def test_a_failed_update_removes_what_was_to_replace(
    stack: Stack, remembered: Callable[[str, str], Properties | None]
) -> None:
    stack.create(profile(FargateProfileName="before"))
    refused = {**add_on("nonsense", ResolveConflicts="MAYBE"), "DependsOn": "It"}
    assert stack.update(profile(FargateProfileName="after"), Refused=refused) == "UPDATE_ROLLBACK_COMPLETE"
    assert remembered(FARGATE_PROFILE, f"{CLUSTER}|after") is None
    assert remembered(FARGATE_PROFILE, f"{CLUSTER}|before") is not None


@pytest.mark.parametrize("it", [profile(FargateProfileName="shop"), add_on("coredns")], ids=kind)
def test_what_is_deleted_is_forgotten_and_can_be_made_again(new_stack: Callable[[], Stack], it: Resource) -> None:
    first, second = new_stack(), new_stack()
    first.create(it)
    first.delete()
    assert second.create(it) == "CREATE_COMPLETE", second.reasons()


# --- What is made through an API can be described by it


def test_an_add_on_can_be_described(stack: Stack, cloud: LocalCloud) -> None:
    eks = cloud.client("eks", account=ACCOUNT, region=REGION)
    stack.create(add_on(AddonVersion="v1.2.3", ConfigurationValues='{"replicaCount":2}'))
    made = eks.describe_addon(clusterName=CLUSTER, addonName="coredns")["addon"]
    assert (made["addonVersion"], made["configurationValues"]) == ("v1.2.3", '{"replicaCount":2}')
    stack.delete()
    assert eks.list_addons(clusterName=CLUSTER)["addons"] == []


def test_an_access_entry_can_be_described_with_its_policy(stack: Stack, cloud: LocalCloud) -> None:
    def entry(policy: str) -> Resource:
        policies = [{"PolicyArn": policy, "AccessScope": {"Type": "namespace", "Namespaces": ["shop"]}}]
        return resource(ACCESS_ENTRY, ClusterName=CLUSTER, PrincipalArn=ROLE, AccessPolicies=policies)

    def associated() -> list[tuple[str, Any]]:
        found = eks.list_associated_access_policies(clusterName=CLUSTER, principalArn=ROLE)
        return [(each["policyArn"], each["accessScope"]) for each in found["associatedAccessPolicies"]]

    eks = cloud.client("eks", account=ACCOUNT, region=REGION)
    view, edit = (f"arn:aws:eks::aws:cluster-access-policy/AmazonEKS{name}Policy" for name in ("View", "Edit"))
    scope = {"type": "namespace", "namespaces": ["shop"]}
    assert stack.create(entry(view)) == "CREATE_COMPLETE", stack.reasons()
    assert associated() == [(view, scope)]
    assert stack.update(entry(edit)) == "UPDATE_COMPLETE", stack.reasons()
    assert associated() == [(edit, scope)]
    stack.delete()
    assert ROLE not in eks.list_access_entries(clusterName=CLUSTER)["accessEntries"]


def test_a_pod_identity_association_can_be_described(stack: Stack, cloud: LocalCloud) -> None:
    def identity(role: str) -> Resource:
        return resource(POD_IDENTITY, ClusterName=CLUSTER, Namespace="shop", ServiceAccount="cart", RoleArn=role)

    def described() -> list[str]:
        ids = [
            each["associationId"] for each in eks.list_pod_identity_associations(clusterName=CLUSTER)["associations"]
        ]
        found = [eks.describe_pod_identity_association(clusterName=CLUSTER, associationId=each) for each in ids]
        return [each["association"]["roleArn"] for each in found]

    eks = cloud.client("eks", account=ACCOUNT, region=REGION)
    assert stack.create(identity(ROLE)) == "CREATE_COMPLETE", stack.reasons()
    assert described() == [ROLE]
    assert stack.update(identity(f"{ROLE}-2")) == "UPDATE_COMPLETE", stack.reasons()
    assert described() == [f"{ROLE}-2"]
    stack.delete()
    assert described() == []


def test_a_capacity_provider_can_be_described(stack: Stack, cloud: LocalCloud) -> None:
    def target() -> list[int]:
        found = ecs.describe_capacity_providers(capacityProviders=[name])["capacityProviders"]
        return [each["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] for each in found]

    ecs = cloud.client("ecs", account=ACCOUNT, region=REGION)
    stack.create(capacity_provider(Status="ENABLED", TargetCapacity=90))
    name = stack.physical_id()
    assert target() == [90]
    stack.update(capacity_provider(Status="ENABLED", TargetCapacity=100))
    assert target() == [100]
    stack.delete()
    assert target() == []


# --- Exports


def exporting(value: str) -> dict[str, Any]:
    return {"Shared": {"Value": value, "Export": {"Name": "shared"}}}


@pytest.fixture
def exporter(new_stack: Callable[[], Stack]) -> Stack:
    """Given a stack that exports a value."""
    exporter = new_stack()
    exporter.create(resource(LOG_GROUP), exporting("before"))
    return exporter


@pytest.fixture
def imported(exporter: Stack, new_stack: Callable[[], Stack]) -> Stack:
    """Given a stack that exports a value, and another that imports it."""
    importer = new_stack()
    importer.create(resource(LOG_GROUP, LogGroupName={"Fn::ImportValue": "shared"}))
    assert importer.physical_id() == "before"
    return exporter


@pytest.mark.parametrize("outputs", [exporting("after"), {}], ids=["changed", "dropped"])
def test_an_export_in_use_can_neither_change_nor_go(imported: Stack, outputs: Properties) -> None:
    assert imported.update(resource(LOG_GROUP, RetentionInDays=7), outputs) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export shared cannot be" in imported.reasons()
    assert imported.outputs() == {"Shared": "before"}


def test_an_export_in_use_does_not_hinder_another_change(imported: Stack) -> None:
    assert imported.update(resource(LOG_GROUP, RetentionInDays=7), exporting("before")) == "UPDATE_COMPLETE"


@pytest.mark.parametrize("outputs", [exporting("after"), {}], ids=["changed", "dropped"])
def test_an_export_that_nobody_imports_can_change_and_go(exporter: Stack, outputs: Properties) -> None:
    assert exporter.update(resource(LOG_GROUP, RetentionInDays=7), outputs) == "UPDATE_COMPLETE", exporter.reasons()
    assert exporter.outputs() == {name: output["Value"] for name, output in outputs.items()}


def test_the_exporter_of_an_export_in_use_cannot_be_deleted(imported: Stack) -> None:
    with pytest.raises(ClientError, match="Export shared is imported by stack"):
        imported.delete()
    assert imported.outputs() == {"Shared": "before"}


def test_the_exporter_of_an_export_that_nobody_imports_can_be_deleted(exporter: Stack) -> None:
    exporter.delete()
    with pytest.raises(ClientError, match="does not exist"):
        exporter.outputs()


# --- Our own stacks, with the real CDK CLI


NETWORK = "sandbox-network"


@pytest.fixture(scope="module")
def sandbox(cloud: LocalCloud) -> Deployment:
    """Given an account that is ready for the sandbox."""
    deployment = Deployment(cloud, "sandbox", account=ACCOUNT)
    run = deployment.bootstrap()
    assert run.returncode == 0, run.output
    return deployment


@pytest.fixture
def deploy_edited(sandbox: Deployment, tmp_path: Path) -> Callable[[Callable[[Properties], object]], CdkRun]:
    """Given the sandbox as it was synthesized, to be deployed with one edit of the network's template."""

    def deploy_edited(edit: Callable[[Properties], object]) -> CdkRun:
        app = tmp_path / "app"
        copytree(synthesize("sandbox").outdir, app)
        template = app / f"{NETWORK}.template.json"
        content = json.loads(template.read_text())
        vpc = next(each for each in content["Resources"].values() if each["Type"] == VPC)
        edit(vpc["Properties"])
        template.write_text(json.dumps(content))
        _rename_upload(app, to=tmp_path.name)
        return sandbox.deploy(NETWORK, exclusively=True, app=app)

    return deploy_edited


def _rename_upload(app: Path, *, to: str) -> None:
    """The CLI uploads under the hash of the text before the edit, and only what is not there yet."""
    assets = app / f"{NETWORK}.assets.json"
    before = next(iter(json.loads(assets.read_text())["files"]))
    for file in (assets, app / "manifest.json"):
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, to))


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda vpc: vpc.update(EnableDnsHostname=True), "#/EnableDnsHostname: Additional properties are not allowed"),
        (lambda vpc: vpc.pop("CidrBlock"), "'CidrBlock'"),
        (lambda vpc: vpc.update(InstanceTenancy="shared"), "#/InstanceTenancy: 'shared' is not one of"),
    ],
    ids=["misspelt", "missing", "enum"],
)
def test_the_cdk_cli_fails_and_names_the_resource_and_the_property(
    deploy_edited: Callable[[Callable[[Properties], object]], CdkRun],
    edit: Callable[[Properties], object],
    says: str,
) -> None:
    run = deploy_edited(edit)
    assert run.returncode != 0
    assert "Properties validation failed for resource Network" in run.output
    assert says in run.output


def test_the_cdk_cli_deploys_an_edit_that_is_allowed(
    deploy_edited: Callable[[Callable[[Properties], object]], CdkRun], sandbox: Deployment
) -> None:
    run = deploy_edited(lambda vpc: vpc.update(InstanceTenancy="dedicated"))
    assert run.returncode == 0, run.output
    assert sandbox.stacks()[NETWORK]["StackStatus"] == "CREATE_COMPLETE"
    vpcs = sandbox.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["*sandbox*"]}])["Vpcs"]
    assert [each["InstanceTenancy"] for each in vpcs] == ["dedicated"]
