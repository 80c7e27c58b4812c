"""Options of the web ACL."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn

# "Baseline rule groups" and "IP reputation rule groups": the baseline groups and the reputation list, 925 of 1,500
# capacity units, with the names of their rules.
MANAGED_RULES: Final = {
    "AWSManagedRulesAmazonIpReputationList": (
        "AWSManagedIPReputationList",
        "AWSManagedReconnaissanceList",
        "AWSManagedIPDDoSList",
    ),
    "AWSManagedRulesCommonRuleSet": (
        "NoUserAgent_HEADER",
        "UserAgent_BadBots_HEADER",
        "SizeRestrictions_QUERYSTRING",
        "SizeRestrictions_Cookie_HEADER",
        "SizeRestrictions_BODY",
        "SizeRestrictions_URIPATH",
        "EC2MetaDataSSRF_BODY",
        "EC2MetaDataSSRF_COOKIE",
        "EC2MetaDataSSRF_URIPATH",
        "EC2MetaDataSSRF_QUERYARGUMENTS",
        "GenericLFI_QUERYARGUMENTS",
        "GenericLFI_URIPATH",
        "GenericLFI_BODY",
        "RestrictedExtensions_URIPATH",
        "RestrictedExtensions_QUERYARGUMENTS",
        "GenericRFI_QUERYARGUMENTS",
        "GenericRFI_BODY",
        "GenericRFI_URIPATH",
        "CrossSiteScripting_COOKIE",
        "CrossSiteScripting_QUERYARGUMENTS",
        "CrossSiteScripting_BODY",
        "CrossSiteScripting_URIPATH",
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": (
        "JavaDeserializationRCE_HEADER",
        "JavaDeserializationRCE_BODY",
        "JavaDeserializationRCE_URIPATH",
        "JavaDeserializationRCE_QUERYSTRING",
        "Host_localhost_HEADER",
        "PROPFIND_METHOD",
        "ExploitablePaths_URIPATH",
        "Log4JRCE_HEADER",
        "Log4JRCE_QUERYSTRING",
        "Log4JRCE_BODY",
        "Log4JRCE_URIPATH",
        "ReactJSRCE_BODY",
    ),
}
WafRuleName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,128}$",
        examples=["SizeRestrictions_BODY"],
        json_schema_extra=in_words("name of a rule of an AWS Managed Rules rule group"),
    ),
]


RuleGroupName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_-]{1,128}$",
        examples=["AWSManagedRulesSQLiRuleSet"],
        json_schema_extra=in_words("name of a managed rule group"),
    ),
]
RuleGroupArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/rulegroup/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$",
        examples=["arn:aws:wafv2:eu-west-1:111122223333:regional/rulegroup/shop/0123abcd-0123-4567-89ab-0123456789ab"],
        json_schema_extra=in_words("ARN of a regional rule group in AWS WAF"),
    ),
    Arn(region=True),
]
WebAclArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$",
        examples=["arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/0123abcd-0123-4567-89ab-0123456789ab"],
        json_schema_extra=in_words("ARN of a regional web ACL in AWS WAF"),
    ),
    Arn(region=True, account=True),
]
CountryCode = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}$",
        examples=["DE"],
        json_schema_extra=in_words("code of a country of two uppercase letters (ISO 3166)"),
    ),
]


FieldIdentifier = Annotated[
    str,
    Field(
        pattern=r"^[!-~]{1,512}$",
        examples=["/credentials/name"],
        json_schema_extra=in_words("name of a field of a form, or JSON pointer that starts with `/`, without spaces"),
    ),
]


class AccountTakeoverPreventionOptions(Options):
    """Login page that `AWSManagedRulesATPRuleSet` watches."""

    login_path: Annotated[
        str,
        Field(
            pattern=r"^/[!-~]{0,255}$",
            examples=["/login"],
            json_schema_extra=in_words("path that starts with `/`, of at most 256 characters"),
        ),
    ]
    """Path of the requests that sign a user in, such as `/login`."""

    payload_type: Literal["JSON", "FORM_ENCODED"] = "FORM_ENCODED"
    """Format of the body of these requests."""

    username_field: FieldIdentifier
    """Field of the body with the name of the user. For JSON, it is a JSON pointer, such as `/user`."""

    password_field: FieldIdentifier
    """Field of the body with the password."""


class ManagedRuleGroupOptions(Options):
    """Further managed rule group of a web ACL."""

    vendor: Annotated[
        str,
        Field(
            pattern=r"^\S.{0,126}\S$",
            examples=["Fortinet"],
            json_schema_extra=in_words("2 to 128 characters; the first and the last are no spaces"),
        ),
    ] = "AWS"
    """Vendor of the rule group: `AWS`, or a seller on AWS Marketplace, to whose rule group the account subscribes."""

    version: (
        Annotated[
            str,
            Field(
                pattern=r"^[\w#:./-]{1,64}$",
                examples=["Version_1.1"],
                json_schema_extra=in_words("1 to 64 letters, digits, and the characters `_#:./-`"),
            ),
        ]
        | None
    ) = None
    """Version of the rule group. With `null`, it is the default version, which the vendor changes."""

    inspection_level: Literal["COMMON", "TARGETED"] | None = None
    """Inspection level of `AWSManagedRulesBotControlRuleSet`: bots that name themselves (`COMMON`), or also those that
    look like people (`TARGETED`), which AWS charges more for. With `null`, it is `COMMON`."""

    account_takeover_prevention: AccountTakeoverPreventionOptions | None = None
    """Login page that `AWSManagedRulesATPRuleSet` watches, which requires it."""

    count_rules: tuple[WafRuleName, ...] = ()
    """Rules of the rule group whose action is overridden to Count."""


class WebAclOptions(Options):
    """AWS WAF web ACL with AWS Managed Rules rule groups and a rate-based rule."""

    arn: WebAclArn | None = None
    """ARN of a web ACL that exists, in place of a new one, such as that of a security team. Then the other keys of the
    web ACL are not used."""

    requests_per_5_minutes: Annotated[int, Field(ge=10, le=2_000_000_000)] = 2000
    """Number of requests from one IP address in five minutes above which AWS WAF blocks the address. The default is
    about seven requests per second, which is more than a person sends."""

    count_rules: tuple[WafRuleName, ...] = ("SizeRestrictions_BODY",)
    """Rules of the AWS Managed Rules rule groups whose action is overridden to Count: a request that matches is logged,
    not blocked. The default is the rule that blocks each request with a body over 8 KB, such as an ordinary upload
    (docs/adr/0016). With an empty list, every rule has its own action. If a rule blocks requests of your application,
    `terminatingRuleMatchDetails` and `ruleGroupList` of the log name it."""

    managed_rule_groups: dict[RuleGroupName, ManagedRuleGroupOptions] = {}
    """Managed rule groups besides the Amazon IP reputation list, the core rule set, and the one of known bad inputs, by
    name, such as `AWSManagedRulesSQLiRuleSet`. Of those that need a configuration of their own,
    `AWSManagedRulesATPRuleSet` can be added."""

    rule_group_arns: tuple[RuleGroupArn, ...] = ()
    """ARNs of your own rule groups."""

    blocked_countries: tuple[CountryCode, ...] = ()
    """Countries whose requests are blocked."""

    allowed_countries: tuple[CountryCode, ...] = ()
    """Countries whose requests alone are not blocked. With an empty list, the country does not matter."""

    forwarded_ip_header: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9-]{1,255}$",
                examples=["X-Forwarded-For"],
                json_schema_extra=in_words("name of a request header"),
            ),
        ]
        | None
    ) = None
    """Header with the address of the client, which the rate-based rule counts by, and which says the country. State it
    if a proxy or a content delivery network is in front of the load balancer; else all clients share its addresses. It
    must be set by the proxy, because a client can state any address. With `null`, the rule counts by the source
    address."""
