"""Policies of VPC endpoints: which endpoints have one, and why the others have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.network.vpc_options import GatewayEndpoint, InterfaceEndpoint

# CreateVpcEndpoint refuses a policy for a service without them ("only supports the full-access endpoint policy",
# landing-zone-accelerator-on-aws issue 224), so none is given where nothing says that the service has them. Where the
# user guide of a service is silent, but there is one here: `xray` is in the example output of "View endpoint policy
# support", AWS PrivateLink Guide; `rds-data` has a policy in "Supported Services for Amazon Web Services in SAP BTP";
# and `events` in opg-lpa pull request 3678.
#
# The endpoint of Amazon S3 could have a policy: aws-samples/data-perimeter-policy-examples has one
# (vpc_endpoint_policies/s3_endpoint_policy.json) that admits the principals of an organization, and for everybody
# `s3:GetObject` on a list of buckets of AWS. Among them is what nodes need: `prod-<region>-starport-layer-bucket`,
# whose URLs an account of Amazon ECR signs ("Minimum Amazon S3 Bucket Permissions for Amazon ECR"), `al2023-<region>`
# and `al2023-repos-<region>-de612dc2`, which Amazon Linux reads unsigned, and those of Systems Manager
# (service_owned_resources.md there; "SSM Agent communications with AWS managed S3 buckets"). No template of ours has
# it, because no file says what else pods and tasks read: public buckets unsigned, URLs that another account has
# signed, such as those of AWS CodeArtifact, and roles of other accounts would all be refused, through the only route
# to Amazon S3 that there is.
#
# `aws:ResourceAccount`, which limits the other side, is not in the policies of interface endpoints either: images of
# EKS add-ons are in repositories of AWS's accounts, which differ by Region ("View Amazon container image registries
# for Amazon EKS add-ons"), and parameters of AMIs and documents of Systems Manager belong to no account
# (`arn:aws:ssm:*::parameter/*`; ecr-specific-guidance.md and service_owned_resources.md there).
WITHOUT_POLICY: Final[Mapping[InterfaceEndpoint | GatewayEndpoint, str]] = MappingProxyType(
    {
        "ec2messages": "No user guide tells of endpoint policies.",
        "ecs-agent": "Full access is the only policy (amazon-ecs-developer-guide issue 55).",
        "ecs-telemetry": "Full access is the only policy (amazon-ecs-developer-guide issue 55).",
        "eks-auth": "No user guide tells of endpoint policies.",
        "execute-api": "Requests to a private API need not be signed, and one that is not has no principal.",
        "networkflowmonitorreports": "No user guide tells of endpoint policies.",
        "s3": "Layers of images come from a bucket of AWS by URLs that AWS signs, packages unsigned, and no file says "
        "what else is read unsigned, or by roles of other accounts.",
        "ssmmessages": "No user guide tells of endpoint policies.",
        "sts": "AssumeRoleWithWebIdentity, by which pods get roles for service accounts, is not signed.",
    }
)


def principals_of_this_account(scope: Construct, account_ids: Sequence[str]) -> iam.PolicyStatement:
    """Whatever the principals of this account may do, and nobody else's.

    So nobody takes data out with credentials of an account of their own ("Establishing a data perimeter on AWS";
    "Control access to VPC endpoints using endpoint policies").

    Args:
        scope: Any construct of the stack.
        account_ids: Further accounts whose principals are admitted.
    """
    return iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": [cdk.Stack.of(scope).account, *account_ids]}},
    )
