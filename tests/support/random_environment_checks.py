"""One batch of random environments, examined in a process of its own: the memory of a jsii process only grows."""

from __future__ import annotations

import gc
import json
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk
from hypothesis import HealthCheck, Phase, given, seed, settings

from app import build
from assembly import Graph
from manifests.files import manifest_files
from reference_constructs.ecs.task_options import FARGATE_MEMORY_MIB
from settings import Environment, EnvironmentWarning, InvalidEnvironmentError, load_environment
from settings.endpoints import added_endpoint_options
from settings.rules import RULES
from tests.support.any_output import AnyOutput
from tests.support.argument_checks import check_each_pair_of_types_once
from tests.support.kubernetes_schema import schema_problems
from tests.support.random_environments import ENVIRONMENTS, Data, found, paths, without
from tests.support.relation_pairs import breakable, is_named, misfits
from tests.support.synthesis import Template, new_app, validate

# A failure is made smaller by so many tries at most: half a minute, where Hypothesis would take five.
TRIES_AFTER_A_FAILURE = 60
BROKEN_RELATIONS = 5
BREAKABLE = breakable(Path(__file__).parents[1] / "policy" / "relations")


@dataclass(kw_only=True)
class Counted:
    """What became of the distinct environments of one batch or of several."""

    synthesized: int = 0
    stacks: int = 0
    refused: int = 0
    broken: int = 0
    """Relations that were broken in an environment, and named."""

    rules: set[str] = field(default_factory=set)
    """The reasons of the cross-field rules that refused something."""

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            synthesized=self.synthesized + other.synthesized,
            stacks=self.stacks + other.stacks,
            refused=self.refused + other.refused,
            broken=self.broken + other.broken,
            rules=self.rules | other.rules,
        )


def examine(number: int, examples: int) -> Counted:
    """Draw environments by a seed of the batch's own and examine each.

    Raises:
        AssertionError: With what is wrong and the smallest environment that shows it.
    """
    counted = Counted()
    known: dict[str, str] = {}
    check_each_pair_of_types_once()
    # What is imported stays.
    gc.collect()
    gc.freeze()

    # Not the profile's: derandomized, each batch would draw the same.
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=False,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(data=ENVIRONMENTS)
    def nothing_is_wrong(data: Data) -> None:
        text = json.dumps(data, indent=1)
        if text not in known:
            known[text] = smallest(data) if any(findings(text, counted)) else ""
        assert known[text] == "", known[text]

    nothing_is_wrong()
    return counted


def smallest(data: Data) -> str:
    """What is wrong with a file from which as much is left out as still leaves something wrong, and that file."""
    counted = Counted()
    for path in sorted(paths(data), key=len)[:TRIES_AFTER_A_FAILURE]:
        if found(data, path) == path and any(findings(json.dumps(without(data, path), indent=1), counted)):
            data = without(data, path)
    text = json.dumps(data, indent=1)
    return "\n".join([*findings(text, counted), text])


