"""Rules of what a statement of a task role is about: resources that fit, and conditions that can be met."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from facts.iam_actions import IamAction, matching
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import are_in_the_partition, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import statements, task_keys
from settings.wildcard_patterns import example

_STATEMENT = "task_role_statements[]"


_BUCKET = "arn:*:s3:::*"


@warning(
    "Service Authorization Reference; facts/iam_actions.json",
    keys=task_keys(f"{_STATEMENT}.actions[]", f"{_STATEMENT}.resources"),
)
def action_fits_a_resource(environment: Environment) -> Iterator[Problem]:
    """IAM accepts an action beside resources of another type, and it grants nothing."""
    for path, statement in statements(environment):
        for place, action in enumerate(statement.actions):
            # What is known of actions that need none of the resources is said by the rule above.
            matched = [each for each in matching(action) if each.level != "none"]
            if not matched or any(_is_on(each, resource) for each in matched for resource in statement.resources):
                continue
            arns = sorted({arn for each in matched for arn in each.resources})
            if len(matched) == 1 and arns:
                yield Problem(
                    path=(*path, "actions", place),
                    finding=f"{action} is not on any of these resources",
                    allowed=f"resources such as {listed(arns, 'or')}",
                )
            elif arns:
                yield Problem(
                    path=(*path, "actions", place),
                    finding=f"no action that {action} stands for is on any of these resources",
                    fix="name the resources that the actions are on",
                )


def _is_on(action: IamAction, resource: str) -> bool:
    """Whether a resource of the statement can be one of the action's."""
    if not action.resources or resource == "*":
        return True  # nothing is known of its resources
    return any(
        # "Use wildcards in ARNs", IAM User Guide: an asterisk stays within its part of an ARN.
        all(example(parts) is not None for parts in zip(resource.split(":", 5), arn.split(":", 5), strict=False))
        # A bucket has no slash in its name: what has one is an object.
        and not (arn == _BUCKET and "/" in resource)
        for arn in action.resources
    )


@rule(
    "IAM ARNs, IAM User Guide: identifiers; IAM JSON policy elements: condition operators",
    keys=task_keys(f"{_STATEMENT}.resources[]", f"{_STATEMENT}.conditions.<name>.<name>"),
)
def statement_is_well_formed(environment: Environment) -> Iterator[Problem]:
    """IAM refuses the policy (MalformedPolicyDocument), and the stack fails."""
    for path, statement in statements(environment):
        arns = (((*path, "resources", at), each) for at, each in enumerate(statement.resources) if each != "*")
        yield from are_in_the_partition(environment.region, arns)
        for place, resource in enumerate(statement.resources):
            service, region = (*resource.split(":"), "", "", "")[2:4]
            if service == "iam" and region not in ("", "*"):
                yield Problem(
                    path=(*path, "resources", place),
                    value=resource,
                    allowed="an ARN without a Region: IAM has none",
                )
        for operator, by_key in statement.conditions.items():
            for key, values in by_key.items():
                for value in values if "IpAddress" in operator else ():
                    if not _is_address_range(value):
                        yield Problem(
                            path=(*path, "conditions", operator, key),
                            value=value,
                            allowed="IP addresses or CIDR ranges, such as 203.0.113.0/24",
                        )


def _is_address_range(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "${" in value  # a policy variable
    return True


@warning(
    "IAM JSON policy elements: condition operators, string condition operators",
    keys=task_keys(f"{_STATEMENT}.conditions.<name>.<name>"),
)
def wildcard_in_a_condition_is_compared_as_one(environment: Environment) -> Iterator[Problem]:
    """StringEquals takes an asterisk for a character, so such a condition is hardly ever met."""
    for path, statement in statements(environment):
        for operator, by_key in statement.conditions.items():
            for key, values in by_key.items():
                if "StringEquals" in operator and any("*" in value for value in values):
                    yield Problem(
                        path=(*path, "conditions", operator, key),
                        finding=f"{operator} compares {listed(values, 'or')} as written",
                        fix=f"use {re.sub('Equals(IgnoreCase)?', 'Like', operator)}",
                    )
