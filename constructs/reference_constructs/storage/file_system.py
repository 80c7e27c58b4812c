"""What all kinds of file systems give to those who mount them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.storage.storage_options import StorageOptions


@dataclass(frozen=True, kw_only=True)
class ClientPorts:
    """TCP ports between clients and a file system.

    Attributes:
        first: The first port.
        last: The last port.
    """

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Mounting:
    """What whoever mounts a file system needs to know.

    Attributes:
        values: What only a deployment knows, by its part of the name of an output (`storage_output`) and the name of
            that part of the file system, which is empty for the whole.
        security_group_id: Of its network interfaces; None for a bucket, which has none.
        client_ports: Ports on which clients connect to it.
        connects_back: Whether it connects to its clients too, on the same ports.
        backup_arn: What AWS Backup backs up; None if it cannot.
    """

    values: Mapping[tuple[str, str], str]
    security_group_id: str | None = None
    client_ports: tuple[ClientPorts, ...] = ()
    connects_back: bool = False
    backup_arn: str | None = field(default=None)


@dataclass(frozen=True, kw_only=True)
class MountableStorage:
    """The file systems of an environment, as a cluster is given them.

    Attributes:
        options: Their options, and the storage classes of volumes.
        mountings: What clients need to know of each, by name.
        encryption_key_arn: What encrypts the objects of buckets; None for the AWS managed key.
    """

    options: StorageOptions
    mountings: Mapping[str, Mounting]
    encryption_key_arn: str | None = None


class StorageSecurityGroup(ec2.SecurityGroup):
    """The security group of a file system: nobody in, nothing out.

    Clients are in stacks that are deployed later, and bring the rules that let them in (docs/adr/0036).
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc, description: str) -> None:
        """Define the security group.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Where it is.
            description: Cannot change: another one replaces the group.
        """
        super().__init__(scope, construct_id, vpc=vpc, description=description, allow_all_outbound=False)
