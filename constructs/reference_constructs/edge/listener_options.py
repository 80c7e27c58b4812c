"""Options of the listener of an Application Load Balancer: what it answers itself, and whom it lets in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Discriminator, Field, Tag

from reference_constructs.edge.listener_rule_options import ListenerRuleConditions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, Port, SecretsManagerArn

HTTPS_PORT: Final = 443

HttpsUrl = Annotated[
    str,
    Field(
        pattern=r"^https://[!-~]+$",
        max_length=1024,
        examples=["https://login.example.com/token"],
        json_schema_extra=in_words("URL that starts with `https://`"),
    ),
]
ClientId = Annotated[
    str, Field(pattern=r"^[!-~]{1,256}$", examples=["shop"], json_schema_extra=in_words("ID without spaces"))
]
HeaderValue = Annotated[
    str,
    Field(
        pattern=r"^[ -~]{1,1024}$",
        examples=["max-age=31536000; includeSubDomains"],
        json_schema_extra=in_words("1 to 1,024 printable ASCII characters"),
    ),
]


class OidcProviderOptions(Options):
    """Identity provider that supports OpenID Connect (OIDC)."""

    kind: Literal["oidc"]
    """The load balancer asks the endpoints of the provider."""

    issuer: HttpsUrl
    """Issuer of the identity provider."""

    authorization_endpoint: HttpsUrl
    """Authorization endpoint, to which users are sent."""

    token_endpoint: HttpsUrl
    """Token endpoint, to which the load balancer connects."""

    user_info_endpoint: HttpsUrl
    """User info endpoint, to which the load balancer connects."""

    client_id: ClientId
    """ID of the client that is registered at the identity provider. Its redirect URI is
    `https://<host>/oauth2/idpresponse` for each host."""

    client_secret_arn: SecretsManagerArn
    """ARN of a secret in AWS Secrets Manager with the secret of the client as plain text. CloudFormation reads it when
    a listener rule is created or updated, so a rotated secret needs a deployment that changes the rule."""

    @property
    def ports(self) -> set[int]:
        """Ports that the load balancer connects to."""
        return {urlsplit(url).port or HTTPS_PORT for url in (self.token_endpoint, self.user_info_endpoint)}


class CognitoProviderOptions(Options):
    """User pool of Amazon Cognito."""

    kind: Literal["cognito"]
    """The load balancer asks a user pool."""

    user_pool_arn: Annotated[
        str,
        Field(
            pattern=r"^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[a-z0-9-]+_[A-Za-z0-9]+$",
            examples=["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI"],
            json_schema_extra=in_words("ARN of a user pool in Amazon Cognito"),
        ),
        Arn(),
    ]
    """ARN of the user pool."""

    client_id: ClientId
    """ID of an app client of the user pool, which has a client secret and uses the authorization code grant. Its
    callback URL is `https://<host>/oauth2/idpresponse` for each host."""

    domain: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
            max_length=253,
            examples=["shop-login"],
            json_schema_extra=in_words("prefix of a domain of Amazon Cognito, or a custom domain, in lowercase"),
        ),
    ]
    """Domain prefix, or custom domain, of the user pool."""

    @property
    def ports(self) -> set[int]:
        """Ports that the load balancer connects to."""
        return {HTTPS_PORT}


def _kind(provider: object) -> object:
    return provider.get("kind") if isinstance(provider, Mapping) else getattr(provider, "kind", None)


AnyIdentityProviderOptions = Annotated[
    Annotated[OidcProviderOptions, Tag("oidc")] | Annotated[CognitoProviderOptions, Tag("cognito")],
    Discriminator(_kind),
]


class RedirectOptions(ListenerRuleConditions):
    """Listener rule that redirects requests. What is not stated stays as it is in the request."""

    host: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9.#{}-]{1,128}$",
                examples=["www.example.com"],
                json_schema_extra=in_words("host name, in which `#{host}` is that of the request"),
            ),
        ]
        | None
    ) = None
    """Host to redirect to."""

    path: (
        Annotated[
            str,
            Field(
                pattern=r"^/[!-~]*$",
                max_length=128,
                examples=["/shop/#{path}"],
                json_schema_extra=in_words("path that starts with `/`, in which `#{path}` is that of the request"),
            ),
        ]
        | None
    ) = None
    """Path to redirect to."""

    query: (
        Annotated[
            str,
            Field(
                pattern=r"^([!->@-~][!-~]*)?$",
                max_length=128,
                examples=["#{query}"],
                json_schema_extra=in_words("query string without `?`, in which `#{query}` is that of the request"),
            ),
        ]
        | None
    ) = None
    """Query string to redirect to."""

    port: Port | None = None
    """Port to redirect to."""

    permanent: bool = False
    """Whether browsers may remember the redirect (301, in place of 302)."""


class FixedResponseOptions(ListenerRuleConditions):
    """Listener rule that the load balancer answers itself."""

    status_code: Annotated[
        str,
        Field(
            pattern=r"^[245][0-9]{2}$",
            examples=["503"],
            json_schema_extra=in_words("status code in quotes, of which the first digit is 2, 4, or 5"),
        ),
    ]
    """HTTP status code of the response."""

    content_type: Literal["text/plain", "text/css", "text/html", "application/javascript", "application/json"] = (
        "text/plain"
    )
    """Content type of the body."""

    body: Annotated[str, Field(max_length=1024)] = ""
    """Body of the response."""


class ResponseHeadersOptions(Options):
    """Headers that the listener adds to each response, in place of those of the application (listener attributes)."""

    strict_transport_security: HeaderValue | None = None
    """`Strict-Transport-Security`. A browser that has seen it does not use HTTP for the host any more."""

    content_security_policy: HeaderValue | None = None
    """`Content-Security-Policy`."""

    x_content_type_options: Literal["nosniff"] | None = None
    """`X-Content-Type-Options`."""

    x_frame_options: Literal["DENY", "SAMEORIGIN"] | None = None
    """`X-Frame-Options`."""

    access_control_allow_origin: HeaderValue | None = None
    """`Access-Control-Allow-Origin`: `*`, or one origin."""

    access_control_allow_methods: HeaderValue | None = None
    """`Access-Control-Allow-Methods`."""

    access_control_allow_headers: HeaderValue | None = None
    """`Access-Control-Allow-Headers`."""

    access_control_expose_headers: HeaderValue | None = None
    """`Access-Control-Expose-Headers`."""

    access_control_allow_credentials: bool = False
    """Whether responses have `Access-Control-Allow-Credentials: true`. Browsers then require that
    `access_control_allow_origin` is one origin."""

    access_control_max_age: HeaderValue | None = None
    """`Access-Control-Max-Age`, in seconds."""

    server: bool = True
    """Whether responses have a `Server` header, which names the load balancer or the software of the application."""


class MutualTlsOptions(Options):
    """Client certificates (mutual TLS)."""

    mode: Literal["verify", "passthrough"] = "verify"
    """Whether the load balancer refuses connections without a valid client certificate (`verify`), or only hands the
    certificate to the application, which must verify it (`passthrough`)."""

    trust_store_arn: (
        Annotated[
            str,
            Field(
                pattern=r"^arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:truststore/[A-Za-z0-9-]{1,32}/[0-9a-f]+$",
                examples=["arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/partners/50dc6c495c0c9188"],
                json_schema_extra=in_words("ARN of a trust store of Elastic Load Balancing"),
            ),
            Arn(region=True),
        ]
        | None
    ) = None
    """ARN of a trust store that exists."""

    ca_bundle_bucket: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
                examples=["certificates"],
                json_schema_extra=in_words("name of an S3 bucket"),
            ),
        ]
        | None
    ) = None
    """Name of a bucket in Amazon S3 with the certificates of the certificate authorities (CA bundle), from which a
    trust store is created."""

    ca_bundle_key: Annotated[str, Field(min_length=1, max_length=1024, examples=["partners/ca.pem"])] | None = None
    """Key of the CA bundle in the bucket."""

    ca_bundle_version: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    """Version of the object. With `null`, it is the newest at the time of the deployment. A new CA bundle under the
    same key is not noticed: state its version, or use another key."""

    accept_expired_certificates: bool = False
    """Whether client certificates that have expired are accepted."""

    advertise_ca_names: bool = False
    """Whether clients are told the names of the certificate authorities, so that they can choose a certificate."""
