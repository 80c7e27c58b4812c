"""A service of Amazon VPC Lattice in front of an ECS service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_vpclattice as vpclattice
from constructs import Construct

from reference_constructs.ecs.deployment_options import DeploymentOptions, ShiftTestTrafficOptions
from reference_constructs.ecs.traffic_shift import infrastructure_role, weights
from reference_constructs.ecs.vpc_lattice_options import LatticeAuthPolicyOptions, ServiceLatticeOptions
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule

_POLICY: Final = "AmazonECSInfrastructureRolePolicyForVpcLattice"
_HTTPS_PORT: Final = 443
_TEST_PRIORITY: Final = 10


@dataclass(frozen=True, kw_only=True)
class LatticeNetwork:
    """The service network that a service is to be in.

    Attributes:
        arn: Of the service network.
        prefix_list_id: From where its requests come.
    """

    arn: str
    prefix_list_id: str


class LatticeService(Construct):
    """A name, an HTTPS listener, and target groups that Amazon ECS registers the tasks with.

    L1 throughout, because aws-cdk-lib has no L2 of Amazon VPC Lattice. A rolling deployment has one target group. One
    that shifts requests has two, and the default action of the listener is what Amazon ECS shifts: it states both from
    the beginning, in the form in which Amazon ECS leaves it, so that no release touches it (docs/adr/0040; "VPC Lattice
    resources for blue/green, linear, and canary deployments").

    Attributes:
        service: The service of Amazon VPC Lattice.
        listener: Its listener.
        domain_name: Where clients find it.
    """

    service: vpclattice.CfnService
    listener: vpclattice.CfnListener
    domain_name: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: ServiceLatticeOptions,
        network: LatticeNetwork,
        deployment: DeploymentOptions,
        service: ecs.BaseService,
        security_group: ec2.SecurityGroup,
        vpc: ec2.IVpc,
        port: int,
    ) -> None:
        """Define it.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Port, health checks, name, and who may call it.
            network: Where it is.
            deployment: How the service replaces its tasks.
            service: The ECS service.
            security_group: Of its tasks, which is opened to Amazon VPC Lattice.
            vpc: Where the tasks are.
            port: Of the tasks.
        """
        super().__init__(scope, construct_id)
        self._options, self._vpc, self._port = options, vpc, port
        self.service = vpclattice.CfnService(
            self,
            "Service",
            auth_type="NONE" if options.auth_policy is None else "AWS_IAM",
            custom_domain_name=options.custom_domain_name,
            certificate_arn=options.certificate_arn,
        )
        self.domain_name = self.service.attr_dns_entry_domain_name
        if options.auth_policy is not None:
            self._define_auth_policy(options.auth_policy)
        groups = [self._define_target_group("TargetGroup")]
        if deployment.shifts_traffic:
            groups.append(self._define_target_group("AlternateTargetGroup"))
        self._define_listener(groups, deployment)
        self._define_test_rule(deployment.test_traffic if deployment.shifts_traffic else None)
        self._define_association(network)
        security_group.add_ingress_rule(ec2.Peer.prefix_list(network.prefix_list_id), ec2.Port.tcp(port), "VPC Lattice")
        self._state_configuration(service, groups)

    def _define_auth_policy(self, options: LatticeAuthPolicyOptions) -> None:
        """Any of those that are named; a request without a signature has none of these keys, and is refused."""
        allowed: list[dict[str, Any]] = []
        for key, values in (
            ("aws:PrincipalOrgID", options.organization_ids),
            ("aws:PrincipalAccount", options.account_ids),
            ("aws:PrincipalArn", options.principal_arns),
        ):
            if values:
                allowed.append(
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "vpc-lattice-svcs:Invoke",
                        "Resource": "*",
                        "Condition": {"StringEquals": {key: list(values)}},
                    }
                )
        vpclattice.CfnAuthPolicy(
            self,
            "AuthPolicy",
            resource_identifier=self.service.attr_id,
            policy={"Version": "2012-10-17", "Statement": allowed},
        )

    def _define_target_group(self, construct_id: str) -> vpclattice.CfnTargetGroup:
        options = self._options
        return vpclattice.CfnTargetGroup(
            self,
            construct_id,
            type="IP",
            config=vpclattice.CfnTargetGroup.TargetGroupConfigProperty(
                port=self._port,
                protocol=options.protocol,
                protocol_version=options.protocol_version,
                ip_address_type="IPV4",
                vpc_identifier=self._vpc.vpc_id,
                health_check=self._health_check(),
            ),
        )

    def _health_check(self) -> vpclattice.CfnTargetGroup.HealthCheckConfigProperty:
        options = self._options
        if options.health_check_path is None:
            return vpclattice.CfnTargetGroup.HealthCheckConfigProperty(enabled=False)
        return vpclattice.CfnTargetGroup.HealthCheckConfigProperty(
            enabled=True,
            path=options.health_check_path,
            protocol=options.protocol,
            protocol_version=options.health_check_protocol_version,
            health_check_interval_seconds=options.health_check_interval_seconds,
            matcher=vpclattice.CfnTargetGroup.MatcherProperty(http_code=options.health_check_codes),
        )

    def _define_listener(self, groups: list[vpclattice.CfnTargetGroup], deployment: DeploymentOptions) -> None:
        shares = weights(deployment) if len(groups) > 1 else (1,)
        self._weighted = [(group.attr_id, weight) for group, weight in zip(groups, shares, strict=True)]
        of_listener = vpclattice.CfnListener
        self.listener = of_listener(
            self,
            "Listener",
            service_identifier=self.service.attr_id,
            protocol="HTTPS",
            port=_HTTPS_PORT,
            default_action=of_listener.DefaultActionProperty(
                forward=of_listener.ForwardProperty(
                    target_groups=[
                        of_listener.WeightedTargetGroupProperty(target_group_identifier=group, weight=weight)
                        for group, weight in self._weighted
                    ]
                )
            ),
        )

    def _define_test_rule(self, options: ShiftTestTrafficOptions | None) -> None:
        self._test_rule = None
        if options is None:
            return
        of_rule = vpclattice.CfnRule
        self._test_rule = of_rule(
            self,
            "TestRule",
            service_identifier=self.service.attr_id,
            listener_identifier=self.listener.attr_id,
            priority=_TEST_PRIORITY,
            match=of_rule.MatchProperty(
                http_match=of_rule.HttpMatchProperty(
                    header_matches=[
                        of_rule.HeaderMatchProperty(
                            name=options.header_name,
                            match=of_rule.HeaderMatchTypeProperty(exact=options.header_value),
                        )
                    ]
                )
            ),
            action=of_rule.ActionProperty(
                forward=of_rule.ForwardProperty(
                    target_groups=[
                        of_rule.WeightedTargetGroupProperty(target_group_identifier=group, weight=weight)
                        for group, weight in self._weighted
                    ]
                )
            ),
        )

    def _define_association(self, network: LatticeNetwork) -> None:
        vpclattice.CfnServiceNetworkServiceAssociation(
            self,
            "ServiceNetworkAssociation",
            service_identifier=self.service.attr_id,
            service_network_identifier=network.arn,
        )

    def _define_role(self) -> iam.Role:
        role = infrastructure_role(self, "Role", policy=_POLICY)
        acknowledge(
            role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",
            packs=("AwsSolutions",),
            reason="What Amazon ECS needs to register tasks with Amazon VPC Lattice and to shift requests, and changes "
            "with Amazon ECS. Nobody else assumes the role.",
        )
        return role

    def _state_configuration(self, service: ecs.BaseService, groups: list[vpclattice.CfnTargetGroup]) -> None:
        """Escape hatch: the L2 of services has no words for Amazon VPC Lattice."""
        stated = ecs.CfnService.VpcLatticeConfigurationProperty(
            port_name=self._options.port_name,
            role_arn=self._define_role().role_arn,
            target_group_arn=groups[0].attr_arn,
            advanced_configuration=ecs.CfnService.VpcLatticeAdvancedConfigurationProperty(
                alternate_target_group_arn=groups[1].attr_arn,
                # The default action has no rule of its own: the listener stands for it.
                production_listener_rule=self.listener.attr_arn,
                test_listener_rule=self._test_rule.attr_arn if self._test_rule is not None else None,
            )
            if len(groups) > 1
            else None,
        )
        cast(ecs.CfnService, service.node.default_child).vpc_lattice_configurations = [stated]
        if len(groups) > 1:
            acknowledge_guard_rule(
                service,
                "F3002",
                reason="The schema of the validator is older than AdvancedConfiguration of VpcLatticeConfigurations, "
                "which Amazon ECS has since October 2026, and CloudFormation and this CDK know.",
            )
        # A target group that no listener forwards to has no health.
        service.node.add_dependency(self.listener)
