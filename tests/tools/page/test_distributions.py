"""Amazon CloudFront: viewers, VPC origins, and what stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import snapshot_graph
from tests.tools.page.template_parts import group_id, resource, tcp
from tools.page.limits import limits
from tools.page.reachability import Reachability
from tools.page.sources import Sources
from tools.page.views.reach import reach
from tools.page.views.topology import topology
from tools.page.web_acls import web_acls

_ORIGIN_FACING = "com.amazonaws.global.cloudfront.origin-facing, whose entries are not in the templates"


def _behavior(policy: str = "redirect-to-https", origin: str = "app", **more: object) -> dict[str, Any]:
    return {"TargetOriginId": origin, "ViewerProtocolPolicy": policy, **more}


def _distribution(*cache_behaviors: dict[str, Any], **more: object) -> dict[str, Any]:
    configuration = {
        "Enabled": True,
        "Origins": [{"Id": "app", "DomainName": "app.example", "VpcOriginConfig": {"VpcOriginId": {"Ref": "Origin"}}}],
        "DefaultCacheBehavior": _behavior(),
        "CacheBehaviors": list(cache_behaviors),
        **more,
    }
    return resource("CloudFront::Distribution", DistributionConfig=configuration)


def _graph(
    *,
    rule: Mapping[str, Any] | None = None,
    origin: Mapping[str, Any] | None = None,
    distribution: Mapping[str, Any] | None = None,
    kind: str = "application",
    **more: object,
) -> Graph:
    """An internal load balancer that listens at 443 and 80, and a service behind it."""
    is_network = kind == "network"
    rules = [rule] if rule else []
    balancer = {
        "Scheme": "internal",
        "Type": kind,
        "Subnets": [{"Ref": "Subnet"}],
        "SecurityGroups": [group_id("Edge")],
    }
    endpoint = {"Arn": {"Ref": "Balancer"}, "OriginProtocolPolicy": "https-only", **(origin or {})}
    network = {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [group_id("Own")]}
    entry = {"TargetGroupArn": {"Ref": "Targets"}, "ContainerPort": 8080}
    resources = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/24"),
        "Subnet": resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.0/28"),
        "Edge": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=rules),
        "Own": resource(
            "EC2::SecurityGroup",
            VpcId={"Ref": "Vpc"},
            SecurityGroupIngress=[tcp(8080, SourceSecurityGroupId=group_id("Edge"))],
        ),
        "Balancer": resource("ElasticLoadBalancingV2::LoadBalancer", **balancer),
        "Targets": resource("ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Port=80),
        "Web": resource("ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": network}, LoadBalancers=[entry]),
        "Origin": resource("CloudFront::VpcOrigin", VpcOriginEndpointConfig=endpoint),
        "Distribution": distribution or _distribution(),
        **more,
    }
    for port, protocol in ((443, "HTTPS"), (80, "HTTP")):
        resources[f"At{port}"] = resource(
            "ElasticLoadBalancingV2::Listener",
            LoadBalancerArn={"Ref": "Balancer"},
            Port=port,
            Protocol="TCP" if is_network else protocol,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        )
    return Graph({"net": {"Resources": resources}})


def _to_balancer(graph: Graph) -> list[tuple[str, bool, str]]:
    found = Reachability(graph)
    return [
        (str(each.ports), each.is_certain, each.doubt)
        for each in found.connections
        if (each.source.name, each.target.name) == ("net: Distribution", "net: Balancer")
    ]


def _from_internet(graph: Graph) -> dict[str, str]:
    found = Reachability(graph)
    return {
        f"{each.source.name} {each.ports}": each.lets_in
        for each in found.connections
        if each.target.name == "net: Distribution"
    }


def _paths(graph: Graph) -> set[tuple[str, str, int, bool]]:
    return {
        (
            " > ".join(one.name.removeprefix("net: ") for one in each.through),
            each.second.target.name.removeprefix("net: "),
            each.forwarding.listener_port,
            each.is_certain,
        )
        for each in Reachability(graph).paths
    }


_EVERYBODY = tcp(443, CidrIp="0.0.0.0/0")


@pytest.mark.parametrize(
    ("peer", "doubt"),
    [
        ({"CidrIp": "0.0.0.0/0"}, ""),
        ({"SourcePrefixListId": "pl-1"}, f"if pl-1 is {_ORIGIN_FACING}"),
        ({"SourcePrefixListId": {"Fn::GetAtt": ["Lookup", "Id"]}}, f"if net/Lookup.Id is {_ORIGIN_FACING}"),
        (
            {"SourceSecurityGroupId": "sg-0123456789abcdef0"},
            "if sg-0123456789abcdef0 is CloudFront-VPCOrigins-Service-SG",
        ),
        ({"CidrIp": "10.0.0.0/24"}, "if Amazon CloudFront has addresses in 10.0.0.0/24"),
        ({"CidrIp": "198.51.100.0/24"}, "if Amazon CloudFront has addresses in 198.51.100.0/24"),
        ({"CidrIp": "192.168.0.0/16"}, None),
        ({"SourceSecurityGroupId": group_id("Own")}, None),
        ({"CidrIpv6": "::/0"}, None),
    ],
)
def test_which_rules_let_cloudfront_into_a_load_balancer(peer: dict[str, Any], doubt: str | None) -> None:
    graph = _graph(rule=tcp(443, **peer), Lookup=resource("CloudFormation::CustomResource"))
    assert _to_balancer(graph) == ([] if doubt is None else [("tcp 443", not doubt, doubt)])


def test_a_rule_for_another_port_lets_nobody_in() -> None:
    graph = _graph(rule=tcp(8443, CidrIp="0.0.0.0/0"))
    assert _to_balancer(graph) == []
    assert _paths(graph) == set()


def test_a_path_goes_through_the_distribution_and_the_load_balancer_to_the_service() -> None:
    assert _paths(_graph(rule=_EVERYBODY)) == {
        ("Distribution", "Balancer", 443, True),
        ("Distribution > Balancer", "Web", 443, True),
    }


def test_what_is_possible_of_the_first_half_is_possible_of_the_path() -> None:
    assert {each[-1] for each in _paths(_graph(rule=tcp(443, SourcePrefixListId="pl-1")))} == {False}


@pytest.mark.parametrize(
    ("policy", "viewers", "expected"),
    [
        ("https-only", "redirect-to-https", {(443, 443)}),
        ("https-only", "allow-all", {(443, 443), (80, 443)}),
        ("http-only", "https-only", {(443, 80)}),
        ("match-viewer", "redirect-to-https", {(443, 443)}),
        ("match-viewer", "allow-all", {(443, 443), (80, 80)}),
    ],
)
def test_protocols_of_viewers_and_of_the_origin(policy: str, viewers: str, expected: set[tuple[int, int]]) -> None:
    every = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}
    distribution = _distribution(DefaultCacheBehavior=_behavior(viewers))
    graph = _graph(rule=every, origin={"OriginProtocolPolicy": policy}, distribution=distribution)
    found = {
        (each.forwarding.listener_port, each.forwarding.port)
        for each in Reachability(graph).paths
        if each.second.target.name == "net: Balancer"
    }
    assert found == expected


def test_a_port_of_the_origin_where_nothing_listens_is_not_reached() -> None:
    every = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}
    assert _to_balancer(_graph(rule=every, origin={"HTTPSPort": 8443})) == []
    assert _to_balancer(_graph(rule=every, origin={"HTTPSPort": 80})) == [("tcp 80", True, "")]


def test_viewers_are_answered_by_what_behaviors_say() -> None:
    restriction = {"RestrictionType": "whitelist", "Locations": ["DE", "FR"]}
    only = _distribution(
        DefaultCacheBehavior=_behavior("https-only"),
        Restrictions={"GeoRestriction": restriction},
        HttpVersion="http2and3",
        IPV6Enabled=True,
    )
    said = "HTTPS, by HTTP/3 at udp 443 as well, viewers in DE, FR only"
    assert _from_internet(_graph(distribution=only)) == {
        "the internet tcp 443": said,
        "the internet (IPv6) tcp 443": said,
    }
    mixed = _distribution(_behavior("allow-all", PathPattern="/plain/*"))
    assert _from_internet(_graph(distribution=mixed)) == {
        "the internet tcp 443": "HTTPS",
        "the internet tcp 80": "HTTP",
    }
    assert _from_internet(_graph()) == {
        "the internet tcp 443": "HTTPS",
        "the internet tcp 80": "HTTP, which is redirected to HTTPS",
    }


def test_a_disabled_distribution_answers_nobody() -> None:
    graph = _graph(rule=_EVERYBODY, distribution=_distribution(Enabled=False))
    assert _from_internet(graph) == {}
    assert _to_balancer(graph) == []


def test_behaviors_say_which_requests_go_to_the_origin() -> None:
    origins = [
        {"Id": "app", "DomainName": "app.example", "VpcOriginConfig": {"VpcOriginId": {"Ref": "Origin"}}},
        {"Id": "files", "DomainName": "files.s3.amazonaws.com"},
    ]
    distribution = _distribution(
        _behavior(PathPattern="/api/*", TrustedKeyGroups=["key"]),
        DefaultCacheBehavior=_behavior(origin="files"),
        Origins=origins,
    )
    graph = _graph(rule=_EVERYBODY, distribution=distribution)
    found = Reachability(graph)
    (said,) = {each.forwarding.said for each in found.paths if each.second.target.name == "net: Balancer"}
    assert said == "path /api/*, by a signed URL or cookie"
    sentence = "Amazon CloudFront is followed to VPC origins of the templates, and not to files.s3.amazonaws.com of "
    assert f"{sentence}Distribution" in limits(graph, found)


def test_an_origin_of_a_group_is_reached_when_the_other_fails() -> None:
    groups = {"Items": [{"Id": "both", "Members": {"Items": [{"OriginId": "files"}, {"OriginId": "app"}]}}]}
    distribution = _distribution(DefaultCacheBehavior=_behavior(origin="both"), OriginGroups=groups)
    assert _to_balancer(_graph(rule=_EVERYBODY, distribution=distribution)) == [("tcp 443", True, "")]
    unused = _distribution(DefaultCacheBehavior=_behavior(origin="files"))
    assert _to_balancer(_graph(rule=_EVERYBODY, distribution=unused)) == []


def test_a_network_acl_before_the_load_balancer_leaves_it_undecided() -> None:
    acl: dict[str, Any] = {
        "Acl": resource("EC2::NetworkAcl", VpcId={"Ref": "Vpc"}),
        "AclOf": resource("EC2::SubnetNetworkAclAssociation", SubnetId={"Ref": "Subnet"}, NetworkAclId={"Ref": "Acl"}),
    }
    assert _to_balancer(_graph(rule=_EVERYBODY, **acl)) == [
        ("tcp 443", False, "if network ACL Acl lets its addresses through")
    ]


def test_targets_that_see_the_client_see_cloudfront_and_not_the_viewer() -> None:
    def graph(peer: str) -> Graph:
        own = [tcp(8080, CidrIp=peer)]
        more = {
            "Own": resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, SecurityGroupIngress=own),
            "Targets": resource(
                "ElasticLoadBalancingV2::TargetGroup",
                TargetType="ip",
                Protocol="TCP",
                TargetGroupAttributes=[{"Key": "preserve_client_ip.enabled", "Value": "true"}],
            ),
        }
        return _graph(rule=_EVERYBODY, kind="network", **more)

    assert ("Distribution > Balancer", "Web", 443, True) in _paths(graph("0.0.0.0/0"))
    assert ("Distribution > Balancer", "Web", 443, False) in _paths(graph("198.51.100.0/24"))
    assert {each[1] for each in _paths(graph("192.168.0.0/16"))} == {"Balancer"}


def test_the_web_acl_of_a_distribution_is_named() -> None:
    arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/0123abcd"
    assert list(web_acls(_graph(distribution=_distribution(WebACLId=arn))).values()) == ["shop, made elsewhere"]


_EDGE = "examples/ecs-edge.yaml"


def test_the_internet_reaches_the_shop_of_the_example_through_cloudfront_alone() -> None:
    found = Reachability(snapshot_graph(_EDGE))
    direct = {each.target.name for each in found.connections if each.source.name.startswith("the internet")}
    assert direct == {"ecs-cloudfront: CloudFrontDistribution"}
    assert {
        (
            len(each.through),
            each.second.target.name,
            each.forwarding.listener_port,
            each.forwarding.port,
            each.is_certain,
        )
        for each in found.paths
    } == {
        (1, "ecs-cluster: LoadBalancer", 443, 443, False),
        (2, "ecs-service-web", 443, 8080, False),
        (2, "ecs-service-api", 443, 8080, False),
    }
    (to_balancer,) = (each for each in found.connections if each.target.name == "ecs-cluster: LoadBalancer")
    assert to_balancer.doubt == f"if pl-4fa04526 is {_ORIGIN_FACING}"


def test_the_page_of_the_example_shows_the_distribution_and_the_way_through_it() -> None:
    sources = Sources(name="ecs-edge", graph=snapshot_graph(_EDGE))
    drawn = topology(sources)
    assert (
        drawn.index("At edge locations of AWS")
        < drawn.index("CloudFrontDistribution")
        < drawn.index("Region eu-west-1")
    )
    assert "VpcOrigin" not in drawn
    text = reach(sources)
    assert "with AWS WAF in front (shop, made elsewhere), and through it" in text
    assert "not followed" not in text
    exposure = text[text.index("From outside of the VPCs") : text.index("Who reaches whom")]
    assert f"if pl-4fa04526 is {_ORIGIN_FACING}" in exposure
    # The load balancer and two services, each by IPv4 and IPv6 in one row.
    assert exposure.count("possible") == 3
    assert exposure.count("the internet (IPv6)") == 5
