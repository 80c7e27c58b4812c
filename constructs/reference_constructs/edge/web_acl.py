"""A WAF web ACL in front of a load balancer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from reference_constructs.edge.web_acl_options import MANAGED_RULES, ManagedRuleGroupOptions, WebAclOptions
from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

# After the rate limit and the baseline groups.
_COUNTRIES: Final = len(MANAGED_RULES) + 1


class WebAcl(Construct):
    """AWS managed baseline rules and a limit for each client address; blocked requests are logged.

    L1 throughout, because the CDK has no L2 of WAF.

    Attributes:
        web_acl: The web ACL.
        log_group: Requests that were blocked or counted.
    """

    web_acl: wafv2.CfnWebACL
    log_group: EncryptedLogGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_group_suffix: str,
        encryption_key: kms.IKey,
        options: WebAclOptions,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the web ACL.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            log_group_suffix: WAF writes only to log groups named `aws-waf-logs-…`; this is the rest.
            encryption_key: Encrypts the log group; its policy must admit CloudWatch Logs.
            options: The rate limit, and rules that count only.
            retention: How long blocked requests are kept, and whether they outlive the stack.
        """
        super().__init__(scope, construct_id)
        self._define_web_acl(options)
        self._log_blocked_requests(
            EncryptedLogGroup(
                self,
                "LogGroup",
                log_group_name=f"aws-waf-logs-{log_group_suffix}",
                encryption_key=encryption_key,
                retention=retention,
            )
        )

    def protect(self, construct_id: str, resource_arn: str) -> None:
        """Put the web ACL in front of a load balancer.

        Args:
            construct_id: Id of the association.
            resource_arn: ARN of the load balancer.
        """
        wafv2.CfnWebACLAssociation(self, construct_id, resource_arn=resource_arn, web_acl_arn=self.web_acl.attr_arn)

    def _define_web_acl(self, options: WebAclOptions) -> None:
        groups = [
            wafv2.CfnWebACL.RuleProperty(
                name=name,
                priority=priority,
                override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
                statement=wafv2.CfnWebACL.StatementProperty(
                    managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                        vendor_name="AWS", name=name, rule_action_overrides=_overrides(name, options) or None
                    )
                ),
                visibility_config=_visibility(name),
            )
            for priority, name in enumerate(MANAGED_RULES, start=1)
        ]
        self.web_acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            rules=[_rate_limit(options), *groups, *_by_country(options), *_further_groups(options)],
            visibility_config=_visibility("WebAcl"),
        )

    def _log_blocked_requests(self, log_group: EncryptedLogGroup) -> None:
        """Only what is not allowed: the access log of the load balancer has the rest."""
        self.log_group = log_group
        stack = cdk.Stack.of(self)
        arn = stack.format_arn(
            service="logs",
            resource="log-group",
            # WAF wants the ARN without the `:*` that CloudFormation's attribute ends with.
            resource_name=log_group.log_group_name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.web_acl.attr_arn,
            log_destination_configs=[arn],
            # The JSON is WAF's own, in its own capitals; the CDK hands it on as it stands.
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [
                            {"ActionCondition": {"Action": action}}
                            for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
                        ],
                    }
                ],
            },
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": name})
                for name in ("authorization", "cookie")
            ],
        )


def _visibility(metric_name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=metric_name, sampled_requests_enabled=True
    )


def _rate_limit(options: WebAclOptions) -> wafv2.CfnWebACL.RuleProperty:
    """The limit for each client; a forwarded address that is none counts as a match, or it would evade the limit."""
    header = options.forwarded_ip_header
    return wafv2.CfnWebACL.RuleProperty(
        name="RateLimit",
        priority=0,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP" if header is None else "FORWARDED_IP",
                forwarded_ip_config=None
                if header is None
                else wafv2.CfnWebACL.ForwardedIPConfigurationProperty(header_name=header, fallback_behavior="MATCH"),
                limit=options.requests_per_5_minutes,
            )
        ),
        visibility_config=_visibility("RateLimit"),
    )


