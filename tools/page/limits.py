"""What reachability does not decide in these templates: only what occurs in them is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from assembly import Graph, Resource
from tools.page.connections import Outside
from tools.page.distributions import vpc_origin_target
from tools.page.lattice import key
from tools.page.names import kind_of, name_of, readable, short_stack
from tools.page.reachability import Reachability
from tools.page.web_acls import web_acls

# Ways in or out, or what stands in them, that nothing here follows.
_NOT_FOLLOWED: Final = (
    *("AWS::NetworkFirewall::", "AWS::VpcLattice::Resource", "AWS::GlobalAccelerator::"),
    *("AWS::EC2::VPNGateway", "AWS::EC2::VPNConnection", "AWS::EC2::ClientVpn", "AWS::EC2::TransitGateway"),
    *("AWS::EC2::VPCEndpointService", "AWS::EC2::VPCBlockPublicAccess", "AWS::EC2::LocalGateway"),
    *("AWS::ApiGatewayV2::VpcLink", "AWS::ApiGateway::VpcLink", "AWS::ElasticLoadBalancing::"),
    *("AWS::VpcLattice::ServiceNetworkResourceAssociation", "AWS::CloudFront::StreamingDistribution"),
    *("AWS::Route53Resolver::Firewall", "AWS::DirectConnect::", "AWS::EC2::InstanceConnectEndpoint"),
)
_OF_GROUPS: Final = (
    *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"),
    # Whoever is launched by it is a place.
    "AWS::EC2::LaunchTemplate",
)


def limits(graph: Graph, reachability: Reachability) -> list[str]:
    """Sentences."""
    return [
        *_made_elsewhere(graph, reachability),
        *_not_followed(graph),
        *_without_reader(graph, reachability),
        *_prefix_lists(reachability),
        *_tasks_on_instances(graph),
        *_clusters(graph),
        *_web_acls(graph),
        *_amazon_sources(reachability),
        *_origins(graph),
        *_service_networks(graph),
    ]


def _made_elsewhere(graph: Graph, reachability: Reachability) -> Iterator[str]:
    unknown = [each for each in reachability.places if each.subnets and not set(each.subnets) & set(graph.subnets.all)]
    if unknown:
        yield (
            f"{len(unknown)} of {len(reachability.places)} places stand in subnets that are made elsewhere: routes and "
            "network ACLs of these are not in the templates, so no ACL is taken to stand in the way, and connections "
            "that leave the VPC or come into it are possible"
        )


def _not_followed(graph: Graph) -> Iterator[str]:
    counted = Counter(kind_of(each) for each in graph.resources if each.type.startswith(_NOT_FOLLOWED))
    endpoints = [str(each.get("VpcEndpointType")) for each in graph.of_type("AWS::EC2::VPCEndpoint")]
    counted.update(f"EC2::VPCEndpoint of type {each}" for each in endpoints if each in ("ServiceNetwork", "Resource"))
    if counted:
        listed = ", ".join(f"{kind} ({number})" for kind, number in sorted(counted.items()))
        yield f"In these templates, and not followed: {listed}; a route that leads there is a possible way"


def _without_reader(graph: Graph, reachability: Reachability) -> Iterator[str]:
    placed = {each.resource for each in reachability.places}
    groups = {each.attribute("GroupId") for each in graph.of_type("AWS::EC2::SecurityGroup")}
    found = [
        each
        for each in graph.resources
        if each not in placed and each.type not in _OF_GROUPS and groups & each.texts and not _is_of_tasks(each)
    ]
    if found:
        listed = ", ".join(f"{short_stack(graph, each.stack)}: {name_of(each)} ({kind_of(each)})" for each in found[:6])
        more = f" and {len(found) - 6} more" if len(found) > 6 else ""
        yield f"These have a security group, and nothing here knows which ports they open: {listed}{more}"


def _is_of_tasks(resource: Resource) -> bool:
    """What passes a security group on to tasks that it starts or to instances that it manages."""
    return resource.type in ("AWS::ECS::CapacityProvider", "AWS::SSM::Parameter", "AWS::ECS::TaskSet")


def _prefix_lists(reachability: Reachability) -> Iterator[str]:
    ends = {end for each in reachability.connections for end in (each.source, each.target)}
    names = sorted(each.name for each in ends if isinstance(each, Outside) and each.name.startswith("prefix list "))
    if names:
        yield f"Entries of {', '.join(names)} are not in the templates: taken for addresses of the internet"


def _tasks_on_instances(graph: Graph) -> Iterator[str]:
    found = [
        each
        for each in graph.of_type("AWS::ECS::Service")
        if not each.get("NetworkConfiguration.AwsvpcConfiguration")
        and (each.get("LoadBalancers") or each.get("VpcLatticeConfigurations"))
    ]
    if found:
        yield (
            f"{len(found)} services have ports of their instances, which are chosen when tasks start: what security "
            "groups let the load balancer reach is shown"
        )


def _clusters(graph: Graph) -> Iterator[str]:
    if graph.of_type("AWS::EKS::Cluster"):
        yield (
            "Network policies, and nodes and load balancers that controllers make, are of the cluster and not of the "
            "templates; pods on nodes are shown as nodes"
        )


def _web_acls(graph: Graph) -> Iterator[str]:
    if web_acls(graph):
        yield "AWS WAF is named where it stands in front; which requests it blocks is not decided here"


def _amazon_sources(reachability: Reachability) -> Iterator[str]:
    managed = [each for each in reachability.places if not each.is_in_vpc]
    if any(not each.is_certain for place in managed for each in reachability.outbound(place)):
        yield (
            "Addresses of Amazon CloudFront and VPC Lattice are not in the templates: a rule for a prefix list or "
            "security group that is made elsewhere may let them in"
        )


def _origins(graph: Graph) -> Iterator[str]:
    """Only VPC origins are followed, where the templates have what they lead to."""
    found = [
        f"{readable(graph, origin.get('DomainName'))} of {name_of(each)}"
        for each in graph.of_type("AWS::CloudFront::Distribution")
        for origin in each.list("DistributionConfig.Origins")
        if vpc_origin_target(graph, origin)[1] is None
    ]
    if found:
        more = f" and {len(found) - 6} more" if len(found) > 6 else ""
        yield f"Amazon CloudFront is followed to VPC origins of the templates, and not to {', '.join(found[:6])}{more}"


def _service_networks(graph: Graph) -> Iterator[str]:
    types = ("ServiceNetworkServiceAssociation", "ServiceNetworkVpcAssociation")
    associations = graph.of_type(*(f"AWS::VpcLattice::{each}" for each in types))
    networks = list(dict.fromkeys(key(graph, each.get("ServiceNetworkIdentifier")) for each in associations))
    if networks:
        yield (
            "Which VPCs, of this account or by AWS RAM of others, are associated elsewhere with "
            f"{_listed(graph, networks)} is not in the templates, so clients there are possible. Auth policies are "
            "said where a service is called; which requests they allow is not decided"
        )
    others = [each for each in networks if graph.find(each) is None]
    if others:
        yield f"Services that others have in {_listed(graph, others)} are not in the templates"
    elsewhere = [
        each
        for each in associations
        if each.type.endswith("ServiceAssociation") and graph.find(each.get("ServiceIdentifier")) is None
    ]
    if elsewhere:
        yield f"{len(elsewhere)} services of VPC Lattice are made elsewhere: their listeners and targets are not known"


def _listed(graph: Graph, networks: list[str]) -> str:
    return f"service network {' and '.join(readable(graph, each) for each in networks)}"
