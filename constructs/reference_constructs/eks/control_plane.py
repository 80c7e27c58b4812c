"""The EKS control plane: Kubernetes API, its logs, its secrets, and who may use it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Final, TypedDict, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, DependencyGroup

from reference_constructs.eks.cluster_details import ClusterDetails
from reference_constructs.eks.control_plane_components import configure_components
from reference_constructs.eks.control_plane_options import (
    ALL_LOG_TYPES,
    CHANGES_WORKLOADS,
    AccessEntryOptions,
    AccessPolicyOptions,
    ControlPlaneOptions,
    EndpointOptions,
    RemoteNetworkOptions,
    reserved_ranges,
)
from reference_constructs.eks.local_cluster import (
    CLUSTER_POLICY,
    acknowledge_local_cluster,
    check_local_cluster,
    put_on_outpost,
)
from reference_constructs.network.existing_subnet import existing_subnet
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule, acknowledge_relation
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_DNS = 53
_ANYWHERE = IPv4Network("0.0.0.0/0")
_LOG_TYPES = dict(zip(ALL_LOG_TYPES, eks.ClusterLoggingTypes, strict=True))
# "Amazon EKS Auto Mode cluster IAM role", beside AmazonEKSClusterPolicy.
_AUTO_MODE_POLICIES: Final = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)


class ControlPlane(Construct):
    """A control plane that is private, logged and encrypted, and that nobody may use until an entry says so.

    The L2 starts with Auto Mode, an endpoint open to the world, no logs and an administrator: whoever creates
    the cluster. All of that is off here. Without a kubectl provider there is no Lambda function: Kubernetes
    objects are the business of kubectl or GitOps, not of CloudFormation (docs/adr/0004).

    The cluster has a name because its log group must exist first: EKS writes to `/aws/eks/<name>/cluster` and
    makes it, without key or retention, where it does not find it ("Send control plane logs to CloudWatch
    Logs"). CloudFormation cannot replace a resource and keep its name, so a change of key or role, which would
    replace the cluster, fails and changes nothing; make a second environment for that.

    Attributes:
        cluster: The L2, for constructs that take one.
        cluster_name: Its name, as a plain string.
        cluster_arn: Its ARN, without a reference to it: roles that name it are made first.
        kubernetes_version: Minor version, such as `1.36`.
        ip_family: IP addresses of pods and services, `ipv4` or `ipv6`.
        log_group: The control-plane logs.
        security_group: Of the private endpoint; nodes and pods carry another, that EKS makes.
        role: What the control plane does in this account.
        network_add_ons: The add-ons that EC2 nodes wait for (`AddOns`); a dependency on it is one on all of them.
    """

    cluster: eks.Cluster
    cluster_name: str
    cluster_arn: str
    kubernetes_version: str
    ip_family: str
    log_group: EncryptedLogGroup
    security_group: ec2.SecurityGroup
    role: iam.Role
    network_add_ons: DependencyGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: ControlPlaneOptions,
        cluster_name: str,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey,
        secrets_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the control plane.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Version, endpoint, and access.
            cluster_name: Name of the cluster and part of its log group's; unique in account and Region.
            vpc: Where the API server's network interfaces are.
            subnets: Private ones, in two zones or more. The control plane takes those in the zones of the options.
            encryption_key: Encrypts Kubernetes secrets and logs; its policy must admit CloudWatch Logs. EKS
                makes its grant with the rights of whoever creates the cluster, so the role here needs none.
            secrets_key: Encrypts Kubernetes secrets instead, such as a key of another account in the same Region, whose
                policy then admits whoever creates the cluster.
            retention: How long control-plane logs are kept, and whether they outlive the stack. Also the default of
                deletion protection and zonal shift.

        Raises:
            ValueError: If the CIDR blocks do not fit the access, a zone of the options has no subnet, or a local
                cluster cannot have what is stated.
        """
        super().__init__(scope, construct_id)
        _check_endpoint(options.endpoint)
        check_local_cluster(options)
        self._options = options
        self._manages_network_interfaces = False
        self.cluster_name = cluster_name
        self.kubernetes_version = options.kubernetes_version
        self.ip_family = options.ip_family
        self.network_add_ons = DependencyGroup()
        self.cluster_arn = cdk.Stack.of(self).format_arn(service="eks", resource="cluster", resource_name=cluster_name)
        self._define_log_group(encryption_key, retention)
        self._define_role()
        self._define_security_group(vpc)
        self._define_cluster(vpc, self._subnets(subnets), secrets_key or encryption_key)
        self._set_what_the_l2_lacks(protected=retention.protected)
        self._set_what_is_in_the_region(protected=retention.protected)
        self._move_to_outpost()
        self._acknowledge_open_endpoint()
        self._acknowledge_public_endpoint()
        self._acknowledge_deletion_protection(protected=retention.protected)
        self._acknowledge_fewer_logs()
        self._acknowledge_extended_support()
        self._remove_kubectl_barrier()
        self._admit_remote_networks_to_core_dns()
        for name, entry in options.access_entries.items():
            self.add_access_entry(name, entry)

    def _define_log_group(self, encryption_key: kms.IKey, retention: RetentionOptions) -> None:
        self.log_group = EncryptedLogGroup(
            self,
            "LogGroup",
            log_group_name=f"/aws/eks/{self.cluster_name}/cluster",
            encryption_key=encryption_key,
            retention=retention,
        )

    @property
    def is_local(self) -> bool:
        """Whether it runs on an Outpost."""
        return self._options.outpost is not None

    def _subnets(self, subnets: Sequence[ec2.ISubnet]) -> list[ec2.ISubnet]:
        """Where the control plane has its network interfaces."""
        if self._options.outpost is None:
            return _in_zones(subnets, self._options.control_plane_availability_zones)
        return [existing_subnet(self, subnet_id) for subnet_id in self._options.outpost.subnet_ids]

    def _define_role(self) -> None:
        """Only EKS, and only for this cluster ("Cross-service confused deputy prevention in Amazon EKS")."""
        if self.is_local:
            self._define_role_of_instances()
            return
        self._trust = {
            "ArnLike": {"aws:SourceArn": self.cluster_arn},
            "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
        }
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("eks.amazonaws.com", conditions=self._trust))
        self._attach(
            "AmazonEKSClusterPolicy",
            "EKS requires this policy and changes it with the Kubernetes versions that it runs (Amazon EKS cluster IAM "
            "role)",
        )

    def _define_role_of_instances(self) -> None:
        """The instances of a local cluster are in this account ("Deploy an Amazon EKS cluster on AWS Outposts")."""
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        self.role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(CLUSTER_POLICY))
        acknowledge(
            self.role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{CLUSTER_POLICY}]",
            packs=("AwsSolutions",),
            reason="EKS requires this policy and changes it with the platform versions of local clusters; a copy would "
            "lag behind. Only the instances of the control plane have the role.",
        )

    def _attach(self, policy: str, why: str) -> None:
        self.role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(policy))
        acknowledge(
            self.role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]",
            packs=("AwsSolutions",),
            reason=f"{why}; a copy would lag behind. Only EKS assumes the role, and for this cluster alone.",
        )

    def _define_security_group(self, vpc: ec2.IVpc) -> None:
        """No rule but those asked for: nodes, pods and control plane share the group that EKS makes."""
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description=f"Private endpoint of EKS cluster {self.cluster_name}",
            allow_all_outbound=False,
        )
        for cidr in self._options.endpoint.private_access_cidrs:
            self.security_group.add_ingress_rule(ec2.Peer.ipv4(str(cidr)), ec2.Port.tcp(443), f"kubectl from {cidr}")
        for cidr in self._remote_cidrs:
            self.security_group.add_ingress_rule(
                ec2.Peer.ipv4(str(cidr)), ec2.Port.tcp(443), f"Hybrid nodes and their pods in {cidr}"
            )

    def _define_cluster(self, vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet], secrets_key: kms.IKey) -> None:
        self.cluster = eks.Cluster(
            self,
            "Cluster",
            cluster_name=self.cluster_name,
            version=eks.KubernetesVersion.of(self.kubernetes_version),
            role=self.role,
            vpc=vpc,
            # The default has public subnets too.
            vpc_subnets=[ec2.SubnetSelection(subnets=list(subnets))],
            security_group=self.security_group,
            endpoint_access=_endpoint_access(self._options.endpoint),
            service_ipv4_cidr=str(self._options.service_cidr) if self._options.service_cidr else None,
            **_remote_networks(self._options.remote_networks),
            # A local cluster has no envelope encryption; the volumes of its control plane are encrypted by EBS.
            secrets_encryption_key=None if self.is_local else secrets_key,
            cluster_logging=[_LOG_TYPES[each] for each in self._options.log_types],
            ip_family=eks.IpFamily.IP_V6 if self.ip_family == "ipv6" else eks.IpFamily.IP_V4,
            # Both together are the L2's way to say "no Auto Mode and no nodes".
            default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
            default_capacity=0,
            bootstrap_self_managed_addons=False,
            bootstrap_cluster_creator_admin_permissions=False,
            output_config_command=False,
        )
        # On deletion this order also ends logging before the log group goes, else EKS would make it anew.
        self._resource.node.add_dependency(self.log_group)
        cdk.Annotations.of(self.cluster).acknowledge_warning(
            "@aws-cdk/aws-eks:isolatedSubnetsForKubectlPrivateSubnets",
            "It is about the subnets of a kubectl provider, and there is none.",
        )

    def _set_what_the_l2_lacks(self, *, protected: bool) -> None:
        options, endpoint = self._options, self._options.endpoint
        self._resource.deletion_protection = _stated_or(options.deletion_protection, default=protected)
        if options.control_plane_security_group_ids:
            self._resource.add_property_override(
                "ResourcesVpcConfig.SecurityGroupIds",
                [self.security_group.security_group_id, *options.control_plane_security_group_ids],
            )
        if endpoint.access == "public":
            # `EndpointAccess.PUBLIC.only_from` raises, because nodes then need the NAT addresses on the list.
            self._resource.add_property_override(
                "ResourcesVpcConfig.PublicAccessCidrs", [str(cidr) for cidr in endpoint.public_access_cidrs]
            )

    def _set_what_is_in_the_region(self, *, protected: bool) -> None:
        """Support, scaling, zonal shift, and what can be configured of a control plane that Amazon EKS runs."""
        options = self._options
        if self.is_local:
            return
        # EXTENDED is the service's default; it costs six times as much once standard support ends.
        self._resource.upgrade_policy = eks.CfnCluster.UpgradePolicyProperty(support_type=options.support_type)
        if options.control_plane_scaling_tier != "standard":
            self._resource.control_plane_scaling_config = eks.CfnCluster.ControlPlaneScalingConfigProperty(
                tier=options.control_plane_scaling_tier
            )
        self._resource.zonal_shift_config = eks.CfnCluster.ZonalShiftConfigProperty(
            enabled=_stated_or(options.zonal_shift, default=protected)
        )
        if options.rollback_timeout_minutes is not None:
            self._resource.rollback_config = eks.CfnCluster.RollbackConfigProperty(
                timeout_minutes=options.rollback_timeout_minutes
            )
        if options.control_plane_egress_mode != "AWS_MANAGED":
            self._resource.add_property_override(
                "ResourcesVpcConfig.ControlPlaneEgressMode", options.control_plane_egress_mode
            )
        configure_components(self._resource, options)

    def _move_to_outpost(self) -> None:
        outpost, cidr = self._options.outpost, self._options.service_cidr
        if outpost is not None:
            put_on_outpost(self._resource, outpost, service_cidr=str(cidr) if cidr else None)
            acknowledge_local_cluster(self.cluster, self.kubernetes_version)

    def _acknowledge_open_endpoint(self) -> None:
        """Each of these must be asked for; nodes, keys and access entries stay what they are."""
        endpoint = self._options.endpoint
        if endpoint.access == "public":
            acknowledge_guard_rule(
                self.cluster,
                "eks_cluster_has_a_private_endpoint",
                reason="A public endpoint alone was asked for (access: public). Only the addresses that the file names "
                "reach it, those of the NAT gateways among them, and each request still needs an access entry.",
            )
        if _ANYWHERE in endpoint.public_access_cidrs:
            acknowledge_guard_rule(
                self.cluster,
                "eks_public_endpoint_has_an_allow_list",
                reason="The environment file admits 0.0.0.0/0 to the Kubernetes API explicitly. Each request "
                "still needs IAM credentials and an access entry, and the audit log has all of them.",
            )
        if _ANYWHERE in endpoint.private_access_cidrs:
            acknowledge(
                self.security_group,
                "EC23",
                packs=("AwsSolutions",),
                reason="The environment file admits 0.0.0.0/0 to the private endpoint explicitly: whoever has a "
                "route into the VPC. The endpoint has no public address.",
            )

    def _acknowledge_public_endpoint(self) -> None:
        endpoint = self._options.endpoint
        if endpoint.access == "public" and all(cidr.prefixlen for cidr in endpoint.public_access_cidrs):
            acknowledge_relation(
                self.cluster,
                "nodes_are_admitted_by_the_public_endpoint",
                reason="Public access with a list of CIDR blocks was asked for explicitly (endpoint.access). The list "
                "must have the addresses of the NAT gateways, which templates do not know; the documentation says so.",
            )

    def _acknowledge_deletion_protection(self, *, protected: bool) -> None:
        stated = self._options.deletion_protection
        if stated is None or stated == protected:
            return
        if protected:
            reason = (
                "The options turn deletion protection off explicitly (deletion_protection: false). The control-plane "
                "logs and the key are kept all the same, and the stack is protected from deletion."
            )
            acknowledge_guard_rule(self.cluster, "cloudformation_what_keeps_data_is_protected", reason=reason)
        else:
            reason = (
                "The options turn deletion protection on explicitly (deletion_protection: true), for a cluster that "
                "must not go by accident. It is turned off before the stack is deleted."
            )
        acknowledge_relation(self.cluster, "protection_agrees_with_the_fate_of_data", reason=reason)

    def _acknowledge_fewer_logs(self) -> None:
        missing = [each for each in ALL_LOG_TYPES if each not in self._options.log_types]
        if missing:
            acknowledge_guard_rule(
                self.cluster,
                "eks_cluster_logs_every_component",
                reason=f"The options leave out {', '.join(missing)} explicitly (log_types).",
            )

    def _acknowledge_extended_support(self) -> None:
        if self._options.support_type == "EXTENDED":
            acknowledge_guard_rule(
                self.cluster,
                "eks_cluster_without_extended_support",
                reason="Extended support was asked for explicitly (support_type), and with it what it costs.",
            )

    def _remove_kubectl_barrier(self) -> None:
        """Remove the SSM parameter by which the L2 orders what a kubectl provider does; there is none."""
        self.cluster.node.try_remove_child("KubectlReadyBarrier")

    def _admit_remote_networks_to_core_dns(self) -> None:
        """Pods on hybrid nodes may ask CoreDNS on other nodes, which have the group that EKS makes.

        What else is open between the two is for whoever has such pods: docs/hybrid-nodes.md.
        """
        remote = self._options.remote_networks
        for cidr in dict.fromkeys([*remote.node_cidrs, *remote.pod_cidrs]) if remote else ():
            for protocol in ("tcp", "udp"):
                ec2.CfnSecurityGroupIngress(
                    self,
                    f"Dns-{protocol}-{cidr}",
                    group_id=self.cluster.cluster_security_group_id,
                    ip_protocol=protocol,
                    from_port=_DNS,
                    to_port=_DNS,
                    cidr_ip=str(cidr),
                    description=f"CoreDNS from hybrid nodes and their pods in {cidr}",
                )

    def add_access_entry(self, name: str, entry: AccessEntryOptions) -> eks.AccessEntry:
        """Let an IAM principal use the Kubernetes API.

        Args:
            name: Part of the construct ID.
            entry: The principal, and what it may do.
        """
        access_entry = eks.AccessEntry(
            self,
            f"AccessEntry-{name}",
            cluster=self.interface,
            principal=entry.principal_arn,
            access_policies=[_auto_node_policy()]
            if entry.type == "EC2"
            else [_access_policy(each) for each in entry.all_policies],
        )
        self._set_what_the_l2_of_an_entry_lacks(access_entry, entry)
        wide = [each.policy for each in entry.all_policies if each.policy in CHANGES_WORKLOADS and not each.namespaces]
        if wide:
            acknowledge_relation(
                access_entry,
                "access_to_workloads_is_in_namespaces",
                reason=f"{', '.join(wide)} was asked for explicitly without namespaces, which is the whole cluster. "
                "Where a list of namespaces is stated, it applies to these alone.",
            )
        return access_entry

    def _set_what_the_l2_of_an_entry_lacks(self, access_entry: eks.AccessEntry, entry: AccessEntryOptions) -> None:
        """Groups, user name, and the types of nodes that Amazon EKS knew later (aws-cdk issues 37648, 30604)."""
        resource = cast(aws_eks.CfnAccessEntry, access_entry.node.default_child)
        if entry.type != "STANDARD":
            resource.type = entry.type
        if entry.type not in ("STANDARD", "EC2"):
            # An empty list of policies would be one for EKS to refuse.
            resource.access_policies = None
        if entry.kubernetes_groups:
            resource.kubernetes_groups = list(entry.kubernetes_groups)
        resource.username = entry.username

    def let_eks_manage_network_interfaces(self) -> None:
        """Let the control plane give addresses to Windows pods, and network interfaces to single pods.

        Neither belongs to what every cluster may do: "Deploy Windows nodes on EKS clusters" and "Assign security groups
        to individual Pods", Amazon EKS User Guide. Called again, it changes nothing.
        """
        if self._manages_network_interfaces:
            return
        self._manages_network_interfaces = True
        self._attach(
            "AmazonEKSVPCResourceController",
            "EKS requires this policy for Windows pods and for security groups of single pods, and changes it with its "
            "controller. It changes only network interfaces that carry the controller's tag",
        )

    @property
    def details(self) -> ClusterDetails:
        """What nodes must know that EKS does not configure.

        Raises:
            ValueError: If the options do not state the addresses of services of an IPv4 cluster.
        """
        service_cidr, dns_address = self._addresses_of_services()
        return ClusterDetails(
            name=self.cluster_name,
            endpoint=self.cluster.cluster_endpoint,
            certificate_authority=self.cluster.cluster_certificate_authority_data,
            service_cidr=service_cidr,
            dns_address=dns_address,
            local_cluster_id=self._resource.attr_id if self.is_local else None,
        )

    def _addresses_of_services(self) -> tuple[str, str]:
        """Their CIDR block, and the tenth address of it, which is that of CoreDNS ("-DNSClusterIP"; nodeadm).

        Amazon EKS chooses the block of an IPv6 cluster, such as `fd30:1c53:5f8a::/108`, and CloudFormation has an
        attribute for it alone.
        """
        if self.ip_family == "ipv6":
            cidr = self._resource.attr_kubernetes_network_config_service_ipv6_cidr
            return cidr, cdk.Fn.join("", [cdk.Fn.select(0, cdk.Fn.split("/", cidr)), "a"])
        if self._options.service_cidr is None:
            raise ValueError("nodes that EKS does not configure must know service_cidr before they start")
        return str(self._options.service_cidr), str(self._options.service_cidr[10])

    def enable_auto_mode(self, *, built_in_node_pools: Sequence[str], node_role: iam.IRole | None) -> None:
        """Turn EKS Auto Mode on: its three capabilities together, and what the role of the control plane needs for it.

        The L2 decides this when it is made, and nodes are bound later; so these are properties of the L1. Amazon EKS
        refuses them unless all three are the same ("Enable EKS Auto Mode on an existing cluster"). All of them can be
        updated in place.

        Args:
            built_in_node_pools: Those to enable.
            node_role: Role of their nodes; None without them.
        """
        self._resource.compute_config = eks.CfnCluster.ComputeConfigProperty(
            enabled=True,
            node_pools=list(built_in_node_pools),
            node_role_arn=node_role.role_arn if node_role is not None else None,
        )
        self._resource.storage_config = eks.CfnCluster.StorageConfigProperty(
            block_storage=eks.CfnCluster.BlockStorageProperty(enabled=True)
        )
        self._resource.add_property_override("KubernetesNetworkConfig.ElasticLoadBalancing.Enabled", True)
        cast(iam.PolicyDocument, self.role.assume_role_policy).add_statements(
            iam.PolicyStatement(
                actions=["sts:TagSession"],
                principals=[iam.ServicePrincipal("eks.amazonaws.com")],
                conditions=self._trust,
            )
        )
        for policy in _AUTO_MODE_POLICIES:
            self._attach(policy, "EKS Auto Mode works by this policy, and AWS changes it with what Auto Mode manages")

    @property
    def _remote_cidrs(self) -> list[IPv4Network]:
        """Those of hybrid nodes and of their pods, less what is admitted to the private endpoint already."""
        remote = self._options.remote_networks
        cidrs = [*remote.node_cidrs, *remote.pod_cidrs] if remote else []
        return [each for each in dict.fromkeys(cidrs) if each not in self._options.endpoint.private_access_cidrs]

    @property
    def interface(self) -> eks.ICluster:
        """The cluster for constructs that take an `ICluster`; only the type checker sees a difference."""
        return cast(eks.ICluster, self.cluster)

    @property
    def _resource(self) -> eks.CfnCluster:
        return cast(eks.CfnCluster, self.cluster.node.default_child)


