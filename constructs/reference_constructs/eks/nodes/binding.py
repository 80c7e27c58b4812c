"""What all kinds of nodes are bound with, and what they give back.

Each kind has a construct with a class method `bind(scope, name, options) -> BoundNodes`; `kinds.py` lists them. What
becomes ready only with the network of the cluster depends on `ControlPlane.network_add_ons`, whoever defines it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.eks.nodes.node_role import NodeRole
from reference_constructs.network.existing_subnet import existing_subnet


@dataclass(frozen=True, kw_only=True)
class NodeScope:
    """What a cluster lends to its nodes.

    Attributes:
        cluster: The construct below which nodes are defined.
        control_plane: What the nodes join.
        vpc: VPC of the subnets.
        subnets: Private subnets for the nodes.
        image_pull_policy: What nodes may pull.
        node_role: Makes or returns the role that all EC2 nodes of the cluster share.
        volume_key: Encrypts the volumes of nodes; None leaves it to the AWS managed key.
        pod_log_group: Where pods on Fargate log to; None if they do not.
        working_hours: When there are nodes; None for always.
        existing_subnets: Subnets that were made elsewhere and are used by nodes, by ID.
        pod_subnets: Ids of subnets for pods alone, by zone; empty without any.
    """

    cluster: Construct
    control_plane: ControlPlane
    vpc: ec2.IVpc
    subnets: Sequence[ec2.ISubnet]
    image_pull_policy: iam.IManagedPolicy
    node_role: Callable[[], iam.IRole]
    volume_key: kms.IKey | None
    pod_log_group: logs.ILogGroup | None = None
    working_hours: WorkingHoursOptions | None = None
    existing_subnets: dict[str, ec2.ISubnet] = field(default_factory=dict)
    pod_subnets: Mapping[str, str] = field(default_factory=dict)

    @property
    def network_values(self) -> dict[str, str]:
        """What manifests of nodes say of network and volumes, by the name of the stack's output."""
        values = {
            "ClusterSecurityGroup": self.control_plane.cluster.cluster_security_group_id,
            "NodeSubnets": ",".join(subnet.subnet_id for subnet in self.subnets),
        }
        return values | ({"VolumeKey": self.volume_key.key_arn} if self.volume_key is not None else {})

    def group(self, construct_id: str) -> Construct:
        """The construct that holds all nodes of one kind, made by the first of them.

        Args:
            construct_id: ID below the cluster; part of the logical IDs of what is in it.
        """
        existing = self.cluster.node.try_find_child(construct_id)
        return existing if isinstance(existing, Construct) else Construct(self.cluster, construct_id)

    def role_of(self, name: str, options: InstanceNodeOptions) -> iam.IRole:
        """The role of EC2 nodes: the one that they share, or one of their own.

        Args:
            name: Name of the nodes in the options of the cluster.
            options: Of these nodes.
        """
        if not options.has_own_role:
            return self.node_role()
        role = NodeRole(
            self.group("NodeRoles"),
            name,
            cluster_arn=self.control_plane.cluster_arn,
            image_pull_policy=self.image_pull_policy,
            policy_arns=options.policy_arns,
        )
        if self.control_plane.is_local:
            role.let_assign_addresses()
        return role

    def volume_key_of(self, name: str, options: InstanceNodeOptions) -> kms.IKey | None:
        """What encrypts the volumes of EC2 nodes: a key that exists and is stated, or that of all nodes.

        Args:
            name: Name of the nodes in the options of the cluster.
            options: Of these nodes.
        """
        if options.volume_key_arn is None:
            return self.volume_key
        return kms.Key.from_key_arn(self.group("VolumeKeys"), name, options.volume_key_arn)

    def subnets_of(self, options: InstanceNodeOptions) -> list[ec2.ISubnet]:
        """The subnets of EC2 nodes: those that exist and are stated, or those in their Availability Zones.

        Args:
            options: Of these nodes.

        Raises:
            ValueError: If a zone has no subnet.
        """
        if options.subnet_ids:
            return [self._existing_subnet(subnet_id) for subnet_id in options.subnet_ids]
        zones = options.availability_zones
        with_subnet = list(dict.fromkeys(subnet.availability_zone for subnet in self.subnets))
        if missing := [zone for zone in zones or () if zone not in with_subnet]:
            raise ValueError(f"no subnet is in {', '.join(missing)}, only in {', '.join(with_subnet)}")
        return [subnet for subnet in self.subnets if zones is None or subnet.availability_zone in zones]

    def _existing_subnet(self, subnet_id: str) -> ec2.ISubnet:
        if subnet_id in self.existing_subnets:
            return self.existing_subnets[subnet_id]
        subnet = existing_subnet(self.group("ExistingSubnets"), subnet_id)
        self.existing_subnets[subnet_id] = subnet
        return subnet


@dataclass(frozen=True, kw_only=True)
class BoundNodes:
    """What became of the options.

    Attributes:
        ready: Pods can be scheduled once these exist.
        values: What only a deployment knows and the manifests of `manifests/` need, by the name of a stack output.
        outputs: What people need to know of these nodes, such as the name of a role, by the end of the name of an
            output, which begins with the name of the nodes.
        role_arns_to_admit: Roles of nodes that nothing in the template admits: in a local cluster on an Outpost, the
            ConfigMap `aws-auth` does.
    """

    ready: Sequence[IConstruct]
    values: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    role_arns_to_admit: Sequence[str] = ()
