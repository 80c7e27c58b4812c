"""Rules between keys, in one module for each subject.

To add one, write a generator with `@rule` in the module of its subject, or in a new module, which is found by itself.
Its docstring is the reason that the reader of an error sees. A test fails until the rule has a pair in
`tests/settings/rules/`: a file that it refuses, with the whole message, and the nearest one that it accepts.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import RULES, Rule, rule

__all__ = ["RULES", "Rule", "find_problems", "rule"]

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def find_problems(environment: Environment) -> Iterator[Problem]:
    """Everything that is wrong between the keys of an environment."""
    for each in RULES.values():
        yield from each.problems(environment)
