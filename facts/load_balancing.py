"""Quotas of Elastic Load Balancing and AWS WAF, as AWS documents them.

Read in November 2026: "Quotas for your Application Load Balancers" (Elastic Load Balancing), "Amazon VPC quotas",
"Amazon ECS service quotas", "AWS WAF quotas" and "AWS Managed Rules rule groups list" (AWS WAF).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Quotas that AWS does not raise.
VALUES_OF_A_RULE: Final = 5
# The page of condition types still says five; the quota is six.
WILDCARDS_OF_A_RULE: Final = 6
TARGET_GROUPS_OF_A_LOAD_BALANCER: Final = 100
TARGET_GROUPS_OF_A_SERVICE: Final = 5
CAPACITY_OF_A_WEB_ACL: Final = 5000
# Quotas that AWS raises on request.
RULES_OF_A_LOAD_BALANCER: Final = 100
CERTIFICATES_OF_A_LOAD_BALANCER: Final = 25
TARGETS_OF_A_LOAD_BALANCER: Final = 1000
# "Quotas for your Network Load Balancers"; with cross-zone load balancing, of the whole load balancer.
TARGETS_OF_A_NETWORK_LOAD_BALANCER_IN_A_ZONE: Final = 500
# For inbound and outbound rules, and for IPv4 and IPv6, each.
RULES_OF_A_SECURITY_GROUP: Final = 60
# "Use the AWS-managed prefix lists", Amazon VPC: its weight in a security group.
ENTRIES_OF_THE_PREFIX_LIST_OF_CLOUDFRONT: Final = 55
# Above it, AWS charges more for each request.
CAPACITY_WITHOUT_CHARGE: Final = 1500

# Web ACL capacity units (WCU) of managed rule groups that can be added.
CAPACITY_OF_RULE_GROUPS: Final[Mapping[str, int]] = {
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesWordPressRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
}
# These cannot be added without it, such as the paths of the login page.
RULE_GROUPS_WITH_CONFIGURATION: Final = (
    "AWSManagedRulesACFPRuleSet",
    "AWSManagedRulesAntiDDoSRuleSet",
)
