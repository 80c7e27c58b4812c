"""Rules between keys, in one module for each subject.

To add one, write a generator with `@rule` (an error) or `@warning` in the module of its subject, or in a new module,
which is found by itself. Its docstring is the reason that the reader of the message sees. A test fails until the rule
has a pair in `tests/settings/rules/`: a file that it objects to, with the whole message, and the nearest one that it
does not.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import RULES, Rule, rule, warning
from settings.unknown import has_unknown

__all__ = ["RULES", "Rule", "find_problems", "find_warnings", "rule", "warning"]

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def find_problems(environment: Environment) -> Iterator[Problem]:
    """Everything that is wrong between the keys of an environment."""
    is_complete = not has_unknown(environment)
    for each in RULES.values():
        if not each.only_warns:
            yield from each.problems(environment, is_complete=is_complete)


def find_warnings(environment: Environment) -> Iterator[Problem]:
    """What AWS accepts of an environment, but a careful engineer would not; acknowledged or not."""
    for each in RULES.values():
        if each.only_warns:
            yield from each.problems(environment)
