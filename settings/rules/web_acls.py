"""Rules of the web ACL of a load balancer."""

from __future__ import annotations

from collections.abc import Iterator

from facts.load_balancing import (
    CAPACITY_OF_A_WEB_ACL,
    CAPACITY_OF_RULE_GROUPS,
    CAPACITY_WITHOUT_CHARGE,
    RULE_GROUPS_WITH_CONFIGURATION,
)
from reference_constructs.edge.web_acl_options import MANAGED_RULES, WebAclOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, did_you_mean, listed
from settings.rules.routing_subjects import balancer_keys, load_balancers
from settings.rules.rule import rule, warning

_ATP = "AWSManagedRulesATPRuleSet"
_GROUPS = "web_acl.managed_rule_groups"
# "Rule statements list": a rate-based rule, and one by country.
_CAPACITY_OF_OTHER_RULES = 3


def _web_acls(environment: Environment) -> Iterator[tuple[KeyPath, WebAclOptions]]:
    """Every web ACL to create."""
    for path, balancer in load_balancers(environment):
        if balancer.web_acl is not None and balancer.web_acl.arn is None:
            yield (*path, "web_acl"), balancer.web_acl


@rule(
    "RuleActionOverride, AWS WAFV2 API Reference",
    keys=balancer_keys(*(f"web_acl.{key}count_rules[]" for key in ("", "managed_rule_groups.<name>."))),
)
def counted_rule_comes_once(environment: Environment) -> Iterator[Problem]:
    """AWS WAF takes one override for each rule."""
    for path, options in _web_acls(environment):
        yield from come_once((*path, "count_rules"), options.count_rules)
        for name, group in options.managed_rule_groups.items():
            yield from come_once((*path, "managed_rule_groups", name, "count_rules"), group.count_rules)


@rule("AssociateWebACL, AWS WAFV2 API Reference", keys=balancer_keys("web_acl"))
def existing_web_acl_is_not_shaped(environment: Environment) -> Iterator[Problem]:
    """The web ACL is what its owner made of it, so a key that shapes a new one would do nothing."""
    for path, balancer in load_balancers(environment):
        if balancer.web_acl is not None and balancer.web_acl.arn is not None:
            for key in sorted(balancer.web_acl.model_fields_set - {"arn"}):
                yield Problem(
                    path=(*path, "web_acl", key),
                    finding=f"{key} is of a new web ACL, but there is web_acl.arn",
                    fix=f"remove {key}, or remove arn",
                )


@warning("Overriding rule group actions in AWS WAF; Baseline rule groups", keys=balancer_keys("web_acl.count_rules[]"))
def counted_rule_exists(environment: Environment) -> Iterator[Problem]:
    """AWS WAF ignores an override for a rule that no group has, and the rule that was meant goes on blocking."""
    names = [name for of_group in MANAGED_RULES.values() for name in of_group]
    for path, options in _web_acls(environment):
        for index, name in enumerate(options.count_rules):
            if name not in names:
                yield Problem(
                    path=(*path, "count_rules", index),
                    finding=f"no rule {name} is known in {listed(MANAGED_RULES)}",
                    fix=did_you_mean(name, names) or "use a name of the page Baseline rule groups of AWS WAF",
                )


@rule("ManagedRuleGroupStatement, AWS WAFV2 API Reference", keys=balancer_keys(_GROUPS))
def managed_rule_group_can_be_added(environment: Environment) -> Iterator[Problem]:
    """A web ACL has each rule group once, and some only with a configuration of their own."""
    for path, options in _web_acls(environment):
        for name, group in options.managed_rule_groups.items():
            if group.vendor != "AWS":
                continue
            if name in MANAGED_RULES:
                finding, fix = (
                    "the web ACL has it already",
                    "remove it, and use count_rules of the web ACL for its rules",
                )
            elif name == _ATP and group.account_takeover_prevention is not None:
                continue
            elif name == _ATP:
                finding, fix = "it needs the path of the login page", "add account_takeover_prevention"
            elif name in RULE_GROUPS_WITH_CONFIGURATION:
                finding = "it needs a configuration, such as the path of the login page"
                fix = "put it into a rule group or a web ACL of your own"
            else:
                continue
            yield Problem(path=(*path, "managed_rule_groups", name), finding=finding, fix=fix)


