"""The mutations of this project do what their examples say, and a seed draws the same ones again."""

from __future__ import annotations

import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator

from tools.mutation.operators import OPERATORS

EXAMPLES = [(operator, example) for operator in OPERATORS.values() for example in operator.examples()]


@pytest.mark.parametrize(("operator", "example"), EXAMPLES)
def test_example(operator: type[Operator], example: Example) -> None:
    assert mutate_code(example.pre_mutation_code, operator(), example.occurrence) == example.post_mutation_code


@pytest.mark.parametrize("source", ["f(*a, **b)\n", "f(a)(b)\n"])
def test_what_is_no_keyword_argument_stays(source: str) -> None:
    assert mutate_code(source, OPERATORS["DropKeywordArgument"](), 0) is None


@pytest.mark.parametrize("source", ['"""Docstring."""\n', "a = f(b)\n", "return f(a)\n", "a\n"])
def test_what_is_no_call_for_its_effect_stays(source: str) -> None:
    assert mutate_code(source, OPERATORS["DropStatement"](), 0) is None
