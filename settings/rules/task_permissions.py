"""Rules of the task role."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.subjects import task_keys, tasks


@rule("Security Hub control IAM.21", keys=task_keys("task_role_statements[].actions[]"))
def statement_does_not_allow_all_actions_of_a_service(environment: Environment) -> Iterator[Problem]:
    """With all actions of a service, the application could also delete resources and change who can access them."""
    for path, task in tasks(environment):
        for index, statement in enumerate(task.task_role_statements):
            for place, action in enumerate(statement.actions):
                service, _, name = action.partition(":")
                if name.strip("*") == "":
                    yield Problem(
                        path=(*path, "task_role_statements", index, "actions", place),
                        value=action,
                        fix=f"list the actions that the application needs; {service}:Get* is allowed too",
                    )
