"""The storage stack: outlives the platforms whose tasks and pods mount what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.ecs.task_volumes import MountableFileSystem
from reference_constructs.network.network import Network, NetworkSource
from reference_constructs.output_names import storage_output
from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.storage.efs import ElasticFileSystem
from reference_constructs.storage.file_system import Mounting
from reference_constructs.storage.file_systems import FileSystems
from settings import Environment
from stacks.stack_options import StackOptions


class StorageStack(cdk.Stack):
    """File systems and buckets of both platforms, between the network and the clusters.

    Attributes:
        key: Encrypts all of it; None where the AWS managed keys do.
        file_systems: The file systems and buckets.
        imported_key_arn: ARN of the key as other stacks import it; None without one.
        mountings: What clients in other stacks need to know of each, by name.
        mountable: Amazon EFS file systems that volumes of tasks can name.
    """

    key: EncryptionKey | None
    file_systems: FileSystems
    imported_key_arn: str | None
    mountings: Mapping[str, Mounting]
    mountable: Mapping[str, MountableFileSystem]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        network: NetworkSource,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the storage of an environment."""
        super().__init__(scope, construct_id, **options)
        connected = network(self)
        self._subnet_ids = [subnet.subnet_id for subnet in connected.private_subnets]
        self.key = (
            EncryptionKey(self, "Key", description=f"{construct_id}: file systems", retention=environment.retention)
            if environment.customer_managed_keys
            else None
        )
        self.file_systems = FileSystems(
            self,
            "FileSystems",
            options=environment.storage,
            vpc=self._import_vpc(environment, connected),
            subnets=connected.private_subnets,
            encryption_key=self.key,
            backup_tags=environment.resource_tags,
            retention=environment.retention,
        )
        self._define_outputs()
        self.imported_key_arn = self.export_value(self.key.key_arn) if self.key is not None else None
        self.mountings = {name: self._exported(each) for name, each in self.file_systems.mountings.items()}
        self.mountable = {
            name: MountableFileSystem(
                file_system_id=self.mountings[name].values["FileSystemId", ""],
                access_point_ids={
                    point: self.mountings[name].values["AccessPointId", point] for point in each.access_points
                },
            )
            for name, each in self.file_systems.by_name.items()
            if isinstance(each, ElasticFileSystem)
        }

    def _import_vpc(self, environment: Environment, network: Network) -> ec2.IVpc:
        """The VPC as something that this stack does not change."""
        return ec2.Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id=network.vpc.vpc_id, availability_zones=list(environment.availability_zones)
        )

    def _define_outputs(self) -> None:
        for name, mounting in self.file_systems.mountings.items():
            for (value, part), found in mounting.values.items():
                cdk.CfnOutput(self, storage_output(name, value, part), value=found)

    def _exported(self, mounting: Mounting) -> Mounting:
        """The same as other stacks import it.

        All that any client may read is exported, used or not, so that no client's change changes this stack. Stacks
        that use it depend on this one explicitly (`Platform`).
        """
        group = mounting.security_group_id
        return replace(
            mounting,
            # A subnet is a value of the network.
            values={
                key: value if value in self._subnet_ids else self.export_value(value)
                for key, value in mounting.values.items()
            },
            security_group_id=None if group is None else self.export_value(group),
        )
