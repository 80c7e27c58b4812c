"""IAM statements that several constructs need, narrower than AWS managed policies."""

from __future__ import annotations

from aws_cdk import aws_iam as iam


def session_manager_statement() -> iam.PolicyStatement:
    """What SSM Session Manager needs on an instance, and no more.

    `AmazonSSMManagedInstanceCore` also grants `ssm:GetParameter` on every parameter of the account. None of
    these actions has a resource-level permission. Source: "Step 2: Verify or add instance permissions for
    Session Manager".
    """
    return iam.PolicyStatement(
        sid="SessionManager",
        actions=[
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        resources=["*"],
    )
