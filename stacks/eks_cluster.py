"""The EKS stack: changes with every Kubernetes version and every node group."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks_v2
from constructs import Construct

from environments import Environment
from environments.eks import (
    AccessEntrySettings,
    EksSettings,
    EndpointSettings,
    FargateProfileSettings,
    NodeGroupSettings,
)
from reference_constructs.eks.cluster import EksCluster
from reference_constructs.eks.control_plane import AccessEntryOptions, EndpointOptions
from reference_constructs.eks.node_group import NodeGroupOptions
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.registry.pull_through_cache import repository_arn
from reference_constructs.security.encryption_key import EncryptionKey
from stacks.stack_options import StackOptions


class EksClusterStack(cdk.Stack):
    """An EKS cluster with its nodes, Fargate profiles and add-ons.

    Attributes:
        cluster: The cluster.
    """

    cluster: EksCluster

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        eks: EksSettings,
        network: PlatformVpc,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the EKS cluster of an environment."""
        super().__init__(scope, construct_id, **options)
        key = EncryptionKey(
            self,
            "Key",
            description=f"{construct_id}: secrets, logs, volumes",
            protected=environment.protected,
        )
        key.allow_cloudwatch_logs()
        if environment.customer_managed_keys:
            key.allow_ebs_volumes()
        self.cluster = EksCluster(
            self,
            "Eks",
            cluster_name=environment.name,
            kubernetes_version=eks.kubernetes_version,
            vpc=self._import_vpc(environment, network),
            private_subnets=network.private_subnets,
            encryption_key=key,
            endpoint=_endpoint(eks.endpoint),
            access_entries={name: _access_entry(entry) for name, entry in eks.access_entries.items()},
            node_groups={name: _node_group(group) for name, group in eks.node_groups.items()},
            fargate_profiles={name: _selectors(profile) for name, profile in eks.fargate_profiles.items()},
            optional_add_ons=eks.add_ons,
            add_on_versions=eks.add_on_versions,
            pull_through_repository_arns=[repository_arn(self, f"{environment.cache_prefix}/*")]
            if environment.registry.pull_through_cache
            else [],
            volume_key=key if environment.customer_managed_keys else None,
            log_retention_days=environment.log_retention_days,
            deletion_protection=environment.protected,
            zonal_shift=environment.protected,
            protected=environment.protected,
        )
        self._define_outputs()

    def _import_vpc(self, environment: Environment, network: PlatformVpc) -> ec2.IVpc:
        """The VPC as something that is not ours to change: given itself, the L2 would tag what is in it."""
        return ec2.Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id=network.vpc.vpc_id, availability_zones=list(environment.availability_zones)
        )

    def _define_outputs(self) -> None:
        cluster = self.cluster.control_plane.cluster
        outputs = {
            "ClusterName": cluster.cluster_name,
            "ClusterEndpoint": cluster.cluster_endpoint,
            "OpenIdConnectIssuer": cluster.cluster_open_id_connect_issuer_url,
            "UpdateKubeconfigCommand": f"aws eks update-kubeconfig --region {self.region} "
            f"--name {cluster.cluster_name}",
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)


def _endpoint(settings: EndpointSettings) -> EndpointOptions:
    return EndpointOptions(
        access=settings.access,
        public_access_cidrs=[str(cidr) for cidr in settings.public_access_cidrs],
        private_access_cidrs=[str(cidr) for cidr in settings.private_access_cidrs],
    )


def _access_entry(settings: AccessEntrySettings) -> AccessEntryOptions:
    return AccessEntryOptions(
        principal_arn=settings.principal_arn, policy=settings.policy, namespaces=settings.namespaces
    )


def _node_group(settings: NodeGroupSettings) -> NodeGroupOptions:
    return NodeGroupOptions(
        operating_system=settings.operating_system,
        architecture=settings.architecture,
        instance_types=settings.instance_types,
        capacity_type=settings.capacity_type,
        min_size=settings.min_size,
        desired_size=settings.desired_size,
        max_size=settings.max_size,
        volume_gib=settings.volume_gib,
        max_unavailable_percent=settings.max_unavailable_percent,
        labels=settings.labels,
        taints=[
            eks_v2.TaintSpec(key=taint.key, value=taint.value, effect=eks_v2.TaintEffect[taint.effect])
            for taint in settings.taints
        ],
    )


def _selectors(settings: FargateProfileSettings) -> list[eks_v2.Selector]:
    return [
        eks_v2.Selector(namespace=selector.namespace, labels=selector.labels or None) for selector in settings.selectors
    ]
