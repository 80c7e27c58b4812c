"""Guard rules of `policy/guard/`: each fails its noncompliant examples and passes the nearest compliant ones."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any, Literal, NamedTuple

import aws_cdk as cdk
import pytest
from ruamel.yaml import YAML

from policy import GUARD_FILES, guard
from tests.support.synthesis import REGION, ROOT, new_app, validate

Half = Literal["noncompliant", "compliant"]
Resource = dict[str, Any]
# Rule -> pairs of examples. An example is one resource, or resources by logical id.
Examples = dict[str, list[dict[Half, Resource]]]


def examples_of(guard_file: str) -> Examples:
    examples: Examples = YAML(typ="safe").load((ROOT / "policy" / "guard" / f"{guard_file}_examples.yaml").read_text())
    return examples


EXAMPLES = {guard_file: examples_of(guard_file) for guard_file in GUARD_FILES}


class Case(NamedTuple):
    """A pair of examples. Two resources share a stack, which halves the time; each template has one of its own."""

    rule: str
    number: int
    pair: dict[Half, Resource]

    def path(self, half: Half) -> str:
        """The construct path of the resource, or the stack of the template: a rule may report any resource in it."""
        return f"{self.rule.replace('_', '-')}-{self.number}{'/' if self._is_resource(half) else '-'}{half}"

    def resources(self, half: Half) -> dict[str, Resource]:
        """Of one half, by construct path."""
        if self._is_resource(half):
            return {self.path(half): self.pair[half]}
        return {f"{self.path(half)}/{logical_id}": resource for logical_id, resource in self.pair[half].items()}

    def _is_resource(self, half: Half) -> bool:
        return "Type" in self.pair[half]


CASES = [
    Case(rule, number, pair)
    for rule, pairs in chain.from_iterable(examples.items() for examples in EXAMPLES.values())
    for number, pair in enumerate(pairs)
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(path of the resource or its stack, rule) of all findings: one synthesis, and one engine, for all examples."""
    outdir = tmp_path_factory.mktemp("guard")
    app = new_app(outdir=outdir, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    stacks: dict[str, cdk.Stack] = {}
    for case in CASES:
        for path, resource in chain.from_iterable(case.resources(half).items() for half in case.pair):
            name, _, logical_id = path.partition("/")
            if name not in stacks:
                stacks[name] = cdk.Stack(app, name, env=cdk.Environment(region=REGION))
            define(stacks[name], logical_id, resource)
    # The packs and the default rules have nothing to do with it.
    cdk.Validations.of(app).add_plugins(guard(include_default_rules=False))
    return {
        (path, finding["ruleName"])
        for plugin in validate(app, outdir)
        for finding in plugin["violations"]
        for construct in finding["violatingConstructs"]
        for path in (construct["constructPath"], construct["constructPath"].partition("/")[0])
    }


def define(stack: cdk.Stack, logical_id: str, resource: Resource) -> None:
    made = cdk.CfnResource(stack, logical_id, type=resource["Type"], properties=resource["Properties"])
    for attribute in resource.keys() - {"Type", "Properties"}:
        made.add_override(attribute, resource[attribute])


@pytest.mark.parametrize("guard_file", GUARD_FILES)
def test_every_rule_has_examples(guard_file: str) -> None:
    assert list(EXAMPLES[guard_file]) == re.findall(r"^rule (\w+)", GUARD_FILES[guard_file], re.MULTILINE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.number}")
def test_noncompliant_example_fails(found: set[tuple[str, str]], case: Case) -> None:
    assert (case.path("noncompliant"), case.rule) in found


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.number}")
def test_compliant_example_passes(found: set[tuple[str, str]], case: Case) -> None:
    assert (case.path("compliant"), case.rule) not in found
