"""Options of a listener rule: which requests it is for, and what happens to them on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from reference_constructs.edge.listener_rule_priority import MAX_PRIORITY, computed_priority
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Cidr, ResourceName

# "Condition types for listener rules", Application Load Balancers.
PathPattern = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_.$/~\"'@:+&*?-]+$",
        max_length=128,
        examples=["/orders/*"],
        json_schema_extra=in_words("letters, digits, and the characters `_.$/~\"'@:+&-`; `*` and `?` are wildcards"),
    ),
]
HostHeader = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9.*?-]*\.[A-Za-z*?]+$",
        max_length=128,
        examples=["*.example.com"],
        json_schema_extra=in_words("letters, digits, hyphens, and at least one period; `*` and `?` are wildcards"),
    ),
]
HeaderName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$",
        examples=["X-Tenant"],
        json_schema_extra=in_words("name of a header of at most 40 characters, without wildcards"),
    ),
]
ConditionText = Annotated[
    str,
    Field(
        pattern=r"^[ -~]{1,128}$",
        examples=["beta-*"],
        json_schema_extra=in_words("1 to 128 printable ASCII characters; `*` and `?` are wildcards"),
    ),
]
HeaderValues = Annotated[
    tuple[ConditionText, ...],
    # Below a mapping, where strict validation would take tuples alone (`Options`).
    BeforeValidator(lambda values: tuple(values) if isinstance(values, list) else values),
    Field(min_length=1, max_length=5),
]
RequestMethod = Annotated[
    str,
    Field(
        pattern=r"^[A-Z_-]{1,40}$",
        examples=["POST"],
        json_schema_extra=in_words("name of an HTTP request method in uppercase letters, without wildcards"),
    ),
]


class QueryStringOptions(Options):
    """Parameter of a query string."""

    key: ConditionText | None = None
    """Name of the parameter. With `null`, the name can be anything."""

    value: ConditionText
    """Value of the parameter."""


class RewriteOptions(Options):
    """Rewrite of the host header or of the URL of a request (`Transforms`)."""

    regex: Annotated[str, Field(min_length=1, max_length=1024, examples=["/v1/(.*)"])]
    """Regular expression that is searched for. A request that does not match is forwarded unchanged. Lookaheads,
    lookbehinds, and backreferences are not supported."""

    replace: Annotated[str, Field(max_length=1024, examples=["/$1"])]
    """What the match is replaced with. `$1` is the first group of the regular expression."""


class AuthenticationOptions(Options):
    """Authentication of users before their requests are forwarded."""

    identity_provider: ResourceName
    """Name of one of the `identity_providers` of the load balancer."""

    on_unauthenticated_request: Literal["authenticate", "allow", "deny"] = "authenticate"
    """What happens to a request of a user who is not authenticated: the user is sent to the identity provider
    (`authenticate`), the request is forwarded without identity (`allow`), or it is refused with 401 (`deny`), which is
    right for requests of scripts in a page."""

    scope: Annotated[
        str,
        Field(
            pattern=r"^[!-~]+( [!-~]+)*$",
            examples=["openid email"],
            json_schema_extra=in_words("names of claims, with a space between two of them"),
        ),
    ] = "openid"
    """Claims that the identity provider is asked for, separated by spaces."""

    session_timeout_seconds: Annotated[int, Field(ge=1, le=604_800)] = 28_800
    """Time after which users must authenticate again, in seconds. The default is 8 hours, that of Elastic Load
    Balancing 7 days."""


class ListenerRuleConditions(Options):
    """Requests that a listener rule is for: those that meet each of the conditions that are stated."""

    path_patterns: Annotated[tuple[PathPattern, ...], Field(max_length=5)] = ()
    """Path patterns to match, such as `/orders` and `/orders/*`. The path is forwarded unchanged."""

    host_headers: Annotated[tuple[HostHeader, ...], Field(max_length=5)] = ()
    """Host headers to match, such as `orders.example.com`."""

    http_headers: Annotated[
        dict[HeaderName, HeaderValues],
        Field(max_length=5),
    ] = {}
    """Values of HTTP headers to match, by name of the header. A request must have one of the values of each header.
    Upper and lower case are not distinguished."""

    http_request_methods: Annotated[tuple[RequestMethod, ...], Field(max_length=5)] = ()
    """HTTP request methods to match, such as `GET` and `HEAD`."""

    query_strings: Annotated[tuple[QueryStringOptions, ...], Field(max_length=5)] = ()
    """Parameters of the query string to match. A request must have one of them. Upper and lower case are not
    distinguished."""

    source_ips: Annotated[tuple[Cidr, ...], Field(max_length=5)] = ()
    """CIDR blocks of the source address to match. Behind a proxy or a content delivery network, the source address is
    the address of that."""

    priority: Annotated[int, Field(ge=1, le=MAX_PRIORITY)] | None = None
    """Priority of the listener rule. The rule with the lowest number is evaluated first. With `null`, the priority is
    computed from the conditions and the name of the rule, so that no other rule changes it (docs/adr/0007)."""

    @property
    def number_of_values(self) -> int:
        """How many values the conditions have together."""
        others = (self.path_patterns, self.host_headers, self.http_request_methods, self.query_strings, self.source_ips)
        return sum(map(len, others)) + sum(map(len, self.http_headers.values()))

    @property
    def texts(self) -> Iterator[str]:
        """Every value in which `*` and `?` are wildcards."""
        yield from (*self.path_patterns, *self.host_headers)
        for values in self.http_headers.values():
            yield from values
        for each in self.query_strings:
            yield from (each.key or "", each.value)

    @property
    def number_of_further_conditions(self) -> int:
        """How many conditions there are besides hosts and paths."""
        others = (self.http_request_methods, self.query_strings, self.source_ips)
        return sum(map(bool, others)) + len(self.http_headers)

    def rule_priority(self, rule_name: str) -> int:
        """The priority of the listener rule: the one that is stated, or the computed one.

        Args:
            rule_name: Name of the service; for a further rule of it, followed by a slash and the name of that.
        """
        return self.priority or computed_priority(
            rule_name, self.host_headers, self.path_patterns, self.number_of_further_conditions
        )


class ListenerRuleOptions(ListenerRuleConditions):
    """Listener rule that forwards requests to the target group of a service."""

    url_rewrite: RewriteOptions | None = None
    """Rewrite of the URL (path and query string) before the request is forwarded. Conditions are about the URL that the
    client sent."""

    host_rewrite: RewriteOptions | None = None
    """Rewrite of the host header before the request is forwarded."""

    authentication: AuthenticationOptions | None = None
    """Authentication of users by an identity provider. It requires HTTPS."""