def _auto_node_policy() -> eks.IAccessPolicy:
    """By which nodes of EKS Auto Mode join ("Create a node class for Amazon EKS")."""
    return eks.AccessPolicy.from_access_policy_name(
        "AmazonEKSAutoNodePolicy", access_scope_type=eks.AccessScopeType.CLUSTER
    )


def _access_policy(options: AccessPolicyOptions) -> eks.IAccessPolicy:
    scope_type = eks.AccessScopeType.NAMESPACE if options.namespaces else eks.AccessScopeType.CLUSTER
    return eks.AccessPolicy.from_access_policy_name(
        options.policy, access_scope_type=scope_type, namespaces=list(options.namespaces) or None
    )


def _in_zones(subnets: Sequence[ec2.ISubnet], zones: Sequence[str] | None) -> list[ec2.ISubnet]:
    """The subnets in these zones, by default in the first two that there are.

    Raises:
        ValueError: If a zone has no subnet.
    """
    with_subnet = list(dict.fromkeys(subnet.availability_zone for subnet in subnets))
    if missing := [zone for zone in zones or () if zone not in with_subnet]:
        raise ValueError(f"no subnet is in {', '.join(missing)}, only in {', '.join(with_subnet)}")
    return [subnet for subnet in subnets if subnet.availability_zone in (zones or with_subnet[:2])]


