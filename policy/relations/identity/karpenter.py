"""The controller of Karpenter may do what it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph
from policy.relations.relation import Misfit, relation

_SERVICE_ACCOUNT: Final = "karpenter"
_WORK: Final = (
    *("ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateTags", "ec2:DeleteLaunchTemplate", "ec2:RunInstances"),
    *("ec2:TerminateInstances", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceTypeOfferings"),
    *("ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates", "ec2:DescribeSecurityGroups"),
    *("ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets", "eks:DescribeCluster", "iam:PassRole"),
    *("pricing:GetProducts", "ssm:GetParameter"),
)
_NOTICES: Final = ("sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage")


@relation("CloudFormation, karpenter.sh: KarpenterControllerPolicy")
def controller_of_karpenter_may_do_its_work(graph: Graph) -> Iterator[Misfit]:
    """Karpenter starts no node, ends none, or does not hear that one ends, and pods stay pending."""
    has_queue = bool(graph.of_type("AWS::SQS::Queue"))
    for association in graph.of_type("AWS::EKS::PodIdentityAssociation"):
        role = graph.find(association.get("RoleArn"))
        if association.get("ServiceAccount") != _SERVICE_ACCOUNT or role is None:
            continue
        own = [each for each in graph.role_policies.statements(role) if each.effect == "Allow"]
        needed = (*_WORK, *(_NOTICES if has_queue else ()))
        missing = [action for action in needed if not any(each.is_about(action) for each in own)]
        if missing:
            finding = f"the controller of Karpenter may not {', '.join(missing)}"
            yield Misfit(resource=role, finding=finding, fix=f"allow {', '.join(missing)}")
