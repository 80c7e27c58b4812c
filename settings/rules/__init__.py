"""Rules between keys, one small function each, in the module of the part that they concern.

To add one: write a generator with `@rule`, with the reason as its docstring; give it a pair in
`tests/environments/test_checks.py`, which fails until it has one.
"""

from collections.abc import Iterator

from settings.rules import ecs, eks, network, registry
from settings.rules.rule import RULES, Rule, rule
from settings.environment import Environment
from settings.problems import Problem

__all__ = ["RULES", "Rule", "ecs", "eks", "find_problems", "network", "registry", "rule"]


def find_problems(environment: Environment) -> Iterator[Problem]:
    """Everything that is wrong between the keys of an environment."""
    for each in RULES.values():
        yield from each.problems(environment)
