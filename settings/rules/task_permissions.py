"""Rules of the actions that a statement of an IAM policy allows."""

from __future__ import annotations

from collections.abc import Iterator

from facts.iam_actions import IamAction, matching, names, prefixes
from settings.environment import Environment
from settings.policies import policies
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.keys import statement_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import statements
from settings.spelling import meant

# Without a role, these do nothing.
_PASSING_A_ROLE = (
    "ecs:RunTask",
    "ecs:StartTask",
    "lambda:CreateFunction",
    "scheduler:CreateSchedule",
    "states:CreateStateMachine",
)


@rule("Security Hub control IAM.21", keys=statement_keys("actions[]"))
def statement_does_not_allow_all_actions_of_a_service(environment: Environment) -> Iterator[Problem]:
    """With all actions of a service, the application could also delete resources and change who can access them."""
    for path, statement in statements(environment):
        for place, action in enumerate(statement.actions):
            service, _, name = action.partition(":")
            if name.strip("*") == "":
                yield Problem(
                    path=(*path, "actions", place),
                    value=action,
                    fix=f"list the actions that the application needs; {service}:Get* is allowed too",
                )


@warning("Service Authorization Reference; facts/iam_actions.json", keys=statement_keys("actions[]"))
def action_exists(environment: Environment) -> Iterator[Problem]:
    """IAM accepts an action that no service has, and it grants nothing."""
    for path, statement in statements(environment):
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
    keys=statement_keys("actions[]", "resources"),
)
def action_without_resources_has_a_wildcard(environment: Environment) -> Iterator[Problem]:
    """A statement that names resources grants an action that has no resource-level permissions to nobody."""
    for path, statement in statements(environment):
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
    "Grant a user permissions to pass a role to an AWS service, IAM User Guide",
    keys=statement_keys("actions[]"),
)
def role_can_be_passed(environment: Environment) -> Iterator[Problem]:
    """These actions give a role to a service, which takes iam:PassRole on that role; without it, each call fails."""
    for path, stated in policies(environment):
        allowed = [action for statement in stated for action in statement.actions]
        if any(each.name == "iam:PassRole" for action in allowed for each in matching(action)):
            continue
        for place, statement in enumerate(stated):
            for index, action in enumerate(statement.actions):
                if any(each.name in _PASSING_A_ROLE for each in matching(action)):
                    yield Problem(
                        path=(*path, place, "actions", index),
                        finding=f"{action} is allowed, and iam:PassRole is not",
                        fix="add a statement with iam:PassRole on the roles that are given, such as the task role and "
                        "the task execution role",
                    )


@warning(
    "Grant least privilege, IAM User Guide; Service Authorization Reference; facts/iam_actions.json",
    keys=statement_keys("actions[]", "resources[]", "conditions"),
)
def statement_names_its_resources(environment: Environment) -> Iterator[Problem]:
    """On every resource of the account, the application can do more than it needs."""
    for path, statement in statements(environment):
        if "*" not in statement.resources or statement.conditions:
            continue
        named = [action for action in statement.actions if _is_on_resources(matching(action))]
        if named:
            yield Problem(
                path=(*path, "resources", statement.resources.index("*")),
                finding=f"{listed(named)} {'is' if len(named) == 1 else 'are'} allowed on every resource",
                fix="name the resources, or add conditions",
            )


def _is_on_resources(actions: list[IamAction]) -> bool:
    """Whether at least half of what an action stands for is on resources: of `ec2:Describe*`, hardly anything is."""
    required = sum(each.level == "required" for each in actions)
    return required > 0 and required >= len(actions) / 2
