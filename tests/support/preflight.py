"""Asks cdk-preflight about the templates of a folder; run by the Python of `policy/.venv`, which has the engine.

The rules are read as text from the package; none of its own code is run. They are evaluated by the engine that they
are written for, AWS's cloudformation-validate. In the copy of that engine inside aws-cdk-lib, which is WebAssembly, the
same rules take about ten times as long.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_HEAD = "package cdk_preflight\nimport rego.v1\n"
_HEAD_OF_A_RULE = re.compile(r"^(?:package|import)\s.*\n", re.MULTILINE)


class Rules(NamedTuple):
    """What the package brings."""

    rules: list[dict[str, Any]]
    """Each with `id`, `service`, `resourceTypes` and `rego`."""

    libraries: list[dict[str, str]]
    """`name` and `rego` of the functions that rules share."""


@cache
def read_rules(environment: Path) -> Rules:
    """All rules of the package in a virtual environment: its build has written them into a module as JSON."""
    (archive,) = environment.glob("lib/python3*/site-packages/cdk_preflight/_jsii/*.tgz")
    with tarfile.open(archive) as package:
        opened = package.extractfile("package/lib/rules.generated.js")
        assert opened is not None
        module = opened.read().decode()

    def exported(name: str) -> Any:  # noqa: ANN401 - whatever JSON says
        assignment = f"exports.{name} = "
        value, _ = json.JSONDecoder().raw_decode(module, module.index(f"{assignment}[") + len(assignment))
        return value

    return Rules(exported("BUNDLED_RULES"), exported("BUNDLED_LIBS"))


def _sources(types: set[str]) -> dict[str, str]:
    """Name -> Rego. Only rules for these types, and those of a service as one: the number of modules is what costs."""
    rules, libraries = read_rules(Path(sys.prefix))
    by_service: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        if {"*", *types} & {*rule["resourceTypes"]}:
            by_service[rule["service"]].append(_HEAD_OF_A_RULE.sub("", rule["rego"]))
    services = {service: "\n".join([_HEAD, *parts]) for service, parts in by_service.items()}
    return services | {library["name"]: library["rego"] for library in libraries}


def findings(files: list[Path], region: str) -> list[tuple[str, str, str]]:
    """(file, rule, logical id) of every objection."""
    from cloudformation_validate import (
        EngineConfig,
        ExternalRuleSource,
        PseudoParameterOverrides,
        RegoEngine,
        ReportStatus,
        ValidateConfig,
    )

    types = {each["Type"] for file in files for each in json.loads(file.read_text())["Resources"].values()}
    rules = [ExternalRuleSource(name=name, content=rego) for name, rego in _sources(types).items()]
    engine = RegoEngine(EngineConfig(custom_rules=rules))
    config = ValidateConfig(
        disable_builtin_rules=True,  # they are those of the CDK validator
        pseudo_parameter_overrides=PseudoParameterOverrides(region=region),
    )
    found = []
    for file in files:
        report = engine.validate_template(file, config)
        assert report.status == ReportStatus.OK, f"cdk-preflight could not read {file.name}: {report.diagnostics}"
        found += [
            (file.name, each.rule_id, each.entity.logical_id if each.entity else "") for each in report.diagnostics
        ]
    return found


if __name__ == "__main__":
    folder, region = sys.argv[1:]
    print(json.dumps(findings(sorted(Path(folder).glob("*.template.json")), region)))
