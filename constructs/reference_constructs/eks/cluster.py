"""An EKS cluster that pods can run on: control plane, nodes, and add-ons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.eks.add_ons.add_ons import AddOns
from reference_constructs.eks.capability import Capability, CapabilityType
from reference_constructs.eks.cluster_options import EksClusterOptions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.delivery_roles import DeliveryRoles
from reference_constructs.eks.identity_provider import IdentityProvider
from reference_constructs.eks.image_pull_policy import ImagePullPolicy
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.core_dns import needs_profile_for_core_dns
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from reference_constructs.eks.nodes.kinds import bind_nodes
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.eks.nodes.node_role import NodeRole
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from reference_constructs.eks.pod_identities import PodIdentities
from reference_constructs.eks.storage_access import StorageAccess
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.acknowledgements import acknowledge_relation
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.file_system import MountableStorage


class EksCluster(Construct):
    """A cluster with nodes of any kind.

    What belongs together is decided here, so that a stack only hands its settings on: which add-ons the nodes can run,
    what waits for what, and where CoreDNS runs when there are only Fargate profiles.

    Attributes:
        control_plane: Kubernetes API, logs, access.
        nodes: What became of the nodes, by name.
        image_pull_policy: What nodes and Fargate may pull.
        pod_log_group: Where pods on Fargate log to; None if they do not.
        add_ons: EKS add-ons.
        pod_identities: IAM roles that pods of applications have.
        delivery_roles: IAM roles of pipelines.
        storage_access: How pods get to file systems; None without any.
    """

    control_plane: ControlPlane
    nodes: dict[str, BoundNodes]
    image_pull_policy: ImagePullPolicy
    pod_log_group: EncryptedLogGroup | None
    add_ons: AddOns
    pod_identities: PodIdentities
    delivery_roles: DeliveryRoles
    storage_access: StorageAccess | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: EksClusterOptions,
        cluster_name: str,
        vpc: ec2.IVpc,
        private_subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey,
        secrets_key: kms.IKey | None = None,
        pod_subnets: Mapping[str, str] = {},
        volume_key: kms.IKey | None = None,
        pull_through_repository_arns: Sequence[str] = (),
        retention: RetentionOptions = PROTECTED,
        working_hours: WorkingHoursOptions | None = None,
        storage: MountableStorage | None = None,
    ) -> None:
        """Define the cluster.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Control plane, nodes, and add-ons.
            cluster_name: Name of the cluster; unique in account and Region.
            vpc: Network of the cluster.
            private_subnets: For nodes and Fargate pods, in two zones or more; those in
                `control_plane_availability_zones` are for the control plane too.
            encryption_key: Encrypts Kubernetes secrets and logs; its policy must admit CloudWatch Logs.
            secrets_key: Encrypts Kubernetes secrets instead.
            pod_subnets: Ids of subnets that pods on EC2 nodes take their addresses from, by zone; without any, they are
                those of the nodes.
            volume_key: Encrypts the volumes of nodes; its policy must admit EBS. Without it the AWS managed key does.
            pull_through_repository_arns: See `ImagePullPolicy`.
            retention: How long logs are kept, and whether they outlive the stack. Also the default of deletion
                protection and zonal shift.
            working_hours: When there are managed and self-managed nodes; None for always.
            storage: File systems that pods mount; None without any.

        Raises:
            ValueError: If the add-ons do not fit the nodes (`AddOns`), or a local cluster cannot have what is stated.
        """
        super().__init__(scope, construct_id)
        if options.outpost is not None:
            _check_local_cluster(options)
        self.control_plane = ControlPlane(
            self,
            "ControlPlane",
            options=options,
            cluster_name=cluster_name,
            vpc=vpc,
            subnets=private_subnets,
            encryption_key=encryption_key,
            secrets_key=secrets_key,
            retention=retention,
        )
        self.image_pull_policy = ImagePullPolicy(
            self, "ImagePullPolicy", pull_through_repository_arns=pull_through_repository_arns
        )
        if options.gives_pods_network_interfaces:
            self.control_plane.let_eks_manage_network_interfaces()
        self.pod_log_group = (
            EncryptedLogGroup(self, "PodLogGroup", encryption_key=encryption_key, retention=retention)
            if options.fargate_pod_logs
            else None
        )
        nodes = options.nodes if options.outpost is not None else _with_room_for_core_dns(options.nodes)
        self._define_nodes(nodes, vpc, private_subnets, pod_subnets, volume_key, working_hours)
        self._volume_key = volume_key
        self._define_storage_access(options, storage)
        self._define_add_ons(options, pod_subnets)
        self._define_identity_provider(options)
        self._define_capabilities(options)
        self._define_pod_identities(options)
        self.delivery_roles = DeliveryRoles(
            self, "DeliveryRoles", options=options.delivery_roles, control_plane=self.control_plane
        )

    def _define_nodes(
        self,
        nodes: Mapping[str, AnyNodeOptions],
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        pod_subnets: Mapping[str, str],
        volume_key: kms.IKey | None,
        working_hours: WorkingHoursOptions | None,
    ) -> None:
        scope = NodeScope(
            cluster=self,
            control_plane=self.control_plane,
            vpc=vpc,
            subnets=subnets,
            pod_subnets=pod_subnets,
            image_pull_policy=self.image_pull_policy,
            node_role=lambda: self.node_role,
            volume_key=volume_key,
            pod_log_group=self.pod_log_group,
            working_hours=working_hours,
        )
        self.nodes = {name: bind_nodes(scope, name, options) for name, options in nodes.items()}
        self._acknowledge_one_zone(nodes, subnets)

    def _acknowledge_one_zone(self, nodes: Mapping[str, AnyNodeOptions], subnets: Sequence[ec2.ISubnet]) -> None:
        if any(isinstance(options, InstanceNodeOptions) and options.subnet_ids for options in nodes.values()):
            # The zones of subnets that exist are not known.
            return
        everywhere = {subnet.availability_zone for subnet in subnets}
        zones = {
            zone
            for options in nodes.values()
            # A profile takes its own pods only, so that it is no way out for those of nodes.
            if not isinstance(options, FargateProfileOptions)
            for zone in (isinstance(options, InstanceNodeOptions) and options.availability_zones) or everywhere
        }
        if len(zones) == 1 < len(everywhere):
            acknowledge_relation(
                self.control_plane.cluster,
                "nodes_of_a_cluster_are_in_several_zones",
                reason="One zone was asked for explicitly for all nodes (availability_zones).",
            )

    @property
    def manifest_values(self) -> dict[str, str]:
        """What only a deployment knows and manifests need, by the name of a stack output."""
        values = {name: value for nodes in self.nodes.values() for name, value in nodes.values.items()}
        if role_arns := [arn for nodes in self.nodes.values() for arn in nodes.role_arns_to_admit]:
            values["NodeRoleArns"] = ",".join(role_arns)
        if self.storage_access is not None:
            values |= self.storage_access.values
            if self.storage_access.has_volume_classes and self._volume_key is not None:
                values["VolumeKey"] = self._volume_key.key_arn
        return values | ({"PodLogGroup": self.pod_log_group.log_group_name} if self.pod_log_group else {})

    @property
    def node_role(self) -> iam.IRole:
        """The role that all EC2 nodes of the cluster share, those of one's own too; made when it is first asked for.

        Every role of nodes needs an access entry, which EKS makes for those of managed node groups only.
        """
        existing = self.node.try_find_child("NodeRole")
        if isinstance(existing, NodeRole):
            return existing
        return NodeRole(
            self,
            "NodeRole",
            cluster_arn=self.control_plane.cluster_arn,
            image_pull_policy=self.image_pull_policy,
        )

    def _define_add_ons(self, options: EksClusterOptions, pod_subnets: Mapping[str, str]) -> None:
        self.add_ons = AddOns(
            self,
            "AddOns",
            options=options,
            control_plane=self.control_plane,
            nodes=list(options.nodes.values()),
            bound_nodes=list(self.nodes.values()),
            pod_subnets=pod_subnets,
            policies=self.storage_access.add_on_policies if self.storage_access is not None else {},
        )

    def _define_storage_access(self, options: EksClusterOptions, storage: MountableStorage | None) -> None:
        self.storage_access = (
            StorageAccess(
                self,
                "StorageAccess",
                storage=storage,
                control_plane=self.control_plane,
                add_ons=[row.name for row in options.installed_add_ons(options.nodes.values())],
                nodes=list(options.nodes.values()),
            )
            if storage is not None
            else None
        )

    def _define_identity_provider(self, options: EksClusterOptions) -> None:
        if options.identity_provider is not None:
            IdentityProvider(
                self,
                "IdentityProvider",
                cluster_name=self.control_plane.cluster.cluster_name,
                options=options.identity_provider,
            )

    def _define_capabilities(self, options: EksClusterOptions) -> None:
        types: tuple[CapabilityType, ...] = ("ack", "argocd", "kro")
        for each in types:
            if (capability := getattr(options.capabilities, each)) is not None:
                Capability(
                    self,
                    f"Capability-{each}",
                    capability_type=each,
                    options=capability,
                    control_plane=self.control_plane,
                )

    def _define_pod_identities(self, options: EksClusterOptions) -> None:
        self.pod_identities = PodIdentities(
            self,
            "PodIdentities",
            options=options.pod_identities,
            control_plane=self.control_plane,
            nodes=list(options.nodes.values()),
        )


def _with_room_for_core_dns(nodes: Mapping[str, AnyNodeOptions]) -> Mapping[str, AnyNodeOptions]:
    """Where there are only Fargate profiles, CoreDNS, and with it every name that a pod looks up, needs one too."""
    if not needs_profile_for_core_dns(nodes):
        return nodes
    selector = FargateSelectorOptions(namespace="kube-system")
    return {**nodes, "KubeSystem": FargateProfileOptions(selectors=(selector,))}


def _check_local_cluster(options: EksClusterOptions) -> None:
    """Refuse what would be left out, or refused by Amazon EKS when most of the cluster is there."""
    if any(not isinstance(each, SelfManagedNodesOptions) for each in options.nodes.values()):
        raise ValueError("a local cluster on an Outpost has self-managed nodes only")
    if options.add_ons or options.pod_identities or options.delivery_roles or options.identity_provider is not None:
        raise ValueError("a local cluster on an Outpost has no EKS add-ons, roles, or identity providers")
