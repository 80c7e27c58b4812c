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
from constructs import Construct, IConstruct

from reference_constructs.eks.control_plane import ControlPlane


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
    """

    cluster: Construct
    control_plane: ControlPlane
    vpc: ec2.IVpc
    subnets: Sequence[ec2.ISubnet]
    image_pull_policy: iam.IManagedPolicy
    node_role: Callable[[], iam.IRole]
    volume_key: kms.IKey | None

    def group(self, construct_id: str) -> Construct:
        """The construct that holds all nodes of one kind, made by the first of them.

        Args:
            construct_id: ID below the cluster; part of the logical IDs of what is in it.
        """
        existing = self.cluster.node.try_find_child(construct_id)
        return existing if isinstance(existing, Construct) else Construct(self.cluster, construct_id)


@dataclass(frozen=True, kw_only=True)
class BoundNodes:
    """What became of the options.

    Attributes:
        ready: Pods can be scheduled once these exist.
        outputs: What people need to know of these nodes, such as the name of a role, by the name of a stack output.
    """

    ready: Sequence[IConstruct]
    outputs: Mapping[str, str] = field(default_factory=dict)
