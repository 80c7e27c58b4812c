"""The EKS control plane: Kubernetes API, its logs, its secrets, and who may use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule

_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class EndpointOptions:
    """Who reaches the Kubernetes API server.

    Attributes:
        access: `private` by default: the API of a cluster has no business on the internet. `public` alone
            sends nodes through the internet to their own control plane, so the list must hold the addresses
            of the NAT gateways too.
        public_access_cidrs: Addresses that reach the public endpoint. EKS would take an empty list for
            `0.0.0.0/0`, so here it has no default when there is a public endpoint.
        private_access_cidrs: Addresses that reach the private endpoint besides nodes and pods, which always
            do: a VPN, a bastion, a peered network.
    """

    access: Literal["private", "public_and_private", "public"] = "private"
    public_access_cidrs: Sequence[str] = ()
    private_access_cidrs: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what EKS would understand otherwise than meant.

        Raises:
            ValueError: If the lists do not fit the access.
        """
        if self.access == "private" and self.public_access_cidrs:
            raise ValueError("public_access_cidrs has no effect when access is private")
        if self.access != "private" and not self.public_access_cidrs:
            raise ValueError(
                f"access is {self.access}, so public_access_cidrs must be stated; 0.0.0.0/0 if you mean everyone"
            )
        if self.access == "public" and self.private_access_cidrs:
            raise ValueError("private_access_cidrs has no effect when access is public")


