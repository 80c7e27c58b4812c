"""Each rule by the smallest templates that show it, beside the nearest that does not."""

from __future__ import annotations

from typing import Any

import pytest

from tools.release_diff.comparison import Change, Effect, UnsupportedTemplateError, compare
from tools.release_diff.create_only import CreateOnlyProperties, UnknownTypeError, value_at

CREATE_ONLY = CreateOnlyProperties.read()
Stacks = dict[str, dict[str, Any]]


def vpc(cidr: str = "10.0.0.0/16", **properties: object) -> dict[str, Any]:
    return {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr, **properties}}


def subnet(vpc_id: object = None, cidr: object = "10.0.0.0/24", **properties: object) -> dict[str, Any]:
    values = {"VpcId": vpc_id or {"Ref": "Vpc"}, "CidrBlock": cidr, **properties}
    return {"Type": "AWS::EC2::Subnet", "Properties": values}


def log_group(name: str = "/a", **attributes: object) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}, **attributes}


def stack(**resources: object) -> Stacks:
    return {"stack": {"Resources": resources}}


def changes(base: Stacks, head: Stacks) -> list[Change]:
    return compare(base, head, CREATE_ONLY)


def effects(base: Stacks, head: Stacks) -> dict[str, Effect]:
    return {change.logical_id: change.effect for change in changes(base, head)}


def test_what_is_the_same_is_not_told() -> None:
    assert changes(stack(Vpc=vpc(), Subnet=subnet()), stack(Vpc=vpc(), Subnet=subnet())) == []


def test_a_create_only_property_replaces_and_any_other_changes_in_place() -> None:
    (replaced,) = changes(stack(Vpc=vpc()), stack(Vpc=vpc("10.1.0.0/16")))
    assert (replaced.effect, replaced.because, replaced.is_protected) == (Effect.REPLACED, ("CidrBlock",), True)

    (changed,) = changes(stack(Vpc=vpc()), stack(Vpc=vpc(EnableDnsSupport=True)))
    assert (changed.effect, changed.because, changed.is_protected) == (Effect.CHANGED, ("EnableDnsSupport",), False)


def test_a_create_only_property_that_comes_or_goes_replaces() -> None:
    named, unnamed = log_group(), {"Type": "AWS::Logs::LogGroup"}
    assert effects(stack(Logs=named), stack(Logs=unnamed)) == {"Logs": Effect.REPLACED}
    assert effects(stack(Logs=unnamed), stack(Logs=named)) == {"Logs": Effect.REPLACED}


@pytest.mark.parametrize(
    ("config", "effect"),
    [
        ({"IpFamily": "ipv6"}, Effect.REPLACED),
        ({"IpFamily": "ipv4", "ElasticLoadBalancing": {"Enabled": True}}, Effect.CHANGED),
        ({"Fn::If": ["Six", {"IpFamily": "ipv6"}, {"IpFamily": "ipv4"}]}, Effect.REPLACED),
    ],
)
def test_a_nested_path_replaces_and_its_neighbour_does_not(config: dict[str, Any], effect: Effect) -> None:
    def cluster(config: dict[str, Any]) -> dict[str, Any]:
        return {"Type": "AWS::EKS::Cluster", "Properties": {"KubernetesNetworkConfig": config}}

    assert effects(stack(Eks=cluster({"IpFamily": "ipv4"})), stack(Eks=cluster(config))) == {"Eks": effect}


def test_a_path_through_a_list_looks_into_each_item() -> None:
    assert value_at({"A": [{"B": 1, "C": 2}, {"B": 3}]}, "A/*/B") == [1, 3]
    assert value_at({"A": {"Ref": "List"}}, "A/*/B") == {"Ref": "List"}
    assert value_at({}, "A/*/B") is None


