"""An IAM role for the pods of one Kubernetes service account that have no EKS Pod Identity."""

from __future__ import annotations

import json
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

# What EKS writes into the tokens of service accounts: "IAM roles for service accounts".
AUDIENCE = "sts.amazonaws.com"


class ServiceAccountRole(iam.Role):
    """A role that one service account of one cluster assumes by its token (IRSA), and nobody else.

    The keys of its conditions begin with the issuer of the cluster, which is known only once the cluster exists, and a
    template has no functions in keys. So the trust policy is a text, which CloudFormation takes for a policy as well
    (`AWS::IAM::Role`, AssumeRolePolicyDocument). The CDK's own way is a Lambda function (`CfnJson`, docs/adr/0004).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        provider_arn: str,
        issuer: str,
        namespace: str,
        service_account: str,
        managed_policies: list[iam.IManagedPolicy],
    ) -> None:
        """Define the role.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            provider_arn: OIDC provider of the cluster.
            issuer: Its issuer, without `https://`.
            namespace: Kubernetes namespace of the service account.
            service_account: Its name.
            managed_policies: What its pods may do.
        """
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.WebIdentityPrincipal(provider_arn),
            managed_policies=managed_policies,
        )
        self._trust(provider_arn, issuer, subject=f"system:serviceaccount:{namespace}:{service_account}")

    def _trust(self, provider_arn: str, issuer: str, *, subject: str) -> None:
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Principal": {"Federated": "${Provider}"},
                    "Condition": {"StringEquals": {"${Issuer}:aud": AUDIENCE, "${Issuer}:sub": subject}},
                }
            ],
        }
        resource = cast(iam.CfnRole, self.node.default_child)
        resource.assume_role_policy_document = cdk.Fn.sub(
            json.dumps(document), {"Provider": provider_arn, "Issuer": issuer}
        )
