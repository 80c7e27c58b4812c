"""A security group whose egress is limited."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from reference_constructs.network.egress_options import EgressRuleOptions
from reference_constructs.security.acknowledgements import acknowledge_guard_rule


class LimitedSecurityGroup(ec2.SecurityGroup):
    """A security group that lets HTTPS out, and besides only what it is told.

    The default of EC2, and of the L2, is everything to everywhere: whoever takes over a container can then send what it
    reads anywhere, and reach any service of any protocol. HTTPS is what AWS APIs, registries and Session Manager speak;
    their addresses are not known, so it is allowed to every address. Name resolution by the
    VPC, the time, and the metadata of tasks need no rule: security groups do not filter them ("Security group rules",
    Amazon VPC User Guide). Reasons: docs/adr/0017.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        description: str,
        egress: Sequence[EgressRuleOptions] = (),
        vpc_cidrs: Sequence[str] = (),
        dual_stack: bool = False,
    ) -> None:
        """Define the security group.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Where it is.
            description: Cannot change: another one replaces the group.
            egress: What is allowed besides HTTPS.
            vpc_cidrs: Everything is allowed to these addresses, such as databases in the VPC.
            dual_stack: Whether the VPC has IPv6 too: then HTTPS is allowed to every IPv6 address as well, since a
                program that resolves a name to both tries IPv6 first.
        """
        super().__init__(scope, construct_id, vpc=vpc, description=description, allow_all_outbound=False)
        self.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS: AWS APIs and registries")
        if dual_stack:
            self.add_egress_rule(ec2.Peer.any_ipv6(), ec2.Port.tcp(443), "HTTPS: AWS APIs and registries by IPv6")
        for vpc_cidr in vpc_cidrs:
            self.add_egress_rule(ec2.Peer.ipv4(vpc_cidr), ec2.Port.all_traffic(), "Inside the VPC")
        for rule in egress:
            self.add_egress_rule(ec2.Peer.ipv4(str(rule.cidr)), _port(rule), f"Asked for: {rule.cidr}")
        if any(rule.is_open for rule in egress):
            acknowledge_guard_rule(
                self,
                "ec2_egress_to_the_world_is_https",
                reason="The environment file allows egress to the internet on more than port 443 explicitly (egress).",
            )


def _port(rule: EgressRuleOptions) -> ec2.Port:
    if rule.protocol == "tcp":
        return ec2.Port.all_tcp() if rule.port is None else ec2.Port.tcp(rule.port)
    return ec2.Port.all_udp() if rule.port is None else ec2.Port.udp(rule.port)
