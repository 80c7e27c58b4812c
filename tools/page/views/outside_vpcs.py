"""What stands outside of the VPCs: Amazon CloudFront, VPC Lattice, and resources without an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tools.page.distributions import DISTRIBUTION
from tools.page.html import Html, badge, tag
from tools.page.lattice import SERVICE
from tools.page.names import kind_of
from tools.page.place import Place
from tools.page.sources import Sources
from tools.page.views.tiles import tiles

_CATEGORIES = {
    "Compute": (
        "ECS",
        "EKS",
        "AutoScaling",
        "ApplicationAutoScaling",
        "EC2::LaunchTemplate",
        "EC2::",
        "Scheduler",
        "StepFunctions",
    ),
    "Events": ("Events", "SNS", "SQS"),
    "Images": ("ECR",),
    "Data": ("S3", "EFS", "FSx", "Backup", "SecretsManager"),
    "Identity and keys": ("IAM", "KMS", "CertificateManager"),
    "Operations": ("CloudWatch", "Logs", "SSM", "WAFv2"),
    "Other": ("",),
}
# Drawn above, or a part of what is.
_IN_A_VPC = (
    *("AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"),
    *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"),
    *("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::EIP", "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"),
    *("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint", "AWS::EC2::EgressOnlyInternetGateway"),
    *("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    *("AWS::CloudFront::VpcOrigin", "AWS::VpcLattice::ServiceNetwork", "AWS::VpcLattice::Listener"),
    *("AWS::VpcLattice::Rule", "AWS::VpcLattice::TargetGroup", "AWS::VpcLattice::AuthPolicy"),
    "AWS::VpcLattice::ServiceNetworkServiceAssociation",
)


def edge(sources: Sources) -> Html | None:
    """Distributions of Amazon CloudFront, which are of no Region."""
    found = [each for each in sources.reachability.places if each.kind == DISTRIBUTION]
    if not found:
        return None
    return tag("div", tag("h4", "At edge locations of AWS"), _rows(sources, found), class_="vpc edge")


def _rows(sources: Sources, found: Sequence[Place]) -> Html | None:
    return tag("div", tiles(sources, found), class_="tiles across") if found else None


def outside_vpcs(sources: Sources) -> Html:
    """What has no address in a VPC: services of VPC Lattice, and all other resources by type."""
    called = [each for each in sources.reachability.places if each.kind == SERVICE]
    placed = {each.resource for each in sources.reachability.places}
    counted = Counter(
        kind_of(each) for each in sources.graph.resources if each not in placed and each.type not in _IN_A_VPC
    )
    rows = []
    for title, starts in _CATEGORIES.items():
        found = {kind: number for kind, number in sorted(counted.items()) if kind.startswith(starts)}
        counted = Counter({kind: number for kind, number in counted.items() if kind not in found})
        if found:
            chips = [badge([kind.partition("::")[2], " ", tag("b", number)]) for kind, number in found.items()]
            rows.append(tag("div", tag("dt", title), tag("dd", chips, class_="chips")))
    categories = tag("dl", rows, class_="categories")
    return tag("div", tag("h4", "In the Region, outside of a VPC"), _rows(sources, called), categories, class_="vpc")
