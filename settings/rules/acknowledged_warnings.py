"""Rules of the warnings that a file acknowledges."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.rule import RULES, rule, warning


@rule("settings/rules", keys=("acknowledged_warnings[].warning",))
def acknowledged_warning_exists(environment: Environment) -> Iterator[Problem]:
    """An acknowledgement that answers nothing would hide nothing, and its reason would mislead."""
    names = [each.name for each in RULES.values() if each.only_warns]
    for index, each in enumerate(environment.acknowledged_warnings):
        if each.warning not in names:
            yield Problem(
                path=("acknowledged_warnings", index, "warning"),
                finding=f"there is no warning {each.warning!r}",
                fix=did_you_mean(each.warning, names) or f"use one of {listed(sorted(names), 'or')}",
            )


@warning("settings/rules", keys=("acknowledged_warnings", "acknowledged_warnings[].key"))
def acknowledged_warning_occurs(environment: Environment) -> Iterator[Problem]:
    """The next reader would look for what the reason speaks of."""
    stated = {each.warning for each in environment.acknowledged_warnings} - {acknowledged_warning_occurs.__name__}
    asked = [each for each in RULES.values() if each.only_warns and each.name in stated]
    found = [(each.name, problem.key) for each in asked for problem in each.problems(environment)]
    for index, each in enumerate(environment.acknowledged_warnings):
        if not any(each.answers(warning=name, key=key) for name, key in found):
            yield Problem(
                path=("acknowledged_warnings", index),
                finding=f"the warning {each.warning} does not occur at {each.key}",
                fix="remove the acknowledgement, or correct its key",
            )
