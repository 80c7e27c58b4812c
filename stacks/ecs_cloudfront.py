"""The stack of Amazon CloudFront in front of one load balancer of the ECS cluster."""

from __future__ import annotations

from typing import Unpack

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from reference_constructs.edge.cloudfront import CloudFrontDistribution
from settings.ecs import HostedZoneSettings, LoadBalancerSettings
from stacks.ecs_cluster import EcsClusterStack
from stacks.stack_options import StackOptions


class EcsCloudFrontStack(cdk.Stack):
    """Distribution and VPC origin: what takes longest, and what others can make fail, such as an alias in use.

    A failure here rolls nothing back of the load balancer and of its services.

    Attributes:
        cloudfront: What is in it.
    """

    cloudfront: CloudFrontDistribution

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        settings: LoadBalancerSettings,
        cluster: EcsClusterStack,
        **options: Unpack[StackOptions],
    ) -> None:
        """Wire the distribution of a load balancer.

        Raises:
            ValueError: If the load balancer has no distribution, or is not of the stack of the cluster.
        """
        super().__init__(scope, construct_id, **options)
        record_name = settings.record_name
        balancer = cluster.load_balancers.get(name) if name else cluster.load_balancer
        if settings.cloudfront is None or balancer is None:
            raise ValueError("a distribution needs a load balancer of the cluster's stack")
        self.cloudfront = CloudFrontDistribution(
            self,
            "CloudFront",
            load_balancer=balancer.load_balancer,
            plain_http=settings.plain_http,
            options=settings.cloudfront,
            origin_domain_name=None if record_name is None or record_name.startswith("*.") else record_name,
            hosted_zone=self._import_hosted_zone(settings.cloudfront.hosted_zone),
        )
        aliases = settings.cloudfront.aliases
        host = aliases[0] if aliases else self.cloudfront.distribution.distribution_domain_name
        cdk.CfnOutput(self, "Url", value=f"https://{host}", description="Where viewers reach the services")

    def _import_hosted_zone(self, zone: HostedZoneSettings | None) -> route53.IHostedZone | None:
        if zone is None:
            return None
        return route53.HostedZone.from_hosted_zone_attributes(
            self, "HostedZone", hosted_zone_id=zone.hosted_zone_id, zone_name=zone.zone_name
        )