def test_a_conditional_property_replaces_but_that_of_a_group_only_by_its_update_policy() -> None:
    (tenancy,) = changes(stack(Vpc=vpc()), stack(Vpc=vpc(InstanceTenancy="dedicated")))
    assert tenancy.effect is Effect.REPLACED

    def group(subnet: str, **attributes: object) -> dict[str, Any]:
        values = {"VPCZoneIdentifier": [subnet]}
        return {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": values, **attributes}

    replacing = {"UpdatePolicy": {"AutoScalingReplacingUpdate": {"WillReplace": True}}}
    rolling: dict[str, Any] = {"UpdatePolicy": {"AutoScalingRollingUpdate": {}}}
    assert effects(stack(G=group("a", **replacing)), stack(G=group("b", **replacing))) == {"G": Effect.REPLACED}
    assert effects(stack(G=group("a", **rolling)), stack(G=group("b", **rolling))) == {"G": Effect.CHANGED}


def test_a_type_that_changes_is_a_replacement_that_cloudformation_refuses() -> None:
    (change,) = changes(stack(Thing=vpc()), stack(Thing=log_group()))
    assert change.effect is Effect.REPLACED
    assert change.is_protected
    assert change.resource_type == "AWS::EC2::VPC"
    assert change.because == ("Type, now AWS::Logs::LogGroup: CloudFormation refuses that",)


def test_another_logical_id_is_one_gone_and_one_come() -> None:
    assert effects(stack(Old=vpc()), stack(New=vpc())) == {"Old": Effect.DELETED, "New": Effect.ADDED}


def test_a_stack_that_goes_takes_all_that_is_in_it() -> None:
    (change,) = changes({**stack(Vpc=vpc()), "other": {"Resources": {"Logs": log_group()}}}, stack(Vpc=vpc()))
    assert (change.stack, change.effect, change.is_protected) == ("other", Effect.DELETED, True)


def test_what_becomes_of_the_old_one_is_told() -> None:
    kept = log_group(DeletionPolicy="RetainExceptOnCreate", UpdateReplacePolicy="Retain")
    renamed = log_group("/b", DeletionPolicy="RetainExceptOnCreate", UpdateReplacePolicy="Retain")

    def policy(base: Stacks, head: Stacks) -> str | None:
        (change,) = changes(base, head)
        return change.policy

    assert policy(stack(Logs=kept), stack()) == "RetainExceptOnCreate"
    assert policy(stack(Logs=log_group()), stack()) == "Delete"
    assert policy(stack(Logs=kept), stack(Logs=renamed)) == "Retain"
    assert policy(stack(Logs=log_group()), stack(Logs=log_group("/b"))) == "Delete"


def test_an_attribute_is_a_change_but_the_order_of_deployment_is_none() -> None:
    (change,) = changes(stack(Logs=log_group()), stack(Logs=log_group(DeletionPolicy="Retain")))
    assert (change.effect, change.because) == (Effect.CHANGED, ("DeletionPolicy",))
    assert changes(stack(Logs=log_group()), stack(Logs=log_group(DependsOn=["Vpc"]))) == []


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Vpc"},
        {"Fn::GetAtt": ["Vpc", "VpcId"]},
        {"Fn::GetAtt": "Vpc.VpcId"},
        {"Fn::Sub": "${Vpc}"},
        {"Fn::Sub": "x-${Vpc.VpcId}"},
        {"Fn::Sub": ["${Id}", {"Id": {"Ref": "Vpc"}}]},
        {"Fn::Join": ["", ["x", {"Ref": "Vpc"}]]},
    ],
)
def test_a_replacement_replaces_what_refers_to_it_in_a_create_only_property(reference: dict[str, Any]) -> None:
    before = stack(Vpc=vpc(), Subnet=subnet(reference))
    after = stack(Vpc=vpc("10.1.0.0/16"), Subnet=subnet(reference))
    found = {change.logical_id: change for change in changes(before, after)}
    assert found["Subnet"].effect is Effect.REPLACED
    assert found["Subnet"].because == ("VpcId (Vpc)",)


@pytest.mark.parametrize(
    "reference",
    ["Vpc", {"Ref": "Other"}, {"Fn::Sub": "${!Vpc}"}, {"Fn::Sub": ["${Vpc}", {"Vpc": "x"}]}, {"Ref": "AWS::Region"}],
)
def test_a_replacement_leaves_alone_what_does_not_refer_to_it(reference: object) -> None:
    before = stack(Vpc=vpc(), Other=vpc(), Subnet=subnet(reference))
    after = stack(Vpc=vpc("10.1.0.0/16"), Other=vpc(), Subnet=subnet(reference))
    assert effects(before, after) == {"Vpc": Effect.REPLACED}


def test_a_reference_in_any_other_property_is_a_change_in_place() -> None:
    tagged = subnet("vpc-1", Tags=[{"Key": "vpc", "Value": {"Ref": "Vpc"}}])
    before, after = stack(Vpc=vpc(), Subnet=tagged), stack(Vpc=vpc("10.1.0.0/16"), Subnet=tagged)
    found = {change.logical_id: change for change in changes(before, after)}
    assert (found["Subnet"].effect, found["Subnet"].because) == (Effect.CHANGED, ("Tags (Vpc)",))


def test_a_change_in_place_is_no_reason_to_replace_what_refers_to_it() -> None:
    before, after = stack(Vpc=vpc(), Subnet=subnet()), stack(Vpc=vpc(EnableDnsSupport=True), Subnet=subnet())
    assert effects(before, after) == {"Vpc": Effect.CHANGED}


