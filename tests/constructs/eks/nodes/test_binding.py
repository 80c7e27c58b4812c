"""A kind of nodes of somebody else's: all that a cluster and its add-ons need to know is in the binding."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.add_ons.add_on_options import AddOnOptions, AddOnsOptions
from reference_constructs.eks.add_ons.add_ons import AddOns
from reference_constructs.eks.image_pull_policy import ImagePullPolicy
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.managed_node_group import ManagedNodeGroup
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.node_options import Capability, NodeOptions
from reference_constructs.eks.nodes.node_role import NodeRole
from tests.support.eks_synthesis import add_on_id, add_on_names, define_control_plane, waits_for
from tests.support.synthesis import new_stack

NETWORK = {"eks-pod-identity-agent", "vpc-cni", "kube-proxy"}


class RackOptions(NodeOptions):
    """Nodes in a rack of one's own."""

    kind: Literal["rack"] = "rack"
    capabilities: ClassVar[frozenset[Capability]] = frozenset({"daemon_sets"})
    units: int = 1


class Rack(Construct):
    """Two resources: one that becomes ready with the network, and one without which no pod is scheduled."""

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: RackOptions) -> BoundNodes:
        rack = cls(scope.group("Racks"), name)
        role = scope.node_role()
        properties = {"ServiceToken": scope.control_plane.cluster_name, "Units": options.units, "Role": role.role_arn}
        machine = cdk.CfnResource(rack, "Machine", type="Custom::Machine", properties=properties)
        switch = cdk.CfnResource(rack, "Switch", type="Custom::Switch", properties=properties)
        machine.node.add_dependency(scope.control_plane.network_add_ons)
        return BoundNodes(ready=[machine, switch])


@pytest.fixture
def scope() -> NodeScope:
    """Given what a cluster lends to its nodes, without a cluster."""
    stack = new_stack()
    control_plane, vpc = define_control_plane(stack)
    policy = ImagePullPolicy(stack, "ImagePullPolicy")

    def node_role() -> iam.IRole:
        existing = stack.node.try_find_child("NodeRole")
        if isinstance(existing, NodeRole):
            return existing
        return NodeRole(stack, "NodeRole", cluster_arn=control_plane.cluster_arn, image_pull_policy=policy)

    return NodeScope(
        cluster=stack,
        control_plane=control_plane,
        vpc=vpc,
        subnets=vpc.private_subnets,
        image_pull_policy=policy,
        node_role=node_role,
        volume_key=None,
    )


def _template(scope: NodeScope, options: AddOnsOptions, **nodes: tuple[NodeOptions, BoundNodes]) -> assertions.Template:
    AddOns(
        scope.cluster,
        "AddOns",
        options=options,
        control_plane=scope.control_plane,
        nodes=[stated for stated, _ in nodes.values()],
        bound_nodes=[bound for _, bound in nodes.values()],
    )
    return assertions.Template.from_stack(cdk.Stack.of(scope.cluster))


def test_add_ons_are_those_that_the_kind_can_run(scope: NodeScope) -> None:
    rack = RackOptions()

    template = _template(scope, AddOnsOptions(), rack=(rack, Rack.bind(scope, "rack", rack)))

    # The CSI driver asks for Pod Identity too.
    assert add_on_names(template) == {*NETWORK, "coredns", "eks-node-monitoring-agent", "metrics-server"}


def test_add_on_that_the_kind_cannot_run_is_refused(scope: NodeScope) -> None:
    rack = RackOptions()

    with pytest.raises(ValueError, match=r"^no node of the cluster can run aws-ebs-csi-driver$"):
        _template(
            scope,
            AddOnsOptions(add_ons={"aws-ebs-csi-driver": AddOnOptions()}),
            rack=(rack, Rack.bind(scope, "rack", rack)),
        )


def test_what_waits_for_the_network_comes_after_it_and_what_is_ready_comes_before_the_rest(scope: NodeScope) -> None:
    rack = RackOptions()

    template = _template(scope, AddOnsOptions(), rack=(rack, Rack.bind(scope, "rack", rack)))

    (machine,) = template.find_resources("Custom::Machine")
    (switch,) = template.find_resources("Custom::Switch")
    network = {add_on_id(template, name) for name in NETWORK}
    assert network <= waits_for(template, machine)
    assert not network & waits_for(template, switch)
    for name in ("coredns", "eks-node-monitoring-agent", "metrics-server"):
        assert {machine, switch} <= waits_for(template, add_on_id(template, name))


def test_kinds_stand_beside_each_other_and_add_ons_wait_for_both(scope: NodeScope) -> None:
    rack, group = RackOptions(units=3), ManagedNodeGroupOptions()

    template = _template(
        scope,
        AddOnsOptions(),
        rack=(rack, Rack.bind(scope, "rack", rack)),
        group=(group, ManagedNodeGroup.bind(scope, "group", group)),
    )

    (machine,) = template.find_resources("Custom::Machine")
    (node_group,) = template.find_resources("AWS::EKS::Nodegroup")
    assert {machine, node_group} <= waits_for(template, add_on_id(template, "aws-ebs-csi-driver"))
    assert {add_on_id(template, name) for name in NETWORK} <= waits_for(template, node_group)


def test_nodes_of_one_kind_share_a_construct_and_all_that_ask_share_a_role(scope: NodeScope) -> None:
    for name in ("one", "two"):
        Rack.bind(scope, name, RackOptions())
    ManagedNodeGroup.bind(scope, "three", ManagedNodeGroupOptions())

    assert [child.node.id for child in scope.group("Racks").node.children] == ["one", "two"]
    template = assertions.Template.from_stack(cdk.Stack.of(scope.cluster))
    machines = template.find_resources("Custom::Machine").values()
    (node_group,) = template.find_resources("AWS::EKS::Nodegroup").values()
    roles = [str(each["Properties"]["Role"]) for each in machines]
    assert roles == [str(node_group["Properties"]["NodeRole"])] * 2


def test_nodes_can_be_bound_in_another_stack_than_their_control_plane(scope: NodeScope) -> None:
    # Given a stack of its own for nodes, with a role of its own (docs/adr/0015)
    control_plane = cdk.Stack.of(scope.control_plane)
    nodes = cdk.Stack(cdk.App.of(control_plane), "Nodes", env=cdk.Environment(region=control_plane.region))
    policy = ImagePullPolicy(nodes, "ImagePullPolicy")
    role = NodeRole(nodes, "NodeRole", cluster_arn=scope.control_plane.cluster_arn, image_pull_policy=policy)
    elsewhere = replace(scope, cluster=nodes, image_pull_policy=policy, node_role=lambda: role)

    # When nodes are bound there, before the add-ons that they wait for are defined
    ManagedNodeGroup.bind(elsewhere, "general", ManagedNodeGroupOptions())
    AddOns(
        scope.cluster,
        "AddOns",
        options=AddOnsOptions(add_ons={}),
        control_plane=scope.control_plane,
        nodes=[ManagedNodeGroupOptions()],
        bound_nodes=[],
    )

    # Then nothing of them is in the stack of the control plane, and the other stack comes after it
    assertions.Template.from_stack(nodes).resource_count_is("AWS::EKS::Nodegroup", 1)
    assertions.Template.from_stack(control_plane).resource_count_is("AWS::EKS::Nodegroup", 0)
    assert control_plane in nodes.dependencies
