"""What every policy tool says of templates, whoever wrote them: the shipped ones, and those that a test broke."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, NamedTuple, get_args

import aws_cdk as cdk
import jsii
from aws_cdk.cloudformation_include import CfnInclude

from assembly import Graph
from policy import PACKS, guard
from policy.relations import find_misfits
from tests.support import preflight
from tests.support.synthesis import GUARD_RULES, REGION, ROOT, new_app, validate

Gate = Literal[
    "CDK validator", "Guard rules", "relations", "Control Tower", "cdk-preflight", "cdk-nag", "cfn-lint", "checkov"
]
GATES: tuple[Gate, ...] = get_args(Gate)
TOOLS = ROOT / "policy" / ".venv"
ENDING = ".template.json"


class Finding(NamedTuple):
    """One tool's objection to one resource."""

    gate: Gate
    rule: str
    stack: str
    resource: str
    """Logical id; empty for an objection to the template as a whole."""


# Of tools that take long for each template, the ids of their rules.
SLOW_TOOLS: Final[Mapping[Gate, str]] = {
    "Control Tower": r"\w+_check",
    "cdk-nag": r"(AwsSolutions|NIST\.800\.53\.R5|PCI\.DSS\.321|HIPAA\.Security)-.+|unreadable",
    "cfn-lint": r"[EWI]\d{4}",
    "checkov": r"CKV2?_\w+",
}


def inspect(folder: Path, *, not_by: Mapping[Gate, Container[str]]) -> set[Finding]:
    """Everything that any tool finds in the templates of a folder; a stack is called as its file.

    Relations are left out: they look at all stacks of one environment together.

    Args:
        folder: Where the templates are.
        not_by: Stacks that one of the slow tools need not read.
    """
    files = templates(folder)
    read = {
        gate: {stack: path for stack, path in files.items() if stack not in not_by.get(gate, ())} for gate in SLOW_TOOLS
    }
    with ThreadPoolExecutor() as beside:
        tools = [
            beside.submit(_by_cfn_lint, read["cfn-lint"].values()),
            beside.submit(_by_checkov, read["checkov"].values()),
            beside.submit(_by_cdk_preflight, folder),
        ]
        # These are in the one process of Node.
        found = {
            *_by_the_cdk_validator(files),
            *_by_control_tower(read["Control Tower"]),
            *_by_cdk_nag(read["cdk-nag"]),
        }
        found = found.union(*(tool.result() for tool in tools))
    # Some rules of Control Tower tell of the template as a whole what they tell of a resource in it.
    placed = {(finding.gate, finding.rule, finding.stack) for finding in found if finding.resource}
    return {finding for finding in found if finding.resource or finding[:3] not in placed}


def relate(graph: Graph, stack: str, name: str) -> set[Finding]:
    """Every relation that does not hold in an environment one stack of which is called otherwise, such as a broken one.

    A finding on another stack is one of this stack, since it is what was changed.
    """
    found = ((relation, misfit.resource) for relation, misfit in find_misfits(graph))
    return {
        Finding(
            "relations",
            relation.name,
            name,
            resource.logical_id if resource.stack == stack else f"{resource.stack}/{resource.logical_id}",
        )
        for relation, resource in found
    }


def templates(folder: Path) -> Mapping[str, Path]:
    """Stack -> file."""
    return {path.name.removesuffix(ENDING): path for path in sorted(folder.glob(f"*{ENDING}"))}


@cache
def control_tower_rules() -> Mapping[str, str]:
    """File -> text of every Guard rule of AWS Control Tower, from the package that ships them."""
    (archive,) = TOOLS.glob("lib/python3*/site-packages/cdklabs/cdk_validator_cfnguard/_jsii/*.tgz")
    with tarfile.open(archive) as package:
        return {
            Path(member.name).stem: opened.read().decode()
            for member in package.getmembers()
            if member.name.endswith(".guard") and (opened := package.extractfile(member)) is not None
        }


def _types_in(rule: str) -> set[str]:
    return set(re.findall(r"\"(AWS::\w+::\w+)\"", rule))


def _control_tower_rules_for(types: frozenset[str]) -> dict[str, str]:
    """Those that look at any of the types: the others find nothing, in more than half of the time."""
    return {name: text for name, text in control_tower_rules().items() if types & _types_in(text)}


def _alike(files: Mapping[str, Path]) -> Mapping[frozenset[str], dict[str, Path]]:
    """Types -> stacks that have these or fewer, of those that Control Tower knows.

    So each is asked little, while an engine, which takes seconds and 160 MB, is started for each kind of stack only.
    """
    known = set().union(*map(_types_in, control_tower_rules().values()))
    types = {
        stack: frozenset(resource["Type"] for resource in json.loads(path.read_text())["Resources"].values()) & known
        for stack, path in files.items()
    }
    groups: dict[frozenset[str], dict[str, Path]] = {}
    for stack in sorted(files, key=lambda stack: len(types[stack]), reverse=True):
        group = next((group for group in groups if types[stack] <= group), types[stack])
        groups.setdefault(group, {})[stack] = files[stack]
    return groups