@dataclass(frozen=True, kw_only=True)
class AccessEntryOptions:
    """An IAM principal that may use the Kubernetes API.

    Attributes:
        principal_arn: ARN of the IAM role or user.
        policy: Name of an EKS access policy ("Review access policy permissions").
        namespaces: Only in these; none means the whole cluster.
    """

    principal_arn: str
    policy: str
    namespaces: Sequence[str] = ()


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
        log_group: The five control-plane logs.
        security_group: Of the private endpoint; nodes and pods carry another, that EKS makes.
        role: What the control plane does in this account.
    """

    cluster: eks.Cluster
    cluster_name: str
    cluster_arn: str
    kubernetes_version: str
    log_group: EncryptedLogGroup
    security_group: ec2.SecurityGroup
    role: iam.Role

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_name: str,
        kubernetes_version: str,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey,
        endpoint: EndpointOptions | None = None,
        access_entries: Mapping[str, AccessEntryOptions] | None = None,
        log_retention_days: int = 365,
        deletion_protection: bool = True,
        zonal_shift: bool = True,
        protected: bool = True,
    ) -> None:
        """Define the control plane.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            cluster_name: Name of the cluster and part of its log group's; unique in account and Region.
            kubernetes_version: Minor version. EKS upgrades one minor at a time.
            vpc: Where the API server's network interfaces are.
            subnets: Private ones, in two zones or more.
            encryption_key: Encrypts Kubernetes secrets and logs; its policy must admit CloudWatch Logs. EKS
                makes its grant with the rights of whoever creates the cluster, so the role here needs none.
            endpoint: Private only by default.
            access_entries: Who may use the API, by construct id. Nobody by default.
            log_retention_days: How long control-plane logs are kept.
            deletion_protection: EKS refuses to delete the cluster. It also refuses when a first deployment
                rolls back: deploy that one with `--no-rollback`.
            zonal_shift: Let AWS move traffic of the cluster away from a zone in trouble (autoshift).
            protected: Keep the logs when the stack is deleted.
        """
        super().__init__(scope, construct_id)
        self.cluster_name = cluster_name
        self.kubernetes_version = kubernetes_version
        self.cluster_arn = cdk.Stack.of(self).format_arn(service="eks", resource="cluster", resource_name=cluster_name)
        endpoint = endpoint or EndpointOptions()
        self._define_log_group(encryption_key, retention_days=log_retention_days, protected=protected)
        self._define_role()
        self._define_security_group(vpc, endpoint)
        self._define_cluster(vpc=vpc, subnets=subnets, encryption_key=encryption_key, endpoint=endpoint)
        self._set_what_the_l2_lacks(endpoint, deletion_protection=deletion_protection, zonal_shift=zonal_shift)
        self._acknowledge_open_endpoint(endpoint)
        self._remove_kubectl_barrier()
        for name, entry in (access_entries or {}).items():
            self._add_access_entry(name, entry)

    def _define_log_group(self, encryption_key: kms.IKey, *, retention_days: int, protected: bool) -> None:
        self.log_group = EncryptedLogGroup(
            self,
            "LogGroup",
            log_group_name=f"/aws/eks/{self.cluster_name}/cluster",
            encryption_key=encryption_key,
            retention_days=retention_days,
            protected=protected,
        )

    def _define_role(self) -> None:
        """Only EKS, and only for this cluster ("Cross-service confused deputy prevention in Amazon EKS")."""
        policy = "AmazonEKSClusterPolicy"
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "eks.amazonaws.com",
                conditions={
                    "ArnLike": {"aws:SourceArn": self.cluster_arn},
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                },
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        acknowledge(
            self.role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]",
            packs=("AwsSolutions",),
            reason="EKS requires this policy and changes it with the Kubernetes versions that it runs "
            "(Amazon EKS cluster IAM role); a copy would lag behind. Only EKS assumes the role, and for this "
            "cluster alone.",
        )

    def _define_security_group(self, vpc: ec2.IVpc, endpoint: EndpointOptions) -> None:
        """No rule but those asked for: nodes, pods and control plane share the group that EKS makes."""
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description=f"Private endpoint of EKS cluster {self.cluster_name}",
            allow_all_outbound=False,
        )
        for cidr in endpoint.private_access_cidrs:
            self.security_group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), f"kubectl from {cidr}")

    def _define_cluster(
        self,
        *,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey,
        endpoint: EndpointOptions,
    ) -> None:
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
            endpoint_access=_endpoint_access(endpoint),
            secrets_encryption_key=encryption_key,
            cluster_logging=list(eks.ClusterLoggingTypes),
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

    def _set_what_the_l2_lacks(
        self, endpoint: EndpointOptions, *, deletion_protection: bool, zonal_shift: bool
    ) -> None:
        self._resource.deletion_protection = deletion_protection
        # EXTENDED is the service's default; it costs six times as much once standard support ends.
        self._resource.upgrade_policy = eks.CfnCluster.UpgradePolicyProperty(support_type="STANDARD")
        self._resource.zonal_shift_config = eks.CfnCluster.ZonalShiftConfigProperty(enabled=zonal_shift)
        if endpoint.access == "public":
            # `EndpointAccess.PUBLIC.only_from` raises, because nodes then need the NAT addresses on the list.
            self._resource.add_property_override(
                "ResourcesVpcConfig.PublicAccessCidrs", list(endpoint.public_access_cidrs)
            )

    def _acknowledge_open_endpoint(self, endpoint: EndpointOptions) -> None:
        """Each of these must be asked for; nodes, keys and access entries stay what they are."""
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
                reason="The environment file admits 0.0.0.0/0 to the Kubernetes API in so many words. Each request "
                "still needs IAM credentials and an access entry, and the audit log has all of them.",
            )
        if _ANYWHERE in endpoint.private_access_cidrs:
            acknowledge(
                self.security_group,
                "EC23",
                packs=("AwsSolutions",),
                reason="The environment file admits 0.0.0.0/0 to the private endpoint in so many words: whoever has a "
                "route into the VPC. The endpoint has no public address.",
            )

    def _remove_kubectl_barrier(self) -> None:
        """Remove the SSM parameter by which the L2 orders what a kubectl provider does; there is none."""
        self.cluster.node.try_remove_child("KubectlReadyBarrier")

    def _add_access_entry(self, name: str, entry: AccessEntryOptions) -> None:
        scope_type = eks.AccessScopeType.NAMESPACE if entry.namespaces else eks.AccessScopeType.CLUSTER
        eks.AccessEntry(
            self,
            f"AccessEntry-{name}",
            cluster=self.interface,
            principal=entry.principal_arn,
            access_policies=[
                eks.AccessPolicy.from_access_policy_name(
                    entry.policy,
                    access_scope_type=scope_type,
                    namespaces=list(entry.namespaces) or None,
                )
            ],
        )

    @property
    def interface(self) -> eks.ICluster:
        """The cluster for constructs that take an `ICluster`; only the type checker sees a difference."""
        return cast(eks.ICluster, self.cluster)

    @property
    def _resource(self) -> eks.CfnCluster:
        return cast(eks.CfnCluster, self.cluster.node.default_child)


def _endpoint_access(endpoint: EndpointOptions) -> eks.EndpointAccess:
    if endpoint.access == "private":
        return eks.EndpointAccess.PRIVATE
    if endpoint.access == "public":
        return eks.EndpointAccess.PUBLIC
    return eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*endpoint.public_access_cidrs)
