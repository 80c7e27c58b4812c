"""The web ACL: what it blocks, and what it writes down."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.edge.web_acl import WebAcl
from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import DELETED, KEPT, Resource, fate, flat, only, only_id, properties
from tests.support.synthesis import new_stack

LOAD_BALANCER_ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shared/0123456789abcdef"


def _synthesize(*, retention: RetentionOptions = PROTECTED, **options: object) -> Template:
    stack = new_stack()
    web_acl = WebAcl(
        stack,
        "WebAcl",
        log_group_suffix="sandbox-ecs",
        encryption_key=kms.Key(stack, "Key"),
        options=WebAclOptions.model_validate(options),
        retention=retention,
    )
    web_acl.protect("LoadBalancer", LOAD_BALANCER_ARN)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _synthesize()


def _rules(template: Template) -> list[Resource]:
    """In the order in which WAF asks them."""
    return sorted(properties(template, "AWS::WAFv2::WebACL")["Rules"], key=lambda rule: int(rule["Priority"]))


def test_floods_are_cut_off_before_any_request_is_inspected(template: Template) -> None:
    first, *others = _rules(template)

    assert "RateBasedStatement" in first["Statement"]
    assert [rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in others] == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    ]
    assert len({rule["Priority"] for rule in [first, *others]}) == 4


@pytest.mark.parametrize(("options", "limit"), [({}, 2000), ({"requests_per_5_minutes": 500}, 500)])
def test_each_client_address_is_limited(options: dict[str, Any], limit: int) -> None:
    rule = _rules(_synthesize(**options))[0]

    assert rule["Statement"]["RateBasedStatement"] == {"AggregateKeyType": "IP", "Limit": limit}
    assert rule["Action"] == {"Block": {}}


def test_rules_of_aws_block_what_they_say(template: Template) -> None:
    for rule in _rules(template)[1:]:
        assert rule["Statement"]["ManagedRuleGroupStatement"]["VendorName"] == "AWS"
        assert rule["OverrideAction"] == {"None": {}}


def _counted(template: Template) -> dict[str, list[str]]:
    """Names of rules that count only, by group."""
    statements = [rule["Statement"]["ManagedRuleGroupStatement"] for rule in _rules(template)[1:]]
    for statement in statements:
        assert all(each["ActionToUse"] == {"Count": {}} for each in statement.get("RuleActionOverrides", []))
    return {
        statement["Name"]: [each["Name"] for each in statement["RuleActionOverrides"]]
        for statement in statements
        if "RuleActionOverrides" in statement
    }


def test_an_ordinary_upload_passes_by_default(template: Template) -> None:
    assert _counted(template) == {"AWSManagedRulesCommonRuleSet": ["SizeRestrictions_BODY"]}


@pytest.mark.parametrize(
    ("count_rules", "counted"),
    [
        ([], {}),
        (
            ["CrossSiteScripting_BODY", "Log4JRCE_BODY", "AWSManagedReconnaissanceList", "NewerThanThese_BODY"],
            {
                "AWSManagedRulesAmazonIpReputationList": ["AWSManagedReconnaissanceList"],
                "AWSManagedRulesCommonRuleSet": ["CrossSiteScripting_BODY", "NewerThanThese_BODY"],
                "AWSManagedRulesKnownBadInputsRuleSet": ["Log4JRCE_BODY"],
            },
        ),
    ],
)
def test_rules_count_only_that_are_named(count_rules: list[str], counted: dict[str, list[str]]) -> None:
    assert _counted(_synthesize(count_rules=count_rules)) == counted


def test_clients_behind_a_proxy_are_told_apart() -> None:
    rule = _rules(_synthesize(forwarded_ip_header="X-Forwarded-For"))[0]

    assert rule["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "FORWARDED_IP",
        "ForwardedIPConfig": {"FallbackBehavior": "MATCH", "HeaderName": "X-Forwarded-For"},
        "Limit": 2000,
    }


def test_everything_else_passes(template: Template) -> None:
    acl = properties(template, "AWS::WAFv2::WebACL")

    assert acl["DefaultAction"] == {"Allow": {}}
    assert acl["Scope"] == "REGIONAL"


def test_every_rule_has_a_metric_of_its_own(template: Template) -> None:
    configurations = [rule["VisibilityConfig"] for rule in _rules(template)]

    assert len({configuration["MetricName"] for configuration in configurations}) == 4
    for configuration in [*configurations, properties(template, "AWS::WAFv2::WebACL")["VisibilityConfig"]]:
        assert configuration["CloudWatchMetricsEnabled"] is True


def test_load_balancer_stands_behind_it(template: Template) -> None:
    assert properties(template, "AWS::WAFv2::WebACLAssociation") == {
        "ResourceArn": LOAD_BALANCER_ARN,
        "WebACLArn": {"Fn::GetAtt": [only_id(template, "AWS::WAFv2::WebACL"), "Arn"]},
    }


def test_log_group_has_the_name_without_which_waf_writes_nothing(template: Template) -> None:
    assert properties(template, "AWS::Logs::LogGroup")["LogGroupName"] == "aws-waf-logs-sandbox-ecs"


def test_log_destination_has_no_star_at_its_end_which_waf_refuses(template: Template) -> None:
    logging = properties(template, "AWS::WAFv2::LoggingConfiguration")
    group = f"<{only_id(template, 'AWS::Logs::LogGroup')}>"

    assert logging["ResourceArn"] == {"Fn::GetAtt": [only_id(template, "AWS::WAFv2::WebACL"), "Arn"]}
    assert [flat(arn) for arn in logging["LogDestinationConfigs"]] == [
        f"arn:<AWS::Partition>:logs:eu-west-1:<AWS::AccountId>:log-group:{group}"
    ]


def test_only_requests_that_were_not_simply_allowed_are_logged(template: Template) -> None:
    logging_filter = properties(template, "AWS::WAFv2::LoggingConfiguration")["LoggingFilter"]

    assert logging_filter["DefaultBehavior"] == "DROP"
    (kept,) = logging_filter["Filters"]
    assert (kept["Behavior"], kept["Requirement"]) == ("KEEP", "MEETS_ANY")
    assert [condition["ActionCondition"]["Action"] for condition in kept["Conditions"]] == [
        "BLOCK",
        "COUNT",
        "EXCLUDED_AS_COUNT",
    ]


def test_credentials_are_not_logged(template: Template) -> None:
    fields = properties(template, "AWS::WAFv2::LoggingConfiguration")["RedactedFields"]

    assert fields == [{"SingleHeader": {"Name": "authorization"}}, {"SingleHeader": {"Name": "cookie"}}]


@pytest.mark.parametrize(("protected", "expected"), [(True, KEPT), (False, DELETED)])
def test_logs_are_encrypted_expire_and_stay_only_where_protected(*, protected: bool, expected: tuple[str, str]) -> None:
    template = _synthesize(retention=RetentionOptions(protected=protected, log_retention_days=90))

    group = only(template, "AWS::Logs::LogGroup")
    assert group["Properties"]["KmsKeyId"] == {"Fn::GetAtt": [only_id(template, "AWS::KMS::Key"), "Arn"]}
    assert group["Properties"]["RetentionInDays"] == 90
    assert fate(group) == expected


def test_rule_groups_have_the_configuration_that_is_stated() -> None:
    login = {"login_path": "/login", "payload_type": "JSON", "username_field": "/user", "password_field": "/password"}
    rules = _rules(
        _synthesize(
            managed_rule_groups={
                "AWSManagedRulesBotControlRuleSet": {"inspection_level": "TARGETED"},
                "AWSManagedRulesATPRuleSet": {"account_takeover_prevention": login},
                "AWSManagedRulesSQLiRuleSet": {},
            }
        )
    )
    statements = {rule["Name"]: rule["Statement"].get("ManagedRuleGroupStatement", {}) for rule in rules}

    assert statements["AWSManagedRulesBotControlRuleSet"]["ManagedRuleGroupConfigs"] == [
        {"AWSManagedRulesBotControlRuleSet": {"InspectionLevel": "TARGETED"}}
    ]
    assert statements["AWSManagedRulesATPRuleSet"]["ManagedRuleGroupConfigs"] == [
        {
            "AWSManagedRulesATPRuleSet": {
                "LoginPath": "/login",
                "RequestInspection": {
                    "PayloadType": "JSON",
                    "UsernameField": {"Identifier": "/user"},
                    "PasswordField": {"Identifier": "/password"},
                },
            }
        }
    ]
    assert "ManagedRuleGroupConfigs" not in statements["AWSManagedRulesSQLiRuleSet"]
