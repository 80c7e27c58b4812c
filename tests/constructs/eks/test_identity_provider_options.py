"""Options of the OIDC identity provider."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from reference_constructs.eks.identity_provider_options import IdentityProviderOptions

ISSUER = {"issuer_url": "https://login.example.com", "client_id": "kubernetes"}


@pytest.mark.parametrize("key", ["username_prefix", "groups_prefix"])
def test_names_cannot_begin_as_those_of_kubernetes(key: str) -> None:
    with pytest.raises(ValidationError, match="a prefix without system:"):
        IdentityProviderOptions.model_validate(ISSUER | {key: "system:"})
    options = IdentityProviderOptions.model_validate(ISSUER | {key: "staff:"})
    assert getattr(options, key) == "staff:"
