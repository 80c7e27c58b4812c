"""People who use the Kubernetes API with tokens of an OIDC identity provider."""

from __future__ import annotations

from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from reference_constructs.eks.identity_provider_options import IdentityProviderOptions


class IdentityProvider(eks.CfnIdentityProviderConfig):
    """An OIDC identity provider of a cluster ("Grant users access to Kubernetes with an external OIDC provider").

    It authenticates users; what they may do is said in Kubernetes, by role bindings to their names and groups. There is
    no L2. CloudFormation creates a replacement before it deletes what it replaces, and EKS admits an issuer once for a
    cluster, so a change is two deployments: one without it, one with the new one.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, cluster_name: str, options: IdentityProviderOptions
    ) -> None:
        """Associate the identity provider.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster_name: The cluster, by reference, so that it exists first.
            options: Issuer, client, and claims.
        """
        super().__init__(
            scope,
            construct_id,
            cluster_name=cluster_name,
            type="oidc",
            identity_provider_config_name=options.name,
            oidc=eks.CfnIdentityProviderConfig.OidcIdentityProviderConfigProperty(
                issuer_url=options.issuer_url,
                client_id=options.client_id,
                username_claim=options.username_claim,
                username_prefix=options.username_prefix,
                groups_claim=options.groups_claim,
                groups_prefix=options.groups_prefix,
                required_claims=[
                    eks.CfnIdentityProviderConfig.RequiredClaimProperty(key=key, value=value)
                    for key, value in options.required_claims.items()
                ]
                or None,
            ),
        )
