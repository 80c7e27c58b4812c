"""What may go wrong with the networks of clusters and pods, and with what is made elsewhere."""

from __future__ import annotations

from tests.support.defects.defect import Change, Defect, only, put, set_in_template, together, without
from tests.support.synthesis import Template

_CLUSTER = "AWS::EKS::Cluster"
_ROUTE = "AWS::EC2::Route"
_SUBNET = "AWS::EC2::Subnet"
_PRODUCTION = "production-eks-cluster"
_IPV6 = "eks-ipv6-network"
_PODS = "pod-networks-network"
_ORDERS = "existing-net-ecs-service-orders"


def _ipv6_by_the_internet_gateway(template: Template) -> None:
    routes = [each["Properties"] for each in template["Resources"].values() if each["Type"] == _ROUTE]
    (gateway,) = {each["GatewayId"]["Ref"] for each in routes if "GatewayId" in each}
    route = next(each for each in routes if "EgressOnlyInternetGatewayId" in each)
    del route["EgressOnlyInternetGatewayId"]
    route["GatewayId"] = {"Ref": gateway}


def _route_before_its_attachment(template: Template) -> None:
    route = only(template, _ROUTE, "datacenters")
    assert "Attachment" in route["DependsOn"][0]
    del route["DependsOn"]


def _one_zone_without_pods(template: Template) -> None:
    values = only(template, "AWS::EKS::Addon", "vpccni")["Properties"]["ConfigurationValues"]["Fn::Join"][1]
    values[0] = values[0].replace("ap-southeast-2a", "ap-southeast-2d")


def _addition(resource_type: str, **properties: object) -> Change:
    return set_in_template("Resources.Mistake", {"Type": resource_type, "Properties": properties})


EKS_NETWORKS = (
    Defect(
        name="nodes without a way to ask for the roles of pods",
        stack="eks-karpenter-network",
        change=without("AWS::EC2::VPCEndpoint", having="EksAuth"),
        named_by=("nodes_without_nat_reach_what_they_may_call",),
    ),
    Defect(
        name="endpoints of an existing VPC that answer nobody in it",
        stack="existing-net-endpoints",
        change=put("AWS::EC2::SecurityGroup", "SecurityGroupIngress.0.CidrIp", "10.99.0.0/20"),
        named_by=("interface_endpoint_answers_its_vpc",),
    ),
    Defect(
        name="IPv6 addresses that the internet reaches",
        stack=_IPV6,
        change=_ipv6_by_the_internet_gateway,
        named_by=("ipv6_addresses_are_reached_no_further_than_those_of_ipv4",),
    ),
    Defect(
        name="network plugin that may assign no IPv6 addresses",
        stack="eks-ipv6-eks-cluster",
        change=put("AWS::IAM::ManagedPolicy", "PolicyDocument.Statement.1", None, having="vpccni"),
        named_by=("plugin_may_assign_addresses_of_the_family",),
    ),
    Defect(
        name="zone of nodes without a subnet for pods",
        stack="pod-networks-eks-cluster",
        change=_one_zone_without_pods,
        named_by=("custom_networking_has_its_subnets",),
    ),
    Defect(
        name="route to a transit gateway before its attachment",
        stack=_PODS,
        change=_route_before_its_attachment,
        named_by=("route_waits_for_its_gateway",),
    ),
    Defect(
        name="address of a NAT gateway that is not in the output",
        stack="production-network",
        change=set_in_template("Outputs.NatAddresses.Value", {"Ref": "NetworkVpcPublicSubnet1EIPE0D52090"}),
        named_by=("output_has_every_address_of_nat_gateways",),
    ),
    Defect(
        name="service that the load balancer of others does not reach",
        stack=_ORDERS,
        change=together(
            put("AWS::EC2::SecurityGroupIngress", "FromPort", 8081),
            put("AWS::EC2::SecurityGroupIngress", "ToPort", 8081),
        ),
        named_by=("target_lets_in_the_load_balancer_of_others",),
    ),
    Defect(
        name="rule in a security group of others",
        stack=_ORDERS,
        change=_addition(
            "AWS::EC2::SecurityGroupEgress",
            GroupId="sg-0a1b2c3d4e5f6076a",
            Description="To the tasks",
            IpProtocol="tcp",
            FromPort=8080,
            ToPort=8080,
            DestinationSecurityGroupId={"Fn::GetAtt": ["ServiceSecurityGroupC96ED6A7", "GroupId"]},
        ),
        named_by=("security_groups_of_others_stay_as_they_are",),
    ),
    Defect(
        name="control plane without a security group of its own",
        stack=_PRODUCTION,
        change=put(_CLUSTER, "ResourcesVpcConfig.SecurityGroupIds", None),
        named_by=("security_group_is_of_somebody",),
    ),
    Defect(
        name="unknown way out of the control plane",
        stack=_PRODUCTION,
        change=put(_CLUSTER, "ResourcesVpcConfig.ControlPlaneEgressMode", "PRIVATE"),
        named_by=("W3030", "E3030"),
    ),
    Defect(
        name="rollback that ends too early",
        stack="eks-auto-mode-eks-cluster",
        change=put(_CLUSTER, "RollbackConfig", {"TimeoutMinutes": 60}),
        named_by=("F3034", "E3034"),
    ),
)