def findings(text: str, counted: Counted) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "random.yaml"
        file.write_text(text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", EnvironmentWarning)
                environment = load_environment(str(file))
        except InvalidEnvironmentError as error:
            counted.refused += 1
            counted.rules |= {problem.why for problem in error.problems if problem.why}
            yield from findings_of_refusal(error, file)
            return
        counted.synthesized += 1
        # As an exception, a finding would be one text for all of them.
        flags = {"@aws-cdk/core:failSynthOnValidationErrors": False}
        app = new_app(outdir=Path(folder) / "out", environment=str(file), **flags)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", EnvironmentWarning)
                build(app)
            yield from findings_of_plugins(app, Path(folder) / "out")
        # Whatever it is, it is a finding, and all of them come from one line, by which Hypothesis tells them apart.
        except Exception as error:
            yield f"{type(error).__name__}: {error}"
            return
        templates = [json.loads(path.read_text()) for path in (Path(folder) / "out").glob("*.template.json")]
        counted.stacks += len(templates)
        yield from findings_of_templates(environment, templates)
        yield from findings_of_manifests(environment)
        yield from unnamed(Graph.read(Path(folder) / "out"), environment.name, text, counted)


def findings_of_refusal(error: InvalidEnvironmentError, file: Path) -> Iterator[str]:
    """The text must name each key, its line, what to do, and why, if it is a matter between keys or of YAML."""
    lines, data = file.read_text().splitlines(), json.loads(file.read_text())
    reasons = {"", *(rule.why for rule in RULES.values())}
    for problem in error.problems:
        said = f"{file}:{problem.line}: {problem.key}: "
        lines_of_problem = [f"{file}:{problem.line}: {problem.lines()[0]}", *problem.lines()[1:]]
        advised = problem.allowed or problem.fix
        if not advised or said not in str(error) or not all(line in str(error) for line in lines_of_problem):
            yield f"not said: {said}"
        is_of_yaml = problem.why.startswith("Without quotes, it is ")
        if (problem.why not in reasons and not is_of_yaml) or problem.why not in str(error):
            yield f"no reason: {said}"
        for nearest in found(data, problem.path)[-1:]:
            if isinstance(nearest, str) and json.dumps(nearest) not in lines[(problem.line or 0) - 1]:
                yield f"another line: {said}"


def findings_of_plugins(app: cdk.App, outdir: Path) -> Iterator[str]:
    """What CDK's validator, our Guard rules and the packs of cdk-nag report, and what constructs annotate."""
    for plugin in validate(app, outdir):
        for finding in plugin["violations"]:
            places = ", ".join(str(construct["constructPath"]) for construct in finding["violatingConstructs"])
            yield f"{plugin['pluginName']}: {finding['ruleName']} at {places}: {finding['description']}"
    # `Annotations.from_stack` would synthesize anew, once for each stack.
    for file in outdir.glob("*.metadata.json"):
        for place, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if entry["type"] in ("aws:cdk:warning", "aws:cdk:error"):
                    yield f"{place}: {entry['data']}"


def findings_of_templates(environment: Environment, templates: list[Template]) -> Iterator[str]:
    """What no Guard rule says, because it depends on the environment or on a table of AWS."""
    resources = [resource for template in templates for resource in template["Resources"].values()]
    services = sum(1 for _ in environment.ecs.tasks()) if environment.ecs else 0
    networks = int(environment.network.existing is None or added_endpoint_options(environment) is not None)
    storage = bool(environment.storage.file_systems)
    connections = bool(environment.ecs and environment.ecs.has_connections)
    balancers = [environment.ecs.load_balancer, *environment.ecs.load_balancers.values()] if environment.ecs else []
    distributions = sum(each is not None and each.cloudfront is not None for each in balancers)
    ecs = bool(environment.ecs) + connections + services + distributions
    if len(templates) != 1 + networks + storage + ecs + bool(environment.eks):
        yield f"{len(templates)} stacks"
    for resource in resources:
        properties: dict[str, Any] = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::ECS::TaskDefinition" if "FARGATE" in properties["RequiresCompatibilities"]:
                if int(properties["Memory"]) not in FARGATE_MEMORY_MIB[int(properties["Cpu"])]:
                    yield f"Fargate has no {properties['Cpu']} with {properties['Memory']}"
            case "AWS::ElasticLoadBalancingV2::LoadBalancer" if len({str(each) for each in properties["Subnets"]}) < 2:
                yield "a load balancer in one zone"
            case "AWS::EC2::Subnet" if properties["AvailabilityZone"] not in environment.availability_zones:
                yield f"a subnet in {properties['AvailabilityZone']}"
            case "AWS::Logs::LogGroup" if properties["RetentionInDays"] != environment.log_retention_days:
                yield f"logs are kept for {properties['RetentionInDays']} days"


def findings_of_manifests(environment: Environment) -> Iterator[str]:
    """What Karpenter or EKS Auto Mode would refuse."""
    for file in manifest_files(environment, AnyOutput()):
        for document in file.documents:
            if "kind" in document:
                yield from schema_problems(document)


def unnamed(graph: Graph, environment: str, text: str, counted: Counted) -> Iterator[str]:
    """Relations that are broken at a random place, of which nothing is said."""
    chosen = random.Random(text)  # noqa: S311 - the same choice at every run
    known = misfits(graph)
    for pair in chosen.sample(BREAKABLE, BROKEN_RELATIONS):
        edit = pair.rejected[0].anywhere(environment)
        places = edit.places(graph.templates)
        if places:
            place = chosen.choice(places)
            counted.broken += 1
            if not is_named(pair, graph.with_templates(edit.applied(graph.templates, place)), known):
                yield f"nothing is said of {pair.relation} at {place}: {edit}"