def _by_country(options: WebAclOptions) -> Iterator[wafv2.CfnWebACL.RuleProperty]:
    countries = options.blocked_countries or options.allowed_countries
    if not countries:
        return
    header = options.forwarded_ip_header
    match = wafv2.CfnWebACL.StatementProperty(
        geo_match_statement=wafv2.CfnWebACL.GeoMatchStatementProperty(
            country_codes=list(countries),
            forwarded_ip_config=None
            if header is None
            else wafv2.CfnWebACL.ForwardedIPConfigurationProperty(
                # An address that is none is of no country: blocked where only some are allowed.
                header_name=header,
                fallback_behavior="MATCH" if options.blocked_countries else "NO_MATCH",
            ),
        )
    )
    yield wafv2.CfnWebACL.RuleProperty(
        name="Countries",
        priority=_COUNTRIES,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=match
        if options.blocked_countries
        else wafv2.CfnWebACL.StatementProperty(not_statement=wafv2.CfnWebACL.NotStatementProperty(statement=match)),
        visibility_config=_visibility("Countries"),
    )


def _further_groups(options: WebAclOptions) -> Iterator[wafv2.CfnWebACL.RuleProperty]:
    statements = {
        name: wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name=group.vendor,
                name=name,
                version=group.version,
                managed_rule_group_configs=_configuration(group),
                rule_action_overrides=[_counted(rule) for rule in group.count_rules] or None,
            )
        )
        for name, group in options.managed_rule_groups.items()
    }
    for arn in options.rule_group_arns:
        statements[f"Own-{arn.split('/')[-2]}"] = wafv2.CfnWebACL.StatementProperty(
            rule_group_reference_statement=wafv2.CfnWebACL.RuleGroupReferenceStatementProperty(arn=arn)
        )
    for priority, (name, statement) in enumerate(statements.items(), start=_COUNTRIES + 1):
        yield wafv2.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
            statement=statement,
            visibility_config=_visibility(name),
        )


def _configuration(
    group: ManagedRuleGroupOptions,
) -> list[cdk.IResolvable | wafv2.CfnWebACL.ManagedRuleGroupConfigProperty] | None:
    if group.inspection_level is not None:
        return [
            wafv2.CfnWebACL.ManagedRuleGroupConfigProperty(
                aws_managed_rules_bot_control_rule_set=wafv2.CfnWebACL.AWSManagedRulesBotControlRuleSetProperty(
                    inspection_level=group.inspection_level
                )
            )
        ]
    login = group.account_takeover_prevention
    if login is None:
        return None
    field = wafv2.CfnWebACL.FieldIdentifierProperty
    return [
        wafv2.CfnWebACL.ManagedRuleGroupConfigProperty(
            aws_managed_rules_atp_rule_set=wafv2.CfnWebACL.AWSManagedRulesATPRuleSetProperty(
                login_path=login.login_path,
                request_inspection=wafv2.CfnWebACL.RequestInspectionProperty(
                    payload_type=login.payload_type,
                    username_field=field(identifier=login.username_field),
                    password_field=field(identifier=login.password_field),
                ),
            )
        )
    ]


def _counted(name: str) -> wafv2.CfnWebACL.RuleActionOverrideProperty:
    return wafv2.CfnWebACL.RuleActionOverrideProperty(
        name=name, action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={})
    )


def _overrides(group: str, options: WebAclOptions) -> list[wafv2.CfnWebACL.RuleActionOverrideProperty]:
    """A rule that is newer than the names here is taken for one of the core rule set, which has most."""
    others = [name for key, names in MANAGED_RULES.items() if key != group for name in names]
    is_core = group == "AWSManagedRulesCommonRuleSet"
    return [
        _counted(name)
        for name in options.count_rules
        if name in MANAGED_RULES[group] or (is_core and name not in others)
    ]
