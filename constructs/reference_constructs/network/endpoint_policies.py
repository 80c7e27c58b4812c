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
WITHOUT_POLICY: Final[Mapping[InterfaceEndpoint | GatewayEndpoint, str]] = MappingProxyType(
    {
        "ec2messages": "No user guide tells of endpoint policies.",
        "ecs-agent": "Full access is the only policy (amazon-ecs-developer-guide issue 55).",
        "ecs-telemetry": "Full access is the only policy (amazon-ecs-developer-guide issue 55).",
        "eks-auth": "No user guide tells of endpoint policies.",
        "execute-api": "Requests to a private API need not be signed, and one that is not has no principal.",
        "networkflowmonitorreports": "No user guide tells of endpoint policies.",
        "s3": "Layers of images come from a bucket of AWS by URLs that AWS signs, and packages unsigned.",
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
