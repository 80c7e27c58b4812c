"""Rules of the task role."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from facts.iam_actions import IamAction, matching, names, prefixes
from reference_constructs.ecs.task_options import PolicyStatementOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import are_in_the_partition, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import task_keys, tasks
from settings.spelling import meant
from settings.wildcard_patterns import example

_STATEMENT = "task_role_statements[]"
_BUCKET = "arn:*:s3:::*"


def _statements(environment: Environment) -> Iterator[tuple[KeyPath, PolicyStatementOptions]]:
    for path, task in tasks(environment):
        for index, statement in enumerate(task.task_role_statements):
            yield (*path, "task_role_statements", index), statement


@rule("Security Hub control IAM.21", keys=task_keys("task_role_statements[].actions[]"))
def statement_does_not_allow_all_actions_of_a_service(environment: Environment) -> Iterator[Problem]:
    """With all actions of a service, the application could also delete resources and change who can access them."""
    for path, statement in _statements(environment):
        for place, action in enumerate(statement.actions):
            service, _, name = action.partition(":")
            if name.strip("*") == "":
                yield Problem(
                    path=(*path, "actions", place),
                    value=action,
                    fix=f"list the actions that the application needs; {service}:Get* is allowed too",
                )


@warning("Service Authorization Reference; facts/iam_actions.json", keys=task_keys(f"{_STATEMENT}.actions[]"))
def action_exists(environment: Environment) -> Iterator[Problem]:
    """IAM accepts an action that no service has, and it grants nothing."""
    for path, statement in _statements(environment):
        for place, action in enumerate(statement.actions):
            if matching(action):
                continue
            prefix, _, name = action.partition(":")
            known = prefix in prefixes()
            near = meant(name, names(prefix)) if known else meant(prefix, prefixes())
            actions = [f"{prefix}:{each}" if known else f"{each}:{name}" for each in near]
            yield Problem(
                path=(*path, "actions", place),
                finding=f"{prefix} has no action {name}" if known else f"no service has the prefix {prefix}",
                fix=f"did you mean {listed(actions, 'or')}?"
                if actions
                else "use an action of the Service Authorization Reference",
            )


@warning(
    "Service Authorization Reference; facts/iam_actions.json",
    keys=task_keys(f"{_STATEMENT}.actions[]", f"{_STATEMENT}.resources"),
)
def action_without_resources_has_a_wildcard(environment: Environment) -> Iterator[Problem]:
    """A statement that names resources grants an action that has no resource-level permissions to nobody."""
    for path, statement in _statements(environment):
        if "*" in statement.resources:
            continue
        for place, action in enumerate(statement.actions):
            matched = matching(action)
            if matched and all(each.level == "none" for each in matched):
                yield Problem(
                    path=(*path, "actions", place),
                    finding=f"{action} has no resource-level permissions, so these resources grant nothing",
                    fix="put it into a statement of its own with resources: ['*']",
                )


@warning(
    "Service Authorization Reference; facts/iam_actions.json",
    keys=task_keys(f"{_STATEMENT}.actions[]", f"{_STATEMENT}.resources"),
)
def action_fits_a_resource(environment: Environment) -> Iterator[Problem]:
    """IAM accepts an action beside resources of another type, and it grants nothing."""
    for path, statement in _statements(environment):
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
    for path, statement in _statements(environment):
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
    for path, statement in _statements(environment):
        for operator, by_key in statement.conditions.items():
            for key, values in by_key.items():
                if "StringEquals" in operator and any("*" in value for value in values):
                    yield Problem(
                        path=(*path, "conditions", operator, key),
                        finding=f"{operator} compares {listed(values, 'or')} as written",
                        fix=f"use {re.sub('Equals(IgnoreCase)?', 'Like', operator)}",
                    )


@warning(
    "Grant least privilege, IAM User Guide; Service Authorization Reference; facts/iam_actions.json",
    keys=task_keys(f"{_STATEMENT}.actions[]", f"{_STATEMENT}.resources[]", f"{_STATEMENT}.conditions"),
)
def statement_names_its_resources(environment: Environment) -> Iterator[Problem]:
    """On every resource of the account, the application can do more than it needs."""
    for path, statement in _statements(environment):
        if "*" not in statement.resources or statement.conditions:
            continue
        named = [action for action in statement.actions if any(each.level == "required" for each in matching(action))]
        if named:
            yield Problem(
                path=(*path, "resources", statement.resources.index("*")),
                finding=f"{listed(named)} {'is' if len(named) == 1 else 'are'} allowed on every resource",
                fix="name the resources, or add conditions",
            )