@pytest.mark.parametrize(("attribute", "effect"), [("LatestVersionNumber", Effect.CHANGED), ("LaunchTemplateId", None)])
def test_a_changed_launch_template_has_another_version_and_the_same_id(attribute: str, effect: Effect | None) -> None:
    def nodes(size: int) -> Stacks:
        machine = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"Size": size}}}
        read = {"LaunchTemplate": {"Version": {"Fn::GetAtt": ["Machine", attribute]}}}
        return stack(Machine=machine, Nodes={"Type": "AWS::EKS::Nodegroup", "Properties": read})

    found = effects(nodes(1), nodes(2))
    assert found["Machine"] is Effect.CHANGED
    assert found.get("Nodes") is effect


def test_replacement_goes_on_to_the_end_of_the_chain() -> None:
    association = {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {"SubnetId": {"Ref": "Subnet"}}}
    before = stack(Vpc=vpc(), Subnet=subnet(), Association=association)
    after = stack(Vpc=vpc("10.1.0.0/16"), Subnet=subnet(), Association=association)
    assert set(effects(before, after).items()) == {(name, Effect.REPLACED) for name in ("Vpc", "Subnet", "Association")}


def across(cidr: str, *, output: object = None, passed_on: bool = False) -> Stacks:
    """A VPC that one stack exports and another imports, if asked over a third that exports it again."""
    exporting = {"Id": {"Value": output or {"Ref": "Vpc"}, "Export": {"Name": "network:Vpc"}}}
    again = {"Again": {"Value": {"Fn::ImportValue": "network:Vpc"}, "Export": {"Name": "third:Vpc"}}}
    wanted = "third:Vpc" if passed_on else "network:Vpc"
    return {
        "a-consumer": {"Resources": {"Subnet": subnet({"Fn::ImportValue": wanted})}},
        "network": {"Resources": {"Vpc": vpc(cidr), "Other": vpc()}, "Outputs": exporting},
        "third": {"Resources": {}, "Outputs": again},
    }


@pytest.mark.parametrize("passed_on", [False, True])
def test_a_replacement_reaches_the_stacks_that_import_it(passed_on: bool) -> None:
    before, after = across("10.0.0.0/16", passed_on=passed_on), across("10.1.0.0/16", passed_on=passed_on)
    found = {change.logical_id: change for change in changes(before, after)}
    assert found["Subnet"].effect is Effect.REPLACED
    assert found["Subnet"].because == ("VpcId (network.Vpc)",)


def test_a_replacement_does_not_reach_who_imports_something_else() -> None:
    other = {"Ref": "Other"}
    found = effects(across("10.0.0.0/16", output=other), across("10.1.0.0/16", output=other))
    assert found == {"Vpc": Effect.REPLACED}


def test_an_export_that_means_another_resource_replaces_who_imports_it() -> None:
    found = effects(across("10.0.0.0/16"), across("10.0.0.0/16", output={"Ref": "Other"}))
    assert found == {"Subnet": Effect.REPLACED}


def test_an_id_of_the_same_name_in_another_stack_is_not_meant() -> None:
    before = {**stack(Vpc=vpc()), "other": {"Resources": {"Vpc": vpc(), "Subnet": subnet()}}}
    after = {**stack(Vpc=vpc("10.1.0.0/16")), "other": {"Resources": {"Vpc": vpc(), "Subnet": subnet()}}}
    assert [(change.stack, change.logical_id) for change in changes(before, after)] == [("stack", "Vpc")]


def test_a_parameter_of_another_default_is_another_value_where_it_is_read() -> None:
    def parametrized(default: str, cidr: object) -> Stacks:
        template = {"Resources": {"Subnet": subnet("vpc-1", cidr)}, "Parameters": {"Cidr": {"Default": default}}}
        return {"stack": template}

    read, unread = {"Ref": "Cidr"}, "10.0.0.0/24"
    assert effects(parametrized("a", read), parametrized("b", read)) == {"Subnet": Effect.REPLACED}
    assert effects(parametrized("a", unread), parametrized("b", unread)) == {}


def test_the_worst_comes_first() -> None:
    before = stack(A=vpc(), B=vpc(), Z=vpc())
    after = stack(A=vpc(EnableDnsSupport=True), C=vpc(), Z=vpc("10.1.0.0/16"))
    assert list(effects(before, after)) == ["Z", "B", "A", "C"]


def test_a_type_that_was_never_looked_up_is_an_error_unless_it_only_comes_or_goes() -> None:
    unknown = {"Type": "AWS::New::Thing"}
    assert effects(stack(), stack(Thing=unknown)) == {"Thing": Effect.ADDED}
    with pytest.raises(UnknownTypeError, match=r"AWS::New::Thing .*make create-only-properties"):
        changes(stack(Thing=unknown), stack(Thing=unknown))


@pytest.mark.parametrize("section", ["Conditions", "Mappings"])
def test_what_cannot_be_told_is_refused(section: str) -> None:
    with pytest.raises(UnsupportedTemplateError, match="stack has conditions or mappings"):
        changes(stack(), {"stack": {"Resources": {}, section: {"X": {}}}})
