"""Options of a local cluster on AWS Outposts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.compute.instance_options import InstanceType
from reference_constructs.network.existing_vpc_options import SubnetId
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn

# An Outpost can belong to another account, which shares it ("Share your AWS Outposts resources").
OutpostArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:outposts:[a-z0-9-]+:[0-9]{12}:outpost/op-[0-9a-f]{17}$",
        examples=["arn:aws:outposts:us-west-2:111122223333:outpost/op-0a1b2c3d4e5f60718"],
        json_schema_extra=in_words("ARN of an AWS Outpost"),
    ),
    Arn(region=True),
]
# CreatePlacementGroup, Amazon EC2 API Reference.
PlacementGroupName = Annotated[
    str,
    Field(
        pattern=r"^[!-~]([ -~]{0,253}[!-~])?$",
        examples=["control-plane"],
        json_schema_extra=in_words("name of an EC2 placement group: 1 to 255 ASCII characters"),
    ),
]


class OutpostOptions(Options):
    """Local cluster: the control plane runs on an AWS Outpost that is configured with Amazon EBS (`OutpostConfig`).

    It is fixed when the cluster is created. Amazon EKS installs the VPC CNI plugin, kube-proxy, and CoreDNS by itself;
    Kubernetes secrets are not encrypted with a KMS key; and whoever creates the cluster is an administrator of it for
    good. Nodes are self-managed, of Amazon Linux 2023, and join once the file `aws-auth.yaml` of `make manifests` is
    applied: docs/outposts.md.
    """

    arn: OutpostArn
    """ARN of the Outpost (`OutpostArns`, of which Amazon EKS supports one)."""

    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16)]
    """IDs of existing private subnets on the Outpost, in the VPC of the environment, for the instances of the control
    plane. With several subnets, the three instances are distributed among them."""

    control_plane_instance_type: InstanceType
    """EC2 instance type of the three instances of the control plane. The Outpost must have capacity for them as long as
    the cluster exists. AWS recommends the size `large` for up to 20 nodes, `xlarge` for up to 100, `2xlarge` for up to
    250, and `4xlarge` for up to 500."""

    control_plane_placement_group: PlacementGroupName | None = None
    """Name of an existing spread placement group for the instances of the control plane, which then run on different
    hosts or racks (`ControlPlanePlacement`). With `null`, they can run on the same host."""
