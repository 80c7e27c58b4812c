"""What may go wrong with roles and what they may do."""

from __future__ import annotations

from tests.support.defects.defect import ACCOUNT, Defect, allow, managed_policy, put, trust

_WORKER = "ecs-only-ecs-service-worker"
_TASK_POLICY = "TaskTaskPolicy"
_ROLE = "AWS::IAM::Role"
_IAM4 = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/"

IDENTITY = (
    Defect(
        name="every action on everything",
        stack=_WORKER,
        change=allow("*", having=_TASK_POLICY),
        named_by=(
            "iam_managed_policy_no_statements_with_admin_access_check",
            "iam_managed_policy_no_statements_with_full_access_check",
            "AwsSolutions-IAM5[Action::*]",
            "CKV_AWS_107",
            "CKV_AWS_108",
            "CKV_AWS_109",
            "CKV_AWS_110",
            "CKV_AWS_111",
        ),
    ),
    Defect(
        name="every action of a service",
        stack=_WORKER,
        change=allow("s3:*", having=_TASK_POLICY),
        named_by=(
            "iam_managed_policy_no_statements_with_full_access_check",
            "AwsSolutions-IAM5[Action::s3:*]",
            "CKV_AWS_108",
            "CKV_AWS_109",
            "CKV_AWS_111",
        ),
    ),
    Defect(
        name="all but some actions",
        stack=_WORKER,
        change=put(
            "AWS::IAM::ManagedPolicy",
            "PolicyDocument.Statement.0",
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            having=_TASK_POLICY,
        ),
        named_by=(
            "W2512",
            "iam_managed_policy_no_statements_with_full_access_check",
            "AwsSolutions-IAM5",
            "CKV_AWS_107",
            "CKV_AWS_108",
            "CKV_AWS_109",
            "CKV_AWS_110",
            "CKV_AWS_111",
        ),
    ),
    Defect(
        name="misspelt action",
        stack=_WORKER,
        change=allow("s3:GetObjekt", "arn:aws:s3:::orders/one", having=_TASK_POLICY),
        named_by=("W3037",),
    ),
    Defect(
        name="PassRole on everything",
        stack=_WORKER,
        change=allow("iam:PassRole", having=_TASK_POLICY),
        named_by=(
            "iam_policy_names_what_is_grave",
            "CKV_AWS_109",
        ),
    ),
    Defect(
        name="any role may be assumed",
        stack=_WORKER,
        change=allow("sts:AssumeRole", having=_TASK_POLICY),
        named_by=(
            "iam_policy_names_what_is_grave",
            "CKV_AWS_107",
        ),
    ),
    Defect(
        name="every secret may be read",
        stack=_WORKER,
        change=allow("secretsmanager:GetSecretValue", having=_TASK_POLICY),
        named_by=(
            "iam_policy_names_what_is_grave",
            "CKV_AWS_108",
        ),
    ),
    Defect(
        name="decryption with every key",
        stack=_WORKER,
        change=allow("kms:Decrypt", having=_TASK_POLICY),
        named_by=("iam_policy_names_what_is_grave",),
    ),
    Defect(
        name="statement that neither allows nor denies",
        stack=_WORKER,
        change=put("AWS::IAM::ManagedPolicy", "PolicyDocument.Statement.0.Effect", "Permit"),
        named_by=(
            "E3510",
            "E3510",
            "pf-iam-policy-effect-case",
        ),
    ),
    Defect(
        name="task that is administrator",
        stack=_WORKER,
        change=put(_ROLE, "ManagedPolicyArns", [managed_policy("AdministratorAccess")], having="TaskTaskRole"),
        named_by=(f"{_IAM4}AdministratorAccess]",),
    ),
    Defect(
        name="agent that pulls and logs in the whole account",
        stack=_WORKER,
        change=put(
            _ROLE,
            "ManagedPolicyArns",
            [managed_policy("service-role/AmazonECSTaskExecutionRolePolicy")],
            having="TaskExecutionRole",
        ),
        named_by=(f"{_IAM4}service-role/AmazonECSTaskExecutionRolePolicy]",),
    ),
    Defect(
        name="permissions inside of a role",
        stack=_WORKER,
        change=put(
            _ROLE,
            "Policies",
            [
                {
                    "PolicyName": "Inline",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/a"}
                        ],
                    },
                }
            ],
            having="TaskTaskRole",
        ),
        named_by=("NIST.800.53.R5-IAMNoInlinePolicy",),
    ),
    Defect(
        name="trust to everyone",
        stack=_WORKER,
        change=trust({"AWS": "*"}, having="TaskTaskRole"),
        named_by=(
            "iam_role_is_for_a_service",
            "CKV_AWS_60",
        ),
    ),
    Defect(
        name="trust to another account",
        stack=_WORKER,
        change=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, having="TaskTaskRole"),
        named_by=("iam_role_is_for_a_service",),
    ),
    Defect(
        name="trust to a service for whomever it acts",
        stack=_WORKER,
        change=trust({"Service": "ecs-tasks.amazonaws.com"}, having="TaskTaskRole"),
        named_by=("iam_service_acts_for_this_account",),
    ),
    Defect(
        name="trust to every repository of an identity provider",
        stack=_WORKER,
        change=put(
            _ROLE,
            "AssumeRolePolicyDocument.Statement",
            [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Principal": {
                        "Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
                    },
                }
            ],
            having="TaskTaskRole",
        ),
        named_by=("iam_role_is_for_a_service",),
    ),
)
