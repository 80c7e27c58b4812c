"""Options of the EKS control plane."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.eks.kubernetes_values import KubernetesVersion, Namespace
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Cidr, ResourceName

IamPrincipalArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$",
        examples=["arn:aws:iam::111122223333:role/platform"],
        json_schema_extra=in_words("ARN of an IAM role or user"),
    ),
]
# "Review access policy permissions", Amazon EKS User Guide.
AccessPolicy = Literal[
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
]


class EndpointOptions(Options):
    """Network access to the Kubernetes API server endpoint."""

    access: Literal["private", "public_and_private", "public"] = "private"
    """`private`: from the VPC and connected networks only. `public_and_private`: also from `public_access_cidrs`, while
    nodes use the private endpoint. `public`: from `public_access_cidrs` only; nodes leave the VPC to reach the control
    plane, so the list must include the addresses of the NAT gateways."""

    public_access_cidrs: tuple[Cidr, ...] = ()
    """CIDR blocks that can reach the public endpoint. Required with a public endpoint, because EKS takes an empty list
    for `0.0.0.0/0`."""

    private_access_cidrs: tuple[Cidr, ...] = ()
    """CIDR blocks that can reach the private endpoint in addition to nodes and pods, such as those of a VPN, a bastion
    host, or a peered VPC."""


class AccessEntryOptions(Options):
    """An access entry: an IAM principal that can use the Kubernetes API."""

    principal_arn: IamPrincipalArn
    """ARN of the IAM role or user, without the session part."""

    policy: AccessPolicy = "AmazonEKSViewPolicy"
    """EKS access policy to associate."""

    namespaces: tuple[Namespace, ...] = ()
    """Namespaces that the access policy applies to; an empty list means the whole cluster."""


class ControlPlaneOptions(Options):
    """The EKS control plane."""

    kubernetes_version: KubernetesVersion = "1.36"
    """Kubernetes minor version of the control plane and the nodes. Upgrade one minor version at a time. The default is
    the newest version in standard support for which add-on versions are confirmed."""

    endpoint: EndpointOptions = EndpointOptions()
    """Network access to the Kubernetes API server endpoint."""

    access_entries: dict[ResourceName, AccessEntryOptions] = {}
    """Access entries, by a name of your choice. The principal that creates the cluster gets no access."""

    deletion_protection: bool | None = None
    """Whether EKS refuses to delete the cluster; `null` means as `protected` says. EKS also refuses when a first
    deployment rolls back, so deploy that one with `--no-rollback`."""

    zonal_shift: bool | None = None
    """Whether AWS can shift the traffic of the cluster away from an impaired Availability Zone (zonal autoshift);
    `null` means as `protected` says."""
