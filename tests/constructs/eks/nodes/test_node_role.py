"""What nodes may do in AWS: little, and none of it for pods."""

from __future__ import annotations

from tests.support.assertions import flat
from tests.support.eks_synthesis import cluster_template, policy_statements, role


def test_node_role_has_no_policy_of_aws_and_no_right_over_network_interfaces() -> None:
    template = cluster_template()

    assert all("Ref" in arn for arn in role(template, "ec2.amazonaws.com")["ManagedPolicyArns"])
    actions = {
        action
        for policy in ("EksNodeRolePolicy", "EksImagePullPolicy")
        for statement in policy_statements(template, policy)
        for action in statement["Action"]
    }
    assert not {action for action in actions if "NetworkInterface" in action or "Address" in action}


def test_node_role_speaks_for_pods_of_this_cluster_alone() -> None:
    (statement,) = (
        statement
        for statement in policy_statements(cluster_template(), "EksNodeRolePolicy")
        if statement["Action"] == "eks-auth:AssumeRoleForPodIdentity"
    )

    assert flat(statement["Resource"]) == "arn:<AWS::Partition>:eks:eu-west-1:<AWS::AccountId>:cluster/blue"


def test_node_role_has_what_nodeadm_asks_for() -> None:
    found = {
        action
        for statement in policy_statements(cluster_template(), "EksNodeRolePolicy")
        for action in statement["Action"]
    }

    assert {"ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ssmmessages:OpenDataChannel"} <= found
