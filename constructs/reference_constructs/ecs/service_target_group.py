"""Where an Application Load Balancer finds the tasks of a service."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.routing_options import RoutingOptions


class ServiceTargetGroup(elbv2.ApplicationTargetGroup):
    """A target group with the protocol, the health check, and the attributes of a routing."""

    def __init__(self, scope: Construct, construct_id: str, *, options: RoutingOptions, vpc: ec2.IVpc) -> None:
        """Define the target group.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Protocol, health check, attributes.
            vpc: Of the tasks.
        """
        tls, sticky = options.protocol == "HTTPS", options.stickiness
        super().__init__(
            scope,
            construct_id,
            vpc=vpc,
            # Each task registers with the port of its container; this one is only for targets that state none.
            port=443 if tls else 80,
            protocol=elbv2.ApplicationProtocol[options.protocol],
            protocol_version=None
            if options.protocol_version == "HTTP1"
            else elbv2.ApplicationProtocolVersion[options.protocol_version],
            target_type=elbv2.TargetType.IP,
            deregistration_delay=seconds(options.deregistration_delay_seconds),
            slow_start=None if options.slow_start_seconds is None else seconds(options.slow_start_seconds),
            load_balancing_algorithm_type=None
            if options.load_balancing_algorithm == "round_robin"
            else elbv2.TargetGroupLoadBalancingAlgorithmType[options.load_balancing_algorithm.upper()],
            enable_anomaly_mitigation=options.anomaly_mitigation or None,
            stickiness_cookie_duration=None if sticky is None else seconds(sticky.duration_seconds),
            stickiness_cookie_name=None if sticky is None else sticky.cookie_name,
            health_check=_health_check(options),
        )


def _health_check(options: RoutingOptions) -> elbv2.HealthCheck:
    grpc = options.protocol_version == "GRPC"
    is_default = options.health_check_success_codes == "200"
    return elbv2.HealthCheck(
        path=options.path_of_health_check,
        # HTTP by default, whatever the protocol of the target group is (CreateTargetGroup).
        protocol=elbv2.Protocol.HTTPS if options.protocol == "HTTPS" else None,
        port=None if options.health_check_port is None else str(options.health_check_port),
        # 200 is what the load balancer takes by itself.
        healthy_http_codes=None if is_default or grpc else options.health_check_success_codes,
        healthy_grpc_codes=options.health_check_grpc_codes if grpc else None,
        interval=seconds(options.health_check_interval_seconds),
        timeout=seconds(options.health_check_timeout_seconds),
        healthy_threshold_count=options.healthy_threshold_count,
        unhealthy_threshold_count=options.unhealthy_threshold_count,
    )
