"""Rules of the resources of statements of IAM policies: whether actions are on them, and whether they can exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts.iam_actions import IamAction, matching
from settings.arns import has_random_suffix
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.keys import statement_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import statements
from settings.wildcard_patterns import example

# Resources whose name has no slash, by how many the ARN has before it: what has more is an object or an index.
_SLASHES = {"arn:*:s3:::*": 0, "arn:*:dynamodb:*:*:table/*": 1, "arn:*:kinesis:*:*:stream/*": 1}
# Resources of AWS itself have no account, and the root of an API has no path; elsewhere, no part is empty.
_MAY_BE_EMPTY = {"ssm": 4, "execute-api": 5}
_RESOURCE = 5
# A wildcard of which fewer actions are on the resources was not written for these.
_LEAST_SHARE = 0.1


@warning(
    "Service Authorization Reference; facts/iam_actions.json",
    keys=statement_keys("actions[]", "resources"),
)
def action_fits_a_resource(environment: Environment) -> Iterator[Problem]:
    """IAM accepts an action beside resources of another type, and it grants nothing."""
    for path, statement in statements(environment):
        for place, action in enumerate(statement.actions):
            # What is known of actions that need none of the resources is said by the rule above.
            matched = matching(action)
            with_resources = [each for each in matched if each.level != "none"]
            on = [each for each in with_resources if any(_is_on(each, resource) for resource in statement.resources)]
            arns = sorted({arn for each in with_resources for arn in each.resources})
            if "*" in statement.resources or not arns or len(on) >= _LEAST_SHARE * len(matched):
                continue
            if len(matched) == 1:
                yield Problem(
                    path=(*path, "actions", place),
                    finding=f"{action} is not on any of these resources",
                    allowed=f"resources such as {listed(arns, 'or')}",
                )
            else:
                names = [each.name.partition(":")[2] for each in on]
                yield Problem(
                    path=(*path, "actions", place),
                    finding=f"of the {len(matched)} actions that {action} stands for, "
                    f"{f'only {listed(names)}' if on else 'none'} can be on any of these resources",
                    fix="name the actions, and for each the resources that it is on",
                )


@warning(
    "Service Authorization Reference; facts/iam_actions.json",
    keys=statement_keys("actions", "resources[]"),
)
def resource_has_an_action(environment: Environment) -> Iterator[Problem]:
    """IAM accepts a resource of another service than the actions, and nothing is granted on it."""
    for path, statement in statements(environment):
        matched = [each for action in statement.actions for each in matching(action)]
        services = {arn.split(":")[2] for each in matched for arn in each.resources}
        if not any(_is_on(each, resource) for each in matched if each.resources for resource in statement.resources):
            continue  # said by the rule above
        for place, resource in enumerate(statement.resources):
            if resource != "*" and resource.split(":")[2] not in services:
                yield Problem(
                    path=(*path, "resources", place),
                    finding=f"no action of the statement is on resources of {resource.split(':')[2]}",
                    fix="remove it, or add an action on it",
                )


@warning(
    "Amazon resource policies for secrets, AWS Secrets Manager User Guide: random characters; Restrict access to "
    "parameters, AWS Systems Manager User Guide",
    keys=statement_keys("resources[]"),
)
def resource_can_exist(environment: Environment) -> Iterator[Problem]:
    """No resource has such an ARN, so the statement grants nothing."""
    for path, statement in statements(environment):
        for place, resource in enumerate(statement.resources):
            if resource == "*":
                continue
            _, _, service, _, _, name = resource.split(":", _RESOURCE)
            is_whole = not re.search(r"[*?$]", name) and "secretsmanager:CreateSecret" not in statement.actions
            if service == "secretsmanager" and name.count(":") > 1:
                yield Problem(
                    path=(*path, "resources", place),
                    finding=f"{name} has the key or the version of a secret, which no ARN has",
                    fix=f"write {':'.join(resource.split(':')[: _RESOURCE + 2])}",
                )
            elif service == "secretsmanager" and is_whole and not has_random_suffix(name):
                yield Problem(
                    path=(*path, "resources", place),
                    finding=f"{name} lacks the six random characters of the ARN of a secret",
                    fix=f"write {resource}-??????, or the whole ARN",
                )
            if service == "ssm" and name.startswith("parameter//"):
                yield Problem(
                    path=(*path, "resources", place),
                    finding=f"{name} has two slashes after parameter",
                    fix=f"write {resource.replace('parameter//', 'parameter/')}",
                )


def _is_on(action: IamAction, resource: str) -> bool:
    """Whether a resource of the statement can be one of the action's."""
    if not action.resources or resource == "*":
        return True  # nothing is known of its resources
    parts = resource.split(":", _RESOURCE)
    return any(
        # "Use wildcards in ARNs", IAM User Guide: an asterisk stays within its part of an ARN.
        all(
            example([part, expected if _MAY_BE_EMPTY.get(parts[2]) == at else expected.replace("*", "?*")]) is not None
            for at, (part, expected) in enumerate(zip(parts, arn.split(":", _RESOURCE), strict=False))
        )
        and not parts[-1].count("/") > _SLASHES.get(arn, len(resource))
        for arn in action.resources
    )


@rule(
    "IAM ARNs, IAM User Guide: identifiers; terraform-provision issue 1838",
    keys=statement_keys("resources[]"),
)
def statement_is_well_formed(environment: Environment) -> Iterator[Problem]:
    """IAM refuses the policy (MalformedPolicyDocument), and the stack fails."""
    for path, statement in statements(environment):
        for place, resource in enumerate(statement.resources):
            service, region = (*resource.split(":"), "", "", "")[2:4]
            if service == "iam" and region not in ("", "*"):
                yield Problem(
                    path=(*path, "resources", place),
                    value=resource,
                    allowed="an ARN without a Region: IAM has none",
                )
