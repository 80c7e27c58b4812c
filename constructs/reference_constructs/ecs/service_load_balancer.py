"""What a service knows of a load balancer that it is behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from reference_constructs.edge.listener_options import AnyIdentityProviderOptions
from reference_constructs.edge.network_load_balancer_options import NetworkListenerOptions


@dataclass(frozen=True, kw_only=True)
class ServiceLoadBalancer:
    """A load balancer that is made elsewhere.

    Attributes:
        listener: Of an Application Load Balancer, to which services add rules; None of a Network Load Balancer.
        target_security_group: Where its security group lets it out to; None if there is none for targets alone.
        identity_providers: Those of an Application Load Balancer, by name.
        network_load_balancer: A Network Load Balancer, to which services add listeners.
        network_security_group: Its security group.
        network_listeners: Ports and protocols of its listeners, by name.
    """

    listener: elbv2.IApplicationListener | None = None
    target_security_group: ec2.ISecurityGroup | None = None
    identity_providers: Mapping[str, AnyIdentityProviderOptions] = field(default_factory=dict)
    network_load_balancer: elbv2.INetworkLoadBalancer | None = None
    network_security_group: ec2.ISecurityGroup | None = None
    network_listeners: Mapping[str, NetworkListenerOptions] = field(default_factory=dict)


NO_LOAD_BALANCERS: Final[Mapping[str, ServiceLoadBalancer]] = {}
NO_IDENTITY_PROVIDERS: Final[Mapping[str, AnyIdentityProviderOptions]] = {}
NO_PRIORITIES: Final[Mapping[str, int]] = {}
