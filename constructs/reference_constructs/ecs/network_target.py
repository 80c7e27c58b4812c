"""A listener of a Network Load Balancer and its target group, which are of one service."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.container_options import ContainerOptions
from reference_constructs.ecs.deployment_options import DeploymentOptions
from reference_constructs.ecs.network_routing_options import NetworkRoutingOptions
from reference_constructs.ecs.service_load_balancer import ServiceLoadBalancer
from reference_constructs.ecs.service_ports import serving_port
from reference_constructs.ecs.traffic_shift import shift_role, weights
from reference_constructs.edge.network_load_balancer_options import NetworkListenerOptions
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule

_PROTOCOLS: Mapping[str, tuple[str, ...]] = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}
_TCP = ("tcp",)


class NetworkTarget(Construct):
    """Connections to a port of a Network Load Balancer, forwarded to a port of a container.

    Attributes:
        target_group: Where the tasks are registered.
        alternate_target_group: Where they are after every other deployment that shifts connections; none without one.
        listener: The listener.
    """

    target_group: elbv2.NetworkTargetGroup
    alternate_target_group: elbv2.NetworkTargetGroup | None
    listener: elbv2.NetworkListener

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: NetworkRoutingOptions,
        balancer: ServiceLoadBalancer,
        service: ecs.BaseService,
        security_group: ec2.SecurityGroup,
        vpc: ec2.IVpc,
        containers: Mapping[str, ContainerOptions],
        deployment: DeploymentOptions,
    ) -> None:
        """Define them.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Listener, container, health check.
            balancer: The load balancer, made elsewhere.
            service: Whose tasks are registered.
            security_group: Of the tasks, which lets the load balancer in.
            vpc: Of the tasks.
            containers: Of the task.
            deployment: How the service deploys.

        Raises:
            ValueError: If the load balancer is no Network Load Balancer or has no such listener, or if not exactly one
                container has a port of the protocol.
        """
        super().__init__(scope, construct_id)
        listener = balancer.network_listeners.get(options.listener)
        if listener is None or balancer.network_load_balancer is None:
            raise ValueError(f"{options.load_balancer} is no Network Load Balancer with a listener {options.listener}")
        self._options = options
        self._protocols = _PROTOCOLS.get(listener.protocol, _TCP)
        container, port = serving_port(containers, options.container, options.container_port, self._protocols)
        self.target_group = self._define_target_group("TargetGroup", listener, vpc)
        self.alternate_target_group = None
        if deployment.shifts_traffic:
            self.alternate_target_group = self._define_target_group("AlternateTargetGroup", listener, vpc)
        self._define_listener(listener, balancer.network_load_balancer, deployment)
        self._register_tasks(service, container, port)
        self._allow_load_balancer(security_group, balancer.network_security_group, port)

    def _define_target_group(
        self, construct_id: str, listener: NetworkListenerOptions, vpc: ec2.IVpc
    ) -> elbv2.NetworkTargetGroup:
        options = self._options
        protocol = options.protocol or ("TCP" if listener.protocol == "TLS" else listener.protocol)
        target_group = elbv2.NetworkTargetGroup(
            self,
            construct_id,
            vpc=vpc,
            # Each task registers with the port of its container; this one is only for targets that state none.
            port=listener.port,
            protocol=elbv2.Protocol[protocol],
            target_type=elbv2.TargetType.IP,
            deregistration_delay=seconds(options.deregistration_delay_seconds),
            connection_termination=options.terminate_connections or None,
            preserve_client_ip=options.preserve_client_ip,
            proxy_protocol_v2=options.proxy_protocol_v2 or None,
            health_check=elbv2.HealthCheck(
                protocol=elbv2.Protocol[options.health_check_protocol],
                path=options.health_check_path,
                port=None if options.health_check_port is None else str(options.health_check_port),
                interval=seconds(options.health_check_interval_seconds),
                timeout=seconds(options.health_check_timeout_seconds),
                healthy_threshold_count=options.healthy_threshold_count,
                unhealthy_threshold_count=options.unhealthy_threshold_count,
            ),
        )
        if options.stickiness:
            target_group.set_attribute("stickiness.enabled", "true")
            target_group.set_attribute("stickiness.type", "source_ip")
        return target_group

    def _register_tasks(self, service: ecs.BaseService, container: str, port: int) -> None:
        protocol = ecs.Protocol.UDP if self._protocols == ("udp",) else ecs.Protocol.TCP
        service.load_balancer_target(
            container_name=container, container_port=port, protocol=protocol, alternate_target=self._alternate_target()
        ).attach_to_network_target_group(self.target_group)

    def _alternate_target(self) -> ecs.AlternateTarget | None:
        """Amazon ECS shifts the connections of a whole listener, which has no rules."""
        if self.alternate_target_group is None:
            return None
        return ecs.AlternateTarget(
            "Alternate",
            alternate_target_group=self.alternate_target_group,
            production_listener=ecs.ListenerRuleConfiguration.network_listener(self.listener),
            role=shift_role(self, "Role"),
        )

    def _define_listener(
        self, listener: NetworkListenerOptions, balancer: elbv2.INetworkLoadBalancer, deployment: DeploymentOptions
    ) -> None:
        arn = listener.certificate_arn
        self.listener = elbv2.NetworkListener(
            self,
            "Listener",
            load_balancer=balancer,
            port=listener.port,
            protocol=elbv2.Protocol[listener.protocol],
            certificates=None if arn is None else [elbv2.ListenerCertificate.from_arn(arn)],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ if listener.protocol == "TLS" else None,
            default_target_groups=[self.target_group] if self.alternate_target_group is None else None,
            default_action=None
            if self.alternate_target_group is None
            else _forward(deployment, self.target_group, self.alternate_target_group),
        )
        reason = f"{listener.protocol} by choice of the environment: not all that is no HTTP has TLS, or its own has."
        if listener.protocol != "TLS":
            acknowledge(self.listener, "ELBv2ACMCertificateRequired", reason=reason)
            acknowledge_guard_rule(self.listener, "elb_listener_is_https_or_redirects_to_it", reason=reason)

    def _allow_load_balancer(
        self, security_group: ec2.SecurityGroup, balancer: ec2.ISecurityGroup | None, port: int
    ) -> None:
        if balancer is None:
            return
        opened = [ec2.Port.udp(port) if each == "udp" else ec2.Port.tcp(port) for each in self._protocols]
        health = self._options.health_check_port
        if health is not None and (health != port or "tcp" not in self._protocols):
            security_group.add_ingress_rule(balancer, ec2.Port.tcp(health), "Health checks of the load balancer")
        elif "tcp" not in self._protocols:
            opened.append(ec2.Port.tcp(port))
        for each in opened:
            security_group.add_ingress_rule(balancer, each, "Load balancer to target")


def _forward(
    deployment: DeploymentOptions, primary: elbv2.NetworkTargetGroup, alternate: elbv2.NetworkTargetGroup
) -> elbv2.NetworkListenerAction:
    return elbv2.NetworkListenerAction.weighted_forward(
        [
            elbv2.NetworkWeightedTargetGroup(target_group=group, weight=weight)
            for group, weight in zip((primary, alternate), weights(deployment), strict=True)
        ]
    )
