"""Rules of web ACLs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, load_balancer


def web_acl(text: str) -> str:
    """A file with a load balancer and its web ACL."""
    return load_balancer(f"{{plain_http: true, web_acl: {{{text}}}}}")


def groups(*names: str) -> str:
    """Further rule groups of AWS."""
    return f"managed_rule_groups: {{{', '.join(f'AWSManagedRules{name}RuleSet: {{}}' for name in names)}}}"


EXISTING = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/0123abcd-0123-4567-89ab-0123456789ab"

LOGIN = "account_takeover_prevention: {login_path: /login, username_field: user, password_field: password}"


def with_group(group: str) -> str:
    """A web ACL with one more rule group."""
    return load_balancer(f"{{plain_http: true, web_acl: {{managed_rule_groups: {{{group}}}}}}}")


PAIRS = (
    RulePair(
        rule="managed_rule_group_can_be_added: with a login page",
        rejected=with_group("AWSManagedRulesATPRuleSet: {}"),
        accepted=with_group(f"AWSManagedRulesATPRuleSet: {{{LOGIN}}}"),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups.AWSManagedRulesATPRuleSet: it needs the path of the login "
            "page\n"
            "fix: add account_takeover_prevention\n"
            "why: A web ACL has each rule group once, and some only with a configuration of their own."
        ),
    ),
    RulePair(
        rule="managed_rule_group_has_a_configuration_of_its_own",
        rejected=with_group("AWSManagedRulesSQLiRuleSet: {inspection_level: TARGETED}"),
        accepted=with_group("AWSManagedRulesBotControlRuleSet: {inspection_level: TARGETED}"),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups.AWSManagedRulesSQLiRuleSet.inspection_level: "
            "inspection_level is of AWSManagedRulesBotControlRuleSet\n"
            "fix: remove inspection_level, or use AWSManagedRulesBotControlRuleSet\n"
            "why: AWS WAF refuses the configuration of one rule group in another one."
        ),
    ),
    RulePair(
        rule="existing_web_acl_is_not_shaped",
        rejected=load_balancer(f"{{plain_http: true, web_acl: {{arn: '{EXISTING}', requests_per_5_minutes: 5000}}}}"),
        accepted=load_balancer(f"{{plain_http: true, web_acl: {{arn: '{EXISTING}'}}}}"),
        message=(
            "ecs.load_balancer.web_acl.requests_per_5_minutes: requests_per_5_minutes is of a new web ACL, but there "
            "is web_acl.arn\n"
            "fix: remove requests_per_5_minutes, or remove arn\n"
            "why: The web ACL is what its owner made of it, so a key that shapes a new one would do nothing."
        ),
    ),
    RulePair(
        rule="counted_rule_comes_once",
        rejected=load_balancer("{plain_http: true, web_acl: {count_rules: [PROPFIND_METHOD, PROPFIND_METHOD]}}"),
        accepted=load_balancer("{plain_http: true, web_acl: {count_rules: [PROPFIND_METHOD, GenericRFI_BODY]}}"),
        message=(
            "ecs.load_balancer.web_acl.count_rules[1]: 'PROPFIND_METHOD' is listed twice\n"
            "fix: remove one of the two\n"
            "why: AWS WAF takes one override for each rule."
        ),
    ),
    RulePair(
        rule="counted_rule_exists",
        rejected=load_balancer("{plain_http: true, web_acl: {count_rules: [SizeRestriction_BODY]}}"),
        accepted=load_balancer("{plain_http: true, web_acl: {count_rules: [SizeRestrictions_BODY]}}"),
        message=(
            "ecs.load_balancer.web_acl.count_rules[0]: no rule SizeRestriction_BODY is known in "
            "AWSManagedRulesAmazonIpReputationList, AWSManagedRulesCommonRuleSet, and "
            "AWSManagedRulesKnownBadInputsRuleSet\n"
            "fix: did you mean SizeRestrictions_BODY?\n"
            "why: AWS WAF ignores an override for a rule that no group has, and the rule that was meant goes on "
            "blocking."
        ),
    ),
    RulePair(
        rule="counted_rule_exists: unlike any",
        rejected=load_balancer("{plain_http: true, web_acl: {count_rules: [QQQ]}}"),
        accepted=load_balancer("{plain_http: true, web_acl: {count_rules: []}}"),
        message=(
            "ecs.load_balancer.web_acl.count_rules[0]: no rule QQQ is known in "
            "AWSManagedRulesAmazonIpReputationList, AWSManagedRulesCommonRuleSet, and "
            "AWSManagedRulesKnownBadInputsRuleSet\n"
            "fix: use a name of the page Baseline rule groups of AWS WAF\n"
            "why: AWS WAF ignores an override for a rule that no group has, and the rule that was meant "
            "goes on blocking."
        ),
    ),
    RulePair(
        rule="counted_rule_comes_once: of a further group",
        rejected=web_acl("managed_rule_groups: {AWSManagedRulesSQLiRuleSet: {count_rules: [SQLi_BODY, SQLi_BODY]}}"),
        accepted=web_acl("managed_rule_groups: {AWSManagedRulesSQLiRuleSet: {count_rules: [SQLi_BODY]}}"),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups.AWSManagedRulesSQLiRuleSet.count_rules[1]: "
            "'SQLi_BODY' is listed twice\n"
            "fix: remove one of the two\n"
            "why: AWS WAF takes one override for each rule."
        ),
    ),
    RulePair(
        rule="managed_rule_group_can_be_added",
        rejected=web_acl("managed_rule_groups: {AWSManagedRulesCommonRuleSet: {}}"),
        accepted=web_acl("managed_rule_groups: {AWSManagedRulesSQLiRuleSet: {}}"),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups.AWSManagedRulesCommonRuleSet: the web ACL has it "
            "already\n"
            "fix: remove it, and use count_rules of the web ACL for its rules\n"
            "why: A web ACL has each rule group once, and some only with a configuration of their own."
        ),
    ),
    RulePair(
        rule="managed_rule_group_can_be_added: without configuration",
        rejected=web_acl("managed_rule_groups: {AWSManagedRulesACFPRuleSet: {}}"),
        accepted=web_acl("managed_rule_groups: {AWSManagedRulesBotControlRuleSet: {}}"),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups.AWSManagedRulesACFPRuleSet: it needs a configuration, "
            "such as the path of the login page\n"
            "fix: put it into a rule group or a web ACL of your own\n"
            "why: A web ACL has each rule group once, and some only with a configuration of their own."
        ),
    ),
    RulePair(
        rule="managed_rule_group_exists",
        rejected=web_acl("managed_rule_groups: {AWSManagedRulesSQLRuleSet: {}}"),
        accepted=web_acl("managed_rule_groups: {OWASP: {vendor: Fortinet}}"),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups.AWSManagedRulesSQLRuleSet: no such rule group of AWS "
            "is known\n"
            "fix: did you mean AWSManagedRulesSQLiRuleSet?\n"
            "why: AWS WAF refuses a web ACL with a rule group that there is not."
        ),
    ),
    RulePair(
        rule="countries_are_blocked_or_allowed",
        rejected=web_acl("blocked_countries: [AQ], allowed_countries: [DE]"),
        accepted=web_acl("allowed_countries: [DE]"),
        message=(
            "ecs.load_balancer.web_acl.blocked_countries: there are blocked_countries and allowed_countries\n"
            "fix: remove one of the two\n"
            "why: Where some countries alone are allowed, all others are blocked already."
        ),
    ),
    RulePair(
        rule="rule_groups_cost_no_extra",
        rejected=web_acl(groups("SQLi", "Linux", "Windows")),
        accepted=web_acl(groups("SQLi", "Linux", "PHP")),
        message=(
            "ecs.load_balancer.web_acl.managed_rule_groups: the rule groups take 1528 capacity units\n"
            "fix: use rule groups that take at most 1500 together, or acknowledge the charge\n"
            "why: AWS charges more for each request of a web ACL that takes more than 1,500 capacity units."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
