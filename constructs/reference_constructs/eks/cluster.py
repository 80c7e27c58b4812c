"""An EKS cluster that pods can run on: control plane, compute and add-ons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.eks.add_ons import AddOns, AddOnVersions, OptionalAddOn
from reference_constructs.eks.control_plane import AccessEntryOptions, ControlPlane, EndpointOptions
from reference_constructs.eks.fargate_profile import FargateProfiles
from reference_constructs.eks.image_pull_policy import ImagePullPolicy
from reference_constructs.eks.node_group import ManagedNodeGroup, NodeGroupOptions
from reference_constructs.eks.node_role import NodeRole


class EksCluster(Construct):
    """A cluster with managed node groups, with Fargate profiles, or with both.

    What belongs together is decided here, so that a stack only hands its settings on: which add-ons the
    compute has a use for, what waits for what, and where CoreDNS runs when there are no nodes.

    Attributes:
        control_plane: Kubernetes API, logs, access.
        node_groups: By name.
        fargate_profiles: None when there are no profiles.
        add_ons: EKS add-ons.
    """

    control_plane: ControlPlane
    node_groups: dict[str, ManagedNodeGroup]
    fargate_profiles: FargateProfiles | None
    add_ons: AddOns

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_name: str,
        kubernetes_version: str,
        vpc: ec2.IVpc,
        private_subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey,
        endpoint: EndpointOptions | None = None,
        access_entries: Mapping[str, AccessEntryOptions] | None = None,
        node_groups: Mapping[str, NodeGroupOptions] | None = None,
        fargate_profiles: Mapping[str, Sequence[eks.Selector]] | None = None,
        optional_add_ons: Sequence[OptionalAddOn] | None = None,
        add_on_versions: AddOnVersions = "pinned",
        pull_through_repository_arns: Sequence[str] = (),
        volume_key: kms.IKey | None = None,
        log_retention_days: int = 365,
        deletion_protection: bool = True,
        zonal_shift: bool = True,
        protected: bool = True,
    ) -> None:
        """Define the cluster.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            cluster_name: Name of the cluster; unique in account and Region.
            kubernetes_version: Minor version, of control plane and nodes.
            vpc: Network of the cluster.
            private_subnets: For control plane, nodes and Fargate pods, in two zones or more.
            encryption_key: Encrypts Kubernetes secrets and logs; its policy must admit CloudWatch Logs.
            endpoint: Who reaches the Kubernetes API server; private by default.
            access_entries: Who may use the API, by name. Nobody by default, not even who creates the cluster.
            node_groups: By name. None by default.
            fargate_profiles: Selectors by name of the profile. None by default.
            optional_add_ons: See `AddOns`. Unset: all that the compute has a use for.
            add_on_versions: See `AddOns`.
            pull_through_repository_arns: See `ImagePullPolicy`.
            volume_key: Encrypts the nodes' volumes; its policy must admit EBS. Without it `aws/ebs` does.
            log_retention_days: How long control-plane logs are kept.
            deletion_protection: See `ControlPlane`.
            zonal_shift: See `ControlPlane`.
            protected: Keep the logs when the stack is deleted.

        Raises:
            ValueError: If there is nothing that a pod could run on, or the add-ons do not fit (`AddOns`).
        """
        super().__init__(scope, construct_id)
        if not node_groups and not fargate_profiles:
            raise ValueError("a cluster needs node_groups, fargate_profiles, or both")
        self._vpc = vpc
        self._private_subnets = private_subnets
        self.control_plane = ControlPlane(
            self,
            "ControlPlane",
            cluster_name=cluster_name,
            kubernetes_version=kubernetes_version,
            vpc=vpc,
            subnets=private_subnets,
            encryption_key=encryption_key,
            endpoint=endpoint,
            access_entries=access_entries,
            log_retention_days=log_retention_days,
            deletion_protection=deletion_protection,
            zonal_shift=zonal_shift,
            protected=protected,
        )
        self._image_pull_policy = ImagePullPolicy(
            self, "ImagePullPolicy", pull_through_repository_arns=pull_through_repository_arns
        )
        self._define_node_groups(node_groups or {}, volume_key)
        self._define_fargate_profiles(fargate_profiles or {})
        self._define_add_ons(optional_add_ons, add_on_versions)

    def _define_node_groups(self, node_groups: Mapping[str, NodeGroupOptions], volume_key: kms.IKey | None) -> None:
        self.node_groups = {}
        if not node_groups:
            return
        node_role = NodeRole(
            self,
            "NodeRole",
            cluster_arn=self.control_plane.cluster_arn,
            image_pull_policy=self._image_pull_policy,
        )
        parent = Construct(self, "NodeGroups")
        for name, options in node_groups.items():
            self.node_groups[name] = ManagedNodeGroup(
                parent,
                name,
                control_plane=self.control_plane,
                subnets=self._private_subnets,
                node_role=node_role,
                options=options,
                volume_key=volume_key,
            )

    def _define_fargate_profiles(self, profiles: Mapping[str, Sequence[eks.Selector]]) -> None:
        self.fargate_profiles = None
        selectors = dict(profiles)
        if not self.node_groups:
            # Else CoreDNS, and with it every name that a pod looks up, would have nowhere to run.
            selectors["KubeSystem"] = [eks.Selector(namespace="kube-system")]
        if selectors:
            self.fargate_profiles = FargateProfiles(
                self,
                "FargateProfiles",
                control_plane=self.control_plane,
                vpc=self._vpc,
                subnets=self._private_subnets,
                image_pull_policy=self._image_pull_policy,
                selectors=selectors,
            )

    def _define_add_ons(self, optional: Sequence[OptionalAddOn] | None, versions: AddOnVersions) -> None:
        self.add_ons = AddOns(
            self,
            "AddOns",
            control_plane=self.control_plane,
            node_groups=[group.node_group for group in self.node_groups.values()],
            fargate_profiles=self.fargate_profiles.profiles if self.fargate_profiles else [],
            optional=optional,
            versions=versions,
        )
