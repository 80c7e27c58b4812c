"""A VPC for ECS tasks and EKS pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.network.default_security_group import ClosedDefaultSecurityGroup
from reference_constructs.network.endpoint_policies import principals_of_this_account
from reference_constructs.network.interface_endpoints import add_interface_endpoints
from reference_constructs.network.vpc_options import GatewayEndpoint, VpcOptions
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_PUBLIC = "Public"
_PRIVATE = "Private"
_SUBNETS = ["AWS::EC2::Subnet"]
_GATEWAY_IDS: Final[Mapping[GatewayEndpoint, str]] = MappingProxyType({"dynamodb": "DynamoDb"})


class PlatformVpc(Construct):
    """Public and private subnets in every zone, sized so that pods never run out of addresses.

    Every task (`awsvpc`) and every pod (VPC CNI) takes an address of a private subnet, and each node keeps a
    spare network interface full of them: an m7g.large holds up to 3 interfaces x 10 = 30 addresses for at most
    29 pods. A /19 has 8,192 - 5 = 8,187 addresses, so a zone carries about 270 such nodes or 7,800 pods. Public
    subnets hold load balancers (8 or more addresses each) and NAT gateways only: a /24 is plenty. In a /16, four
    zones of (/19 + /24) take 33,792 of 65,536 addresses: half is left for what comes.

    The address plan covers `max_availability_zones` zones from the start, used or not. The CDK numbers all public
    subnets, then all private ones; without the reserved space a third zone would move, and so replace, every private
    subnet.

    Attributes:
        vpc: The VPC.
        cidrs: Its IPv4 CIDR blocks, as plain text: other stacks need no reference for them.
        dual_stack: Whether its subnets have IPv6 addresses too.
        public_subnets: One per zone, for load balancers.
        private_subnets: One per zone, for everything else.
        pod_subnets: Ids of subnets for pods alone, by zone; empty without any.
        nat_addresses: IP addresses of the NAT gateways, as far as they are created here.
        flow_log_group: Who talked to whom.
    """

    vpc: ec2.Vpc
    cidrs: list[str]
    dual_stack: bool
    public_subnets: list[ec2.ISubnet]
    private_subnets: list[ec2.ISubnet]
    pod_subnets: dict[str, str]
    nat_addresses: list[str]
    flow_log_group: EncryptedLogGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        availability_zones: Sequence[str],
        log_key: kms.IKey,
        options: VpcOptions,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the VPC.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            availability_zones: Stated, because a look-up needs credentials and makes templates differ. In a stack
                whose account is stated, override `Stack.availability_zones` to return the same, or the CDK looks
                them up nevertheless, to compare.
            log_key: Encrypts the flow logs; its policy must admit CloudWatch Logs.
            options: Address plan, NAT gateways, and interface endpoints.
            retention: How long flow logs are kept, and whether they outlive the stack.

        Raises:
            ValueError: If there are more zones than the address plan reserves space for.
        """
        super().__init__(scope, construct_id)
        reserved_zones = options.max_availability_zones - len(availability_zones)
        if reserved_zones < 0:
            raise ValueError(
                f"max_availability_zones is {options.max_availability_zones}; "
                f"allowed: at least {len(availability_zones)}, the number of availability_zones"
            )
        self._options = options
        # That of Amazon S3 is there in any case.
        self._other_gateways = [name for name in options.gateway_endpoints if name in _GATEWAY_IDS]
        self.dual_stack = options.ip_family == "dual_stack"
        self.cidrs = [str(cidr) for cidr in (options.cidr, options.pod_cidr) if cidr is not None]
        self._define_vpc(availability_zones, reserved_zones=reserved_zones)
        self.nat_addresses = self._read_nat_addresses()
        self._tag_subnets_for_kubernetes()
        self._define_pod_subnets()
        self._define_routes()
        ClosedDefaultSecurityGroup(self, "DefaultSecurityGroup", vpc=self.vpc)
        self._define_flow_logs(log_key, retention)
        self._define_interface_endpoints()
        self._limit_gateway_endpoints()
        self._acknowledge_stated_zones()
        self._acknowledge_internet_routes()
        self._acknowledge_ipv6_addresses()

    def _define_vpc(self, availability_zones: Sequence[str], *, reserved_zones: int) -> None:
        options = self._options
        gateways = {"none": 0, "one": 1, "one_per_zone": len(availability_zones), "regional": 1}[options.nat_gateways]
        private_type = ec2.SubnetType.PRIVATE_WITH_EGRESS if gateways else ec2.SubnetType.PRIVATE_ISOLATED
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_protocol=ec2.IpProtocol.DUAL_STACK if self.dual_stack else None,
            ip_addresses=ec2.IpAddresses.cidr(str(options.cidr)),
            availability_zones=list(availability_zones),
            reserved_azs=reserved_zones,
            nat_gateways=gateways,
            nat_gateway_provider=self._nat_provider(),
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name=_PUBLIC,
                    subnet_type=ec2.SubnetType.PUBLIC,
                    cidr_mask=options.public_prefix_length,
                    map_public_ip_on_launch=False,
                    # Load balancers and NAT gateways take the addresses that they need.
                    ipv6_assign_address_on_creation=False if self.dual_stack else None,
                ),
                ec2.SubnetConfiguration(
                    name=_PRIVATE, subnet_type=private_type, cidr_mask=options.private_prefix_length
                ),
            ],
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
                **{_GATEWAY_IDS[name]: _gateway(name) for name in self._other_gateways},
            },
            # The CDK's own way is a Lambda function; this project's is ClosedDefaultSecurityGroup.
            restrict_default_security_group=False,
        )
        self.public_subnets = self.vpc.select_subnets(subnet_group_name=_PUBLIC).subnets
        self.private_subnets = self.vpc.select_subnets(subnet_group_name=_PRIVATE).subnets

    def _nat_provider(self) -> ec2.NatProvider | None:
        if self._options.nat_gateways == "regional":
            return ec2.NatProvider.regional_gateway()
        if self._options.nat_allocation_ids:
            return ec2.NatProvider.gateway(eip_allocation_ids=list(self._options.nat_allocation_ids))
        return None

    def _read_nat_addresses(self) -> list[str]:
        """The addresses that the L2 creates beside its NAT gateways, in the order of the zones."""
        addresses = [subnet.node.try_find_child("EIP") for subnet in self.public_subnets]
        return [each.ref for each in addresses if isinstance(each, ec2.CfnEIP)]

    def _define_pod_subnets(self) -> None:
        """Subnets that share the route table of the private subnet of their zone; L1, since the L2 makes one for each.

        The tag is that by which the VPC CNI plugin knows subnets for pods; load balancer controllers find none of them.
        """
        self.pod_subnets = {}
        if self._options.pod_cidr is None:
            return
        block = ec2.CfnVPCCidrBlock(self, "PodCidr", vpc_id=self.vpc.vpc_id, cidr_block=str(self._options.pod_cidr))
        ranges = self._options.pod_cidr.subnets(new_prefix=self._options.pod_prefix_length)
        for private, cidr in zip(self.private_subnets, ranges, strict=False):
            zone = private.availability_zone
            subnet = ec2.CfnSubnet(
                self,
                f"PodSubnet-{zone}",
                vpc_id=self.vpc.vpc_id,
                availability_zone=zone,
                cidr_block=str(cidr),
                map_public_ip_on_launch=False,
            )
            subnet.add_resource_dependency(block)
            cdk.Tags.of(subnet).add("kubernetes.io/role/cni", "1")
            ec2.CfnSubnetRouteTableAssociation(
                self,
                f"PodRoutes-{zone}",
                subnet_id=subnet.ref,
                route_table_id=private.route_table.route_table_id,
            )
            self.pod_subnets[zone] = subnet.ref

    def _define_routes(self) -> None:
        """Routes of the private subnets; L1, because no L2 of a route takes a transit gateway."""
        attachments: dict[str, ec2.CfnTransitGatewayAttachment] = {}
        for name, options in self._options.routes.items():
            target = options.target
            is_transit = target.startswith("tgw-")
            if is_transit and target not in attachments:
                attachments[target] = ec2.CfnTransitGatewayAttachment(
                    self,
                    f"Attachment-{target}",
                    transit_gateway_id=target,
                    vpc_id=self.vpc.vpc_id,
                    subnet_ids=[subnet.subnet_id for subnet in self.private_subnets],
                )
            for subnet, cidr in product(self.private_subnets, options.cidrs):
                route = ec2.CfnRoute(
                    self,
                    f"Route-{name}-{cidr}-{subnet.availability_zone}".replace("/", "_"),
                    route_table_id=subnet.route_table.route_table_id,
                    destination_cidr_block=str(cidr),
                    transit_gateway_id=target if is_transit else None,
                    vpc_peering_connection_id=None if is_transit else target,
                )
                if is_transit:
                    route.add_resource_dependency(attachments[target])

    def _tag_subnets_for_kubernetes(self) -> None:
        """Tags by which load balancer controllers find subnets ("View Amazon EKS networking requirements")."""
        for subnet in self.public_subnets:
            cdk.Tags.of(subnet).add("kubernetes.io/role/elb", "1", include_resource_types=_SUBNETS)
        for subnet in self.private_subnets:
            cdk.Tags.of(subnet).add("kubernetes.io/role/internal-elb", "1", include_resource_types=_SUBNETS)

    def _define_flow_logs(self, log_key: kms.IKey, retention: RetentionOptions) -> None:
        self.flow_log_group = EncryptedLogGroup(self, "FlowLogGroup", encryption_key=log_key, retention=retention)
        # A policy of its own, because the L2 would write an inline one, which three policy packs refuse.
        policy = iam.ManagedPolicy(
            self,
            "FlowLogPolicy",
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    resources=[self.flow_log_group.log_group_arn],
                )
            ],
        )
        stack = cdk.Stack.of(self)
        # The id of the flow log, which needs the role first, is left open ("IAM role for publishing flow logs to
        # CloudWatch Logs").
        flow_logs = stack.format_arn(service="ec2", resource="vpc-flow-log", resource_name="*")
        role = iam.Role(
            self,
            "FlowLogRole",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": flow_logs},
                },
            ),
            managed_policies=[policy],
        )
        self.vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(self.flow_log_group, role.without_policy_updates()),
        )

    def _define_interface_endpoints(self) -> None:
        add_interface_endpoints(
            self,
            vpc=self.vpc,
            cidrs=self.cidrs,
            subnets=self.private_subnets,
            services=self._options.interface_endpoints,
            account_ids=self._options.endpoint_account_ids,
        )

    def _limit_gateway_endpoints(self) -> None:
        for name in self._other_gateways:
            endpoint = cast("ec2.GatewayVpcEndpoint", self.vpc.node.find_child(_GATEWAY_IDS[name]))
            endpoint.add_to_policy(principals_of_this_account(self, self._options.endpoint_account_ids))

    def _acknowledge_stated_zones(self) -> None:
        """A warning of the CDK's own validator, which the CDK accepts only for zones that it looked up itself."""
        subnets = [subnet.node.find_child("Subnet") for subnet in (*self.public_subnets, *self.private_subnets)]
        subnets += [each for each in self.node.children if isinstance(each, ec2.CfnSubnet)]
        for subnet in subnets:
            cdk.Validations.of(subnet).acknowledge(
                cdk.Acknowledgment(
                    id="CloudFormation-Validate::W3010",
                    reason="Zones are stated on purpose: the templates are the same on every machine, and the order of "
                    "Fn::GetAZs differs between accounts, so a subnet could move.",
                )
            )

    def _acknowledge_internet_routes(self) -> None:
        routes = ("DefaultRoute", "DefaultRoute6") if self.dual_stack else ("DefaultRoute",)
        for subnet, route in product(self.public_subnets, routes):
            acknowledge(
                subnet.node.find_child(route),
                "VPCNoUnrestrictedRouteToIGW",
                reason="A public subnet is public by this route. It holds only load balancers and NAT gateways; "
                "tasks, pods and nodes are in private subnets, and nothing gets a public address on launch.",
            )

    def _acknowledge_ipv6_addresses(self) -> None:
        for subnet in self.private_subnets if self.dual_stack else ():
            acknowledge(
                subnet.node.find_child("Subnet"),
                "VPCSubnetAutoAssignPublicIpDisabled",
                reason="Amazon EKS requires subnets that assign IPv6 addresses for the nodes of an IPv6 cluster "
                "(Amazon EKS networking requirements for VPC and subnets). The subnet has no route from the internet: "
                "the egress-only internet gateway lets connections out alone.",
            )


def _gateway(service: GatewayEndpoint) -> ec2.GatewayVpcEndpointOptions:
    return ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService(service))