def _endpoint_access(endpoint: EndpointOptions) -> eks.EndpointAccess:
    if endpoint.access == "private":
        return eks.EndpointAccess.PRIVATE
    if endpoint.access == "public":
        return eks.EndpointAccess.PUBLIC
    return eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*map(str, endpoint.public_access_cidrs))


class _RemoteNetworks(TypedDict, total=False):
    remote_node_networks: list[eks.RemoteNodeNetwork]
    remote_pod_networks: list[eks.RemotePodNetwork]


def _remote_networks(options: RemoteNetworkOptions | None) -> _RemoteNetworks:
    if options is None:
        return {}
    found: _RemoteNetworks = {"remote_node_networks": [eks.RemoteNodeNetwork(cidrs=[*map(str, options.node_cidrs)])]}
    if options.pod_cidrs:
        found["remote_pod_networks"] = [eks.RemotePodNetwork(cidrs=[*map(str, options.pod_cidrs)])]
    return found


def _check_endpoint(endpoint: EndpointOptions) -> None:
    """Refuse what EKS would understand otherwise than meant."""
    if endpoint.access == "private" and endpoint.public_access_cidrs:
        raise ValueError("public_access_cidrs has no effect when access is private")
    if endpoint.access != "private" and not endpoint.public_access_cidrs:
        raise ValueError(
            f"access is {endpoint.access}, so public_access_cidrs must be stated; 0.0.0.0/0 if you mean everyone"
        )
    if endpoint.access == "public" and endpoint.private_access_cidrs:
        raise ValueError("private_access_cidrs has no effect when access is public")
    for cidr in endpoint.public_access_cidrs:
        if any(cidr.subnet_of(reserved) for reserved in reserved_ranges(cidr)):
            raise ValueError(f"EKS refuses the reserved addresses {cidr} in public_access_cidrs")


def _stated_or(value: bool | None, *, default: bool) -> bool:
    return default if value is None else value
