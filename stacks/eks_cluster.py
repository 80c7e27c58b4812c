"""The EKS stack: changes with every Kubernetes version and every node group."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.eks.cluster import EksCluster
from reference_constructs.network.vpc import PlatformVpc
from reference_constructs.registry.pull_through_cache import repository_arn
from reference_constructs.security.encryption_key import EncryptionKey
from settings import Environment
from settings.eks import EksSettings
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
            retention=environment.retention,
        )
        key.allow_cloudwatch_logs()
        if environment.customer_managed_keys:
            key.allow_ebs_volumes()
        self.cluster = EksCluster(
            self,
            "Eks",
            options=eks,
            cluster_name=environment.name,
            vpc=self._import_vpc(environment, network),
            private_subnets=network.private_subnets,
            encryption_key=key,
            volume_key=key if environment.customer_managed_keys else None,
            pull_through_repository_arns=[repository_arn(self, f"{environment.cache_prefix}/*")]
            if environment.registry.pull_through_cache
            else [],
            retention=environment.retention,
        )
        self._define_outputs()

    def _import_vpc(self, environment: Environment, network: PlatformVpc) -> ec2.IVpc:
        """The VPC as something that this stack does not change: given itself, the L2 would tag what is in it."""
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
        outputs |= {
            f"{_words(name)}{output}": value
            for name, nodes in self.cluster.nodes.items()
            for output, value in nodes.outputs.items()
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)


def _words(name: str) -> str:
    """A name with hyphens as the name of an output begins: `on-premises` is `OnPremises`."""
    return "".join(part.capitalize() for part in name.split("-"))
