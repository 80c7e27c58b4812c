"""A Network Load Balancer that services share, each by listeners of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from reference_constructs.edge.access_log_bucket import AccessLogBucket
from reference_constructs.edge.network_load_balancer_options import (
    NetworkListenerOptions,
    NetworkLoadBalancerOptions,
)
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_PUBLIC = (
    "A public service: the environment file admits 0.0.0.0/0 explicitly, to the ports of the listeners that it names. "
    "Nobody gets any further than these."
)
# Of a block that the Guard rule does not take for the whole internet.
_WIDEST_PREFIX = 8
_ANYWHERE = IPv4Network("0.0.0.0/0")
_PROTOCOLS: Mapping[str, tuple[str, ...]] = {
    "TCP": ("tcp",),
    "TLS": ("tcp",),
    "UDP": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
}


class SharedNetworkLoadBalancer(Construct):
    """A Network Load Balancer with a security group, which a load balancer cannot get later.

    A listener of a Network Load Balancer forwards to one service, so each service has its listeners in its own stack.
    Here are the ports of all of them, open to the clients, and the way out to the group of targets.

    Attributes:
        load_balancer: The load balancer.
        security_group: Its security group.
        target_security_group: Security group of its targets; it lets nothing in or out by itself.
    """

    load_balancer: elbv2.NetworkLoadBalancer
    security_group: ec2.SecurityGroup
    target_security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        options: NetworkLoadBalancerOptions,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the load balancer.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Its network.
            subnets: Public ones if it faces the internet, else private ones.
            options: Scheme, clients, and the ports of its listeners.
            retention: Whether deletion protection is on, and access logs outlive the stack.
        """
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self._options = options
        self._define_security_groups()
        self._allow_clients()
        self._define_load_balancer(subnets, protected=retention.protected)
        self._define_access_logs(protected=retention.protected)
        self._acknowledge_findings(protected=retention.protected)

    def _define_security_groups(self) -> None:
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc,
            description="Network Load Balancer: allowed clients in, targets out",
            allow_all_outbound=False,
        )
        self.target_security_group = ec2.SecurityGroup(
            self,
            "TargetSecurityGroup",
            vpc=self._vpc,
            description="Targets of the Network Load Balancer: where it can connect to, if their own group lets it",
            allow_all_outbound=False,
        )
        used = {protocol for each in self._options.listeners.values() for protocol in _PROTOCOLS[each.protocol]}
        # Health checks of UDP use TCP.
        for protocol in sorted(used | {"tcp"}):
            # L1, because the L2 would take the only inline rule from the group, which then lets everything out.
            ec2.CfnSecurityGroupEgress(
                self,
                f"{protocol.capitalize()}ToTargets",
                group_id=self.security_group.security_group_id,
                destination_security_group_id=self.target_security_group.security_group_id,
                ip_protocol=protocol,
                from_port=0,
                to_port=65535,
                description="Targets, at the ports that they open themselves",
            )

    def _allow_clients(self) -> None:
        for cidr in self._options.allowed_cidrs:
            for protocol, port in _client_ports(self._options.listeners.values()):
                self.security_group.add_ingress_rule(
                    ec2.Peer.ipv4(str(cidr)),
                    ec2.Port.tcp(port) if protocol == "tcp" else ec2.Port.udp(port),
                    "Allowed clients",
                )

    def _define_load_balancer(self, subnets: Sequence[ec2.ISubnet], *, protected: bool) -> None:
        self.load_balancer = elbv2.NetworkLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self._vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            internet_facing=self._options.scheme == "internet-facing",
            security_groups=[self.security_group],
            cross_zone_enabled=self._options.cross_zone,
            deletion_protection=protected,
        )

    def _define_access_logs(self, *, protected: bool) -> None:
        """Attributes by hand, because the L2 would write a policy of its own (`AccessLogBucket`)."""
        retention_days = self._options.access_log_retention_days
        if retention_days is None:
            self._acknowledge_no_access_logs()
            return
        bucket = AccessLogBucket(
            self, "AccessLogBucket", retention_days=retention_days, protected=protected, of_network_load_balancer=True
        )
        self.load_balancer.set_attribute("access_logs.s3.enabled", "true")
        self.load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
        if bucket.policy is not None:
            # Elastic Load Balancing tries the permission at once, and fails without it.
            self.load_balancer.node.add_dependency(bucket.policy)

    def _acknowledge_no_access_logs(self) -> None:
        reason = (
            "A Network Load Balancer writes access logs of TLS requests alone ('Access logs for your Network Load "
            "Balancer'). VPC flow logs record every connection."
        )
        acknowledge(self.load_balancer, "ELB2", packs=("AwsSolutions",), reason=reason)
        acknowledge(self.load_balancer, "ELBLoggingEnabled", reason=reason)

    def _acknowledge_findings(self, *, protected: bool) -> None:
        if _ANYWHERE in self._options.allowed_cidrs:
            acknowledge(
                self.security_group,
                "EC23",
                packs=("AwsSolutions",),
                reason=_PUBLIC,
            )
        is_open = any(cidr.prefixlen < _WIDEST_PREFIX for cidr in self._options.allowed_cidrs)
        if is_open and any(each.port not in (80, 443) for each in self._options.listeners.values()):
            acknowledge_guard_rule(self.security_group, "ec2_world_reaches_web_ports_only", reason=_PUBLIC)
        if not protected:
            acknowledge(
                self.load_balancer,
                "ELBDeletionProtectionEnabled",
                packs=("NIST.800.53.R5", "HIPAA.Security"),
                reason="A disposable environment: `cdk destroy --all` must be able to delete it. protected: true turns "
                "deletion protection on.",
            )
        for rule in ("elb_drops_invalid_headers", "elb_is_defensive_about_desync"):
            acknowledge_guard_rule(
                self.load_balancer, rule, reason="A Network Load Balancer does not read requests, so it has no headers."
            )


def _client_ports(listeners: Iterable[NetworkListenerOptions]) -> list[tuple[str, int]]:
    """Protocol and port of each listener, each once."""
    return list(dict.fromkeys((protocol, each.port) for each in listeners for protocol in _PROTOCOLS[each.protocol]))
