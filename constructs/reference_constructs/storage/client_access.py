"""Rules of security groups that let clients in to a file system."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.storage.file_system import ClientPorts, Mounting


def rule_in(
    scope: Construct, construct_id: str, *, into: str, source: str, ports: ClientPorts, description: str
) -> ec2.CfnSecurityGroupIngress:
    """Let a security group in, by a resource of its own: the L2 would take back that nothing else goes out.

    Args:
        scope: Parent.
        construct_id: ID in the parent.
        into: ID of the security group that has the rule.
        source: ID of the security group that connects.
        ports: TCP ports.
        description: What the rule is for.
    """
    return ec2.CfnSecurityGroupIngress(
        scope,
        construct_id,
        group_id=into,
        source_security_group_id=source,
        description=description,
        ip_protocol="tcp",
        from_port=ports.first,
        to_port=ports.last,
    )


def rule_out(
    scope: Construct, construct_id: str, *, out_of: str, destination: str, ports: ClientPorts, description: str
) -> ec2.CfnSecurityGroupEgress:
    """Let a security group out to another one, as `rule_in` lets it in.

    Args:
        scope: Parent.
        construct_id: ID in the parent.
        out_of: ID of the security group that has the rule.
        destination: ID of the security group that is connected to.
        ports: TCP ports.
        description: What the rule is for.
    """
    return ec2.CfnSecurityGroupEgress(
        scope,
        construct_id,
        group_id=out_of,
        destination_security_group_id=destination,
        description=description,
        ip_protocol="tcp",
        from_port=ports.first,
        to_port=ports.last,
    )


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
    storage, client = mounting.security_group_id, clients.security_group_id
    if storage is None:
        return
    told = "Clients of the file system"
    for ports in mounting.client_ports:
        first = ports.first
        rule_in(scope, f"To-{name}-{first}", into=storage, source=client, ports=ports, description=told)
        if mounting.connects_back:
            rule_out(scope, f"OutOf-{name}-{first}", out_of=storage, destination=client, ports=ports, description=told)
            back = "Servers of the file system"
            rule_in(scope, f"From-{name}-{first}", into=client, source=storage, ports=ports, description=back)