@jsii.implements(cdk.IPolicyValidationContext)
class _Files:
    """Lets CDK's validator look at files that no app has written."""

    account_id = None
    region = None

    def __init__(self, app: cdk.App, files: Mapping[str, Path]) -> None:
        self._app = app
        self._files = files

    @property
    def app_construct(self) -> cdk.App:
        return self._app

    @property
    def template_paths(self) -> list[str]:
        return [str(path) for path in self._files.values()]

    @property
    def stack_templates(self) -> list[cdk.PolicyValidationStack]:
        return [
            cdk.PolicyValidationStack(template_path=str(path), stack_construct_path=stack, region=REGION)
            for stack, path in self._files.items()
        ]


def _by_the_cdk_validator(files: Mapping[str, Path]) -> Iterator[Finding]:
    """CDK's own rules, and ours: by the engine that every synthesis of the process has."""
    for rule, stack, resource in _violations(guard(), files):
        yield Finding("Guard rules" if rule in GUARD_RULES else "CDK validator", rule, stack, resource)


def _by_control_tower(files: Mapping[str, Path]) -> Iterator[Finding]:
    for types, alike in _alike(files).items():
        sources = _control_tower_rules_for(types)
        plugin = cdk.CloudFormationValidatePlugin(
            guard_rules=[cdk.ValidationRuleSource(name=name, content=text) for name, text in sources.items()],
            include_default_rules=False,
        )
        for rule, stack, resource in _violations(plugin, alike):
            yield Finding("Control Tower", rule, stack, resource)


def _violations(plugin: cdk.CloudFormationValidatePlugin, files: Mapping[str, Path]) -> Iterator[tuple[str, str, str]]:
    """Rule, stack, and logical id, which is empty for the template as a whole."""
    stacks = {str(path): stack for stack, path in files.items()}
    for violation in plugin.validate(_Files(new_app(), files)).violations:
        for resource in violation.violating_resources:
            yield violation.rule_name, stacks[resource.template_path or ""], resource.resource_logical_id or ""


def _by_cdk_nag(files: Mapping[str, Path]) -> Iterator[Finding]:
    """The packs on what was rendered: overrides and resources without a class of their own show only there."""
    for stack, path in files.items():
        try:
            with TemporaryDirectory() as outdir:
                yield from _nagged(stack, path, Path(outdir))
        except RuntimeError:  # such as a reference to nothing, or text for a number
            yield Finding("cdk-nag", "unreadable", stack, "")


def _nagged(stack: str, path: Path, outdir: Path) -> list[Finding]:
    # An app for each: what one template has in it must not keep the others from being read.
    # Its validator has been asked.
    flags = {"@aws-cdk/core:failSynthOnValidationErrors": False, "@aws-cdk/core:validateAgainstDefaultRules": False}
    app = new_app(outdir=outdir, **flags)
    # The templates have the parameter and the rule of the bootstrap version already.
    synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
    scope = cdk.Stack(app, stack, env=cdk.Environment(region=REGION), synthesizer=synthesizer)
    CfnInclude(scope, "Included", template_file=str(path))
    packs = [pack(app) for pack in PACKS]
    cdk.Validations.of(app).add_plugins(*packs)
    names = {pack.name for pack in packs}
    return [
        Finding("cdk-nag", finding["ruleName"], stack, construct["constructPath"].partition("/Included/")[2])
        for plugin in validate(app, outdir)
        if plugin["pluginName"] in names
        for finding in plugin["violations"]
        for construct in finding["violatingConstructs"]
    ]


def _by_cfn_lint(files: Iterable[Path]) -> set[Finding]:
    matches = _told("cfn-lint", "--format", "json", *map(str, files))
    return {
        Finding("cfn-lint", match["Rule"]["Id"], _stack(match["Filename"]), _resource(match["Location"]["Path"] or []))
        for match in matches
    }


def _resource(path: list[str]) -> str:
    return path[1] if path[:1] == ["Resources"] and len(path) > 1 else ""


def _by_checkov(files: Iterable[Path]) -> set[Finding]:
    told = _told(
        *("checkov", "--file", *map(str, files), "--framework", "cloudformation", "--skip-download"),
        *("--output", "json", "--quiet", "--compact"),
    )
    # Of a template that it cannot read it says nothing else.
    unread = told["summary"]["parsing_errors"]
    assert not unread, f"checkov could not read {unread} templates"
    return {
        Finding("checkov", failed["check_id"], _stack(failed["file_path"]), failed["resource"].partition(".")[2])
        for failed in told["results"]["failed_checks"]
    }


def _by_cdk_preflight(folder: Path) -> set[Finding]:
    """Without the rules that compare a Region: it is not in a template, and the folder holds several."""
    told = _told("python", preflight.__file__, str(folder), REGION)
    return {Finding("cdk-preflight", rule, _stack(file), resource) for file, rule, resource in told}


def _stack(file: str) -> str:
    return Path(file).name.removesuffix(ENDING)


def _told(tool: str, *arguments: str) -> Any:  # noqa: ANN401 - whatever JSON says
    """Both exit with a status of their own for findings, so only what is no report at all is a failure."""
    ended = subprocess.run([TOOLS / "bin" / tool, *arguments], capture_output=True, check=False)
    assert ended.stdout, f"{tool} said nothing: {ended.stderr.decode()}"
    return json.loads(ended.stdout)