@rule(
    "ManagedRuleGroupConfig, AWS WAFV2 API Reference",
    keys=balancer_keys(*(f"{_GROUPS}.<name>.{key}" for key in ("inspection_level", "account_takeover_prevention"))),
)
def managed_rule_group_has_a_configuration_of_its_own(environment: Environment) -> Iterator[Problem]:
    """AWS WAF refuses the configuration of one rule group in another one."""
    owners = {"inspection_level": "AWSManagedRulesBotControlRuleSet", "account_takeover_prevention": _ATP}
    for path, options in _web_acls(environment):
        for name, group in options.managed_rule_groups.items():
            for key, owner in owners.items():
                if getattr(group, key) is not None and (name != owner or group.vendor != "AWS"):
                    yield Problem(
                        path=(*path, "managed_rule_groups", name, key),
                        finding=f"{key} is of {owner}",
                        fix=f"remove {key}, or use {owner}",
                    )


@warning("AWS Managed Rules rule groups list", keys=balancer_keys(_GROUPS))
def managed_rule_group_exists(environment: Environment) -> Iterator[Problem]:
    """AWS WAF refuses a web ACL with a rule group that there is not."""
    for path, options in _web_acls(environment):
        for name, group in options.managed_rule_groups.items():
            known = (*CAPACITY_OF_RULE_GROUPS, *RULE_GROUPS_WITH_CONFIGURATION)
            if group.vendor == "AWS" and name not in known:
                yield Problem(
                    path=(*path, "managed_rule_groups", name),
                    finding="no such rule group of AWS is known",
                    fix=did_you_mean(name, known) or "use a name of the page AWS Managed Rules rule groups list",
                )


@rule(
    "GeoMatchStatement, AWS WAFV2 API Reference",
    keys=balancer_keys("web_acl.blocked_countries", "web_acl.allowed_countries"),
)
def countries_are_blocked_or_allowed(environment: Environment) -> Iterator[Problem]:
    """Where some countries alone are allowed, all others are blocked already."""
    for path, options in _web_acls(environment):
        if options.blocked_countries and options.allowed_countries:
            yield Problem(
                path=(*path, "blocked_countries"),
                finding="there are blocked_countries and allowed_countries",
                fix="remove one of the two",
            )
        yield from come_once((*path, "blocked_countries"), options.blocked_countries)
        yield from come_once((*path, "allowed_countries"), options.allowed_countries)


def _capacity(options: WebAclOptions) -> int:
    names = [*MANAGED_RULES, *(name for name, each in options.managed_rule_groups.items() if each.vendor == "AWS")]
    return _CAPACITY_OF_OTHER_RULES + sum(CAPACITY_OF_RULE_GROUPS.get(name, 0) for name in names)


@warning("AWS WAF pricing; AWS WAF web ACL capacity units (WCUs)", keys=balancer_keys(_GROUPS))
def rule_groups_cost_no_extra(environment: Environment) -> Iterator[Problem]:
    """AWS charges more for each request of a web ACL that takes more than 1,500 capacity units."""
    for path, options in _web_acls(environment):
        if CAPACITY_WITHOUT_CHARGE < _capacity(options) <= CAPACITY_OF_A_WEB_ACL:
            yield Problem(
                path=(*path, "managed_rule_groups"),
                finding=f"the rule groups take {_capacity(options)} capacity units",
                fix=f"use rule groups that take at most {CAPACITY_WITHOUT_CHARGE} together, or acknowledge the charge",
            )
