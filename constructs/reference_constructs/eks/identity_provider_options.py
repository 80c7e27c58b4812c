"""Options of the OIDC identity provider of an EKS cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import ResourceName

Claim = Annotated[str, Field(min_length=1, max_length=253, examples=["email"])]


def _not_of_kubernetes(prefix: str) -> str:
    if "system:" in prefix:
        raise ValueError("a prefix without system:, with which names of Kubernetes itself begin")
    return prefix


Prefix = Annotated[Claim, AfterValidator(_not_of_kubernetes)]


class IdentityProviderOptions(Options):
    """OIDC identity provider whose users can use the Kubernetes API, beside IAM principals with access entries.

    This project associates one, of the ten that Amazon EKS would take. Nothing of it can be changed: to replace it,
    deploy once without it.
    """

    name: ResourceName = "oidc"
    """Name of the identity provider configuration."""

    issuer_url: Annotated[
        str,
        Field(
            pattern=r"^https://[^\s?#]+$",
            max_length=255,
            examples=["https://login.example.com"],
            json_schema_extra=in_words("URL that begins with https://, without query"),
        ),
    ]
    """URL of the issuer. It must be reachable from the internet, where Amazon EKS reads its keys."""

    client_id: Annotated[str, Field(min_length=1, max_length=253, examples=["kubernetes"])]
    """ID of the client application: the audience of the tokens."""

    username_claim: Claim | None = None
    """Claim of the token with the name of the user. With `null`, it is `sub`."""

    username_prefix: Prefix | None = None
    """Text before the name of the user, so that it differs from names of Kubernetes. With `null` and a claim other than
    `email`, it is the URL of the issuer and `#`."""

    groups_claim: Claim | None = None
    """Claim of the token with the groups of the user. With `null`, users are in no group."""

    groups_prefix: Prefix | None = None
    """Text before the names of groups."""

    required_claims: Annotated[dict[Claim, Claim], Field(max_length=10)] = {}
    """Claims that a token must have, with their values."""
