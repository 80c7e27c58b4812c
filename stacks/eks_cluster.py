"""The EKS stack: changes with every Kubernetes version and every node group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.eks.cluster import EksCluster
from reference_constructs.network.network import Network, NetworkSource
from reference_constructs.output_names import in_capitals
from reference_constructs.registry.pull_through_cache import repository_arn
from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.storage.file_system import MountableStorage
from settings import Environment
from settings.eks import EksSettings
from stacks.stack_options import StackOptions
from stacks.storage import StorageStack


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
        network: NetworkSource,
        storage: StorageStack | None = None,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the EKS cluster of an environment."""
        super().__init__(scope, construct_id, **options)
        connected = network(self)
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
            vpc=self._import_vpc(environment, connected),
            private_subnets=connected.private_subnets,
            pod_subnets=connected.pod_subnets,
            encryption_key=key,
            secrets_key=kms.Key.from_key_arn(self, "SecretsKey", eks.secrets_key_arn) if eks.secrets_key_arn else None,
            volume_key=key if environment.customer_managed_keys else None,
            pull_through_repository_arns=[repository_arn(self, f"{environment.cache_prefix}/*")]
            if environment.registry.pull_through_cache
            else [],
            retention=environment.retention,
            working_hours=environment.working_hours,
            storage=_mountable(environment, storage),
        )
        self._define_outputs({"ImageCache": self._image_cache(environment), "VpcId": connected.vpc.vpc_id})

    def _import_vpc(self, environment: Environment, network: Network) -> ec2.IVpc:
        """The VPC as something that this stack does not change: given itself, the L2 would tag what is in it."""
        return ec2.Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id=network.vpc.vpc_id, availability_zones=list(environment.availability_zones)
        )

    def _image_cache(self, environment: Environment) -> str:
        """Where manifests find images of public registries."""
        return f"{self.account}.dkr.ecr.{self.region}.{self.url_suffix}/{environment.cache_prefix}"

    def _define_outputs(self, others: Mapping[str, str]) -> None:
        cluster = self.cluster.control_plane.cluster
        outputs = {
            "ClusterName": cluster.cluster_name,
            "ClusterEndpoint": cluster.cluster_endpoint,
            "UpdateKubeconfigCommand": f"aws eks update-kubeconfig --region {self.region} "
            f"--name {cluster.cluster_name}",
            **self.cluster.manifest_values,
            **others,
        }
        if not self.cluster.control_plane.is_local:
            # A local cluster has none, so that CloudFormation could not read it.
            outputs["OpenIdConnectIssuer"] = cluster.cluster_open_id_connect_issuer_url
        for name, role in self.cluster.pod_identities.to_annotate.items():
            outputs[f"PodRoleArn{in_capitals(name)}"] = role.role_arn
        for name, role in self.cluster.delivery_roles.roles.items():
            outputs[f"DeliveryRoleArn{in_capitals(name)}"] = role.role_arn
        outputs |= {
            f"{in_capitals(name)}{output}": value
            for name, nodes in self.cluster.nodes.items()
            for output, value in nodes.outputs.items()
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)


def _mountable(environment: Environment, storage: StorageStack | None) -> MountableStorage | None:
    """What the cluster needs to know of the file systems, and of storage classes without any."""
    if storage is not None:
        return MountableStorage(
            options=environment.storage, mountings=storage.mountings, encryption_key_arn=storage.imported_key_arn
        )
    if environment.storage.volume_classes:
        return MountableStorage(options=environment.storage, mountings={})
    return None
