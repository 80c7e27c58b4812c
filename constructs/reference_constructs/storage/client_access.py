"""Rules of security groups that let clients in to a file system."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.storage.file_system import Mounting


def let_in(scope: Construct, name: str, clients: ec2.ISecurityGroup, mounting: Mounting) -> None:
    """Open the ports of a file system to a security group of clients.

    The rules are resources of the stack of the clients, since a file system is there before them. FSx for Lustre also
    connects to its clients ("File system access control with Amazon VPC").

    Args:
        scope: Parent of the rules.
        name: Name of the file system; part of the construct IDs.
        clients: Security group of the clients.
        mounting: The file system.
    """
    if mounting.security_group_id is None:
        return
    for ports in mounting.client_ports:
        ec2.CfnSecurityGroupIngress(
            scope,
            f"To-{name}-{ports.first}",
            group_id=mounting.security_group_id,
            source_security_group_id=clients.security_group_id,
            description="Clients of the file system",
            ip_protocol="tcp",
            from_port=ports.first,
            to_port=ports.last,
        )
        if mounting.connects_back:
            ec2.CfnSecurityGroupEgress(
                scope,
                f"OutOf-{name}-{ports.first}",
                group_id=mounting.security_group_id,
                destination_security_group_id=clients.security_group_id,
                description="Clients of the file system",
                ip_protocol="tcp",
                from_port=ports.first,
                to_port=ports.last,
            )
            ec2.CfnSecurityGroupIngress(
                scope,
                f"From-{name}-{ports.first}",
                group_id=clients.security_group_id,
                source_security_group_id=mounting.security_group_id,
                description="Servers of the file system",
                ip_protocol="tcp",
                from_port=ports.first,
                to_port=ports.last,
            )
