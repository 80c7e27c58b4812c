"""Options of the EKS control plane."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from reference_constructs.eks.control_plane_component_options import (
    KubeApiServerOptions,
    KubeControllerManagerOptions,
    KubeSchedulerOptions,
)
from reference_constructs.eks.kubernetes_values import KubernetesVersion, Namespace
from reference_constructs.eks.outpost_options import OutpostOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, AvailabilityZone, Cidr, ResourceName, SecurityGroupId

IamPrincipalArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/.+$",
        examples=["arn:aws:iam::111122223333:role/platform"],
        json_schema_extra=in_words("ARN of an IAM role or user"),
    ),
    Arn(),
]
# "Review access policy permissions", Amazon EKS User Guide.
AccessPolicy = Literal[
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
]
# "Create access entries", Amazon EKS User Guide: types. Managed node groups and Fargate profiles have entries of EKS's.
AccessEntryType = Literal["STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX"]
KubernetesGroup = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9:@._/-]{0,62}$",
        examples=["developers"],
        json_schema_extra=in_words(
            "1 to 63 letters, digits, and the characters `:@._/-`; starts with a letter or a digit"
        ),
    ),
]
# "Create access entries", Amazon EKS User Guide: username.
_NAME_OF_A_SESSION: Final = "{{SessionName}}"
_USERNAME_WORDS: Final = (
    "1 to 128 visible characters, not starting with `system:`, `eks:`, `aws:`, `amazon:`, or `iam:`; with a colon "
    "somewhere before `{{SessionName}}`, if that is in it"
)


def _not_of_kubernetes(username: str) -> str:
    before, found, _ = username.partition(_NAME_OF_A_SESSION)
    if username.startswith(("system:", "eks:", "aws:", "amazon:", "iam:")) or (found and ":" not in before):
        raise ValueError(_USERNAME_WORDS)
    return username


KubernetesUsername = Annotated[
    str,
    AfterValidator(_not_of_kubernetes),
    Field(pattern=r"^[!-~]{1,128}$", examples=["admin:{{SessionName}}"], json_schema_extra=in_words(_USERNAME_WORDS)),
]
LogType = Literal["api", "audit", "authenticator", "controllerManager", "scheduler"]
ALL_LOG_TYPES: Final[tuple[LogType, ...]] = ("api", "audit", "authenticator", "controllerManager", "scheduler")
# Whoever has one of these in kube-system can have the roles of the pods there.
CHANGES_WORKLOADS: Final[tuple[AccessPolicy, ...]] = ("AmazonEKSAdminPolicy", "AmazonEKSEditPolicy")

# IANA's special-purpose registry without what is routed on the internet; the user guide links "Reserved IP addresses".
_RESERVED: Final = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)


def reserved_ranges(cidr: IPv4Network) -> list[IPv4Network]:
    """The ranges of reserved addresses that a CIDR block is in, or that are in it.

    Amazon EKS refuses reserved addresses in `public_access_cidrs` ("Cluster API server endpoint", Amazon EKS User
    Guide): nobody on the internet has one.

    Args:
        cidr: A block for the public endpoint.
    """
    return [each for each in _RESERVED if each.overlaps(cidr)]


_SERVICE_RANGES: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# "Prepare networking for hybrid nodes": RFC 1918, and RFC 6598 (carrier-grade NAT).
_REMOTE_RANGES: Final = (*_SERVICE_RANGES, IPv4Network("100.64.0.0/10"))

_SERVICE_WORDS: Final = "IPv4 CIDR block from /12 to /24 within 10.0.0.0/8, 172.16.0.0/12, or 192.168.0.0/16"
_REMOTE_WORDS: Final = "IPv4 CIDR block within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, or 100.64.0.0/10"


def _of_services(cidr: IPv4Network) -> IPv4Network:
    if not 12 <= cidr.prefixlen <= 24 or not any(cidr.subnet_of(each) for each in _SERVICE_RANGES):
        raise ValueError(_SERVICE_WORDS)
    return cidr


def _on_premises(cidr: IPv4Network) -> IPv4Network:
    if not any(cidr.subnet_of(each) for each in _REMOTE_RANGES):
        raise ValueError(_REMOTE_WORDS)
    return cidr


# KubernetesNetworkConfigRequest and RemoteNetworkConfigRequest, Amazon EKS API Reference.
ServiceCidr = Annotated[Cidr, AfterValidator(_of_services), Field(json_schema_extra=in_words(_SERVICE_WORDS))]
RemoteCidr = Annotated[Cidr, AfterValidator(_on_premises), Field(json_schema_extra=in_words(_REMOTE_WORDS))]


class RemoteNetworkOptions(Options):
    """On-premises networks of EKS Hybrid Nodes (`RemoteNetworkConfig`).

    The control plane must have a route to them: by AWS Transit Gateway, AWS Site-to-Site VPN, or AWS Direct Connect.
    """

    node_cidrs: Annotated[tuple[RemoteCidr, ...], Field(min_length=1, max_length=15)]
    """CIDR blocks of the hybrid nodes (`RemoteNodeNetworks`). They are admitted to the private endpoint, and to CoreDNS
    on other nodes."""

    pod_cidrs: Annotated[tuple[RemoteCidr, ...], Field(max_length=15)] = ()
    """CIDR blocks of the pods on hybrid nodes (`RemotePodNetworks`). Webhooks on hybrid nodes, and pods whose addresses
    the CNI does not translate, require them, and a route to them. They are admitted like `node_cidrs`."""


class EndpointOptions(Options):
    """Network access to the Kubernetes API server endpoint."""

    access: Literal["private", "public_and_private", "public"] = "private"
    """Endpoint access. `private`: from the VPC and connected networks only. `public_and_private`: also from
    `public_access_cidrs`, while nodes use the private endpoint. `public`: from `public_access_cidrs` only; the traffic
    of nodes to the control plane leaves the VPC, so the list must include the IP addresses of the NAT gateways."""

    public_access_cidrs: Annotated[tuple[Cidr, ...], Field(max_length=40)] = ()
    """CIDR blocks that can reach the public endpoint. They are required with a public endpoint, because Amazon EKS
    interprets an empty list as `0.0.0.0/0`. Amazon EKS refuses reserved addresses, such as private ones."""

    private_access_cidrs: tuple[Cidr, ...] = ()
    """CIDR blocks that can reach the private endpoint in addition to nodes and pods, such as those of a VPN, a bastion
    host, or a peered VPC."""


class AccessPolicyOptions(Options):
    """EKS access policy, with the namespaces that it applies to."""

    policy: AccessPolicy
    """Name of the access policy."""

    namespaces: tuple[Namespace, ...] = ()
    """Namespaces that the access policy applies to. With an empty list, it applies to the whole cluster."""


class AccessEntryOptions(Options):
    """Access entry: an IAM principal that can use the Kubernetes API."""

    principal_arn: IamPrincipalArn
    """ARN of the IAM role or user. For a role, it is the ARN of the role, not of a session."""

    type: AccessEntryType = "STANDARD"
    """Type of the access entry. People and their tools have `STANDARD`. The others are for roles of nodes that Amazon
    EKS creates no access entry for; they let nodes join, and have neither policies nor groups of their own. The type
    `EC2`, of nodes of EKS Auto Mode, comes with `AmazonEKSAutoNodePolicy`. To change the type, deploy once without the
    entry."""

    policy: AccessPolicy | None = None
    """EKS access policy to associate with the access entry. With `null`, an access entry of the type `STANDARD` that
    has neither `policies` nor `kubernetes_groups` nor `username` has `AmazonEKSViewPolicy`."""

    namespaces: tuple[Namespace, ...] = ()
    """Namespaces that `policy` applies to. With an empty list, it applies to the whole cluster."""

    policies: tuple[AccessPolicyOptions, ...] = ()
    """Further access policies, each with namespaces of its own."""

    kubernetes_groups: tuple[KubernetesGroup, ...] = ()
    """Kubernetes groups of the principal. Role bindings that you create in the cluster refer to them."""

    username: KubernetesUsername | None = None
    """Kubernetes user name of the principal, for role bindings to a user. `{{SessionName}}` in it is the name of the
    session of a role. With `null`, Amazon EKS makes it of the ARN, as AWS recommends."""

    @property
    def all_policies(self) -> tuple[AccessPolicyOptions, ...]:
        """Every access policy that the entry has."""
        has_others = self.policies or self.kubernetes_groups or self.username or self.type != "STANDARD"
        first = self.policy or (None if has_others else "AmazonEKSViewPolicy")
        # Not validated again: either is part of these options.
        own = (AccessPolicyOptions.model_construct(policy=first, namespaces=self.namespaces),) if first else ()
        return (*own, *self.policies)


class ControlPlaneOptions(Options):
    """EKS control plane."""

    kubernetes_version: KubernetesVersion = "1.36"
    """Kubernetes minor version of the control plane and the nodes. Upgrade by one minor version at a time. The default
    is the latest version in standard support for which add-on versions are pinned. Versions before 1.35 are those of
    local clusters on AWS Outposts (`outpost`)."""

    outpost: OutpostOptions | None = None
    """AWS Outpost on which the control plane runs (local cluster). With `null`, it runs in the Region; nodes can be on
    an Outpost all the same (`nodes.<name>.location`)."""

    ip_family: Literal["ipv4", "ipv6"] = "ipv4"
    """IP addresses of pods and services. `ipv6` requires a VPC with `network.ip_family: dual_stack`, and nodes on the
    Nitro System, in subnets that assign IPv6 addresses; pods reach IPv4 addresses outside of the cluster through the
    address of their node. It is fixed when the cluster is created."""

    control_plane_availability_zones: (
        Annotated[tuple[AvailabilityZone, ...], Field(min_length=2, max_length=6)] | None
    ) = None
    """Availability Zones of the subnets in which Amazon EKS creates the network interfaces of the control plane. They
    are fixed when the cluster is created: Amazon EKS refuses an update to subnets of any other set of zones. Nodes and
    pods use all zones. With `null`, they are the first two zones, so that a further zone at the end changes nothing.
    Amazon EKS does not accept zones with the IDs `use1-az3`, `usw1-az2`, and `cac1-az3`."""

    # "View and manage Amazon EKS and Fargate service quotas": four, not adjustable, although the API takes five.
    control_plane_security_group_ids: Annotated[tuple[SecurityGroupId, ...], Field(max_length=3)] = ()
    """IDs of further security groups of the network interfaces of the control plane, in addition to that of the private
    endpoint, which is made here, and to the cluster security group. They are in the VPC of the environment. A cluster
    has four at most, with that of the private endpoint. Amazon EKS accepts other ones later."""

    service_cidr: ServiceCidr | None = None
    """CIDR block of the addresses of Kubernetes services (`ServiceIpv4Cidr`). It is fixed when the cluster is created.
    With `null`, Amazon EKS chooses `10.100.0.0/16` or `172.20.0.0/16`, but self-managed nodes, and nodes with an AMI of
    your own, must know it before they start. It must not overlap the VPC, nor networks that are connected to it."""

    remote_networks: RemoteNetworkOptions | None = None
    """On-premises networks of EKS Hybrid Nodes, which hybrid nodes require. They can be changed later. With `null`,
    there are none."""

    endpoint: EndpointOptions = EndpointOptions()
    """Network access to the Kubernetes API server endpoint."""

    access_entries: dict[ResourceName, AccessEntryOptions] = {}
    """Access entries, by a name of your choice. The principal that creates the cluster gets no access of its own."""

    log_types: tuple[LogType, ...] = ALL_LOG_TYPES
    """Types of control plane logs to send to CloudWatch Logs. The default is all of them."""

    support_type: Literal["STANDARD", "EXTENDED"] = "STANDARD"
    """What happens when standard support of the Kubernetes version ends (support type of the upgrade policy).
    `STANDARD`: Amazon EKS upgrades the cluster. `EXTENDED`: the version stays for twelve more months, and each hour of
    the cluster costs six times as much."""

    control_plane_scaling_tier: Literal["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"] = "standard"
    """Scaling tier of the control plane. `standard`: Amazon EKS scales it with the load. The others (EKS Provisioned
    Control Plane) provide a capacity in advance, which costs more for each hour."""

    kube_api_server: KubeApiServerOptions | None = None
    """Kubernetes API server: retention of events, and ports of services on nodes. With `null`, nothing is stated."""

    kube_scheduler: KubeSchedulerOptions | None = None
    """Kubernetes scheduler: whether pods are spread or packed. With `null`, nothing is stated."""

    kube_controller_manager: KubeControllerManagerOptions | None = None
    """Kubernetes controller manager: horizontal autoscaling and terminated pods. With `null`, nothing is stated."""

    control_plane_egress_mode: Literal["AWS_MANAGED", "CUSTOMER_ROUTED"] = "AWS_MANAGED"
    """Path of what the API server sends to admission webhooks, OIDC identity providers, and aggregated API servers
    (`ControlPlaneEgressMode`). `AWS_MANAGED`: Amazon EKS manages it. `CUSTOMER_ROUTED`: through the network interfaces
    of the control plane in private subnets, by their routes, network ACLs, and DNS, so that flow logs show it and
    private names resolve. Amazon EKS refuses to change it back."""

    rollback_timeout_minutes: Annotated[int, Field(ge=120, le=10080)] | None = None
    """Minutes that a version rollback waits for the nodes of EKS Auto Mode to return to the earlier version, before it
    fails and they go up again (`TimeoutMinutes` of `RollbackConfig`). Other nodes are rolled back before it starts.
    With `null`, they are 720, which is 12 hours."""

    deletion_protection: bool | None = None
    """Whether deletion protection is on for the cluster. With `null`, `protected` decides. Deletion protection also
    prevents the rollback of a first deployment that fails; run that deployment with `--no-rollback`."""

    zonal_shift: bool | None = None
    """Whether zonal shift in Amazon Application Recovery Controller is enabled, which moves traffic of the cluster away
    from an impaired Availability Zone. With `null`, `protected` decides."""
