"""Pairs of files that a rule tells apart, and the parts that such files are made of."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from settings import EnvironmentWarning, InvalidEnvironmentError, Problem, load_environment
from settings.problems import KeyPath
from settings.rules import RULES, Rule
from settings.schema import Node, options, resolved, schema, value_type

HEAD = """\
region: eu-west-1
availability_zones: [eu-west-1a, eu-west-1b]
tags: {owner: team, cost_centre: x}
registry:
  repositories: {app: {}}
"""
CAPACITY = "  capacity: {default: {}}\n"
LOAD_BALANCER = "  load_balancer: {plain_http: true, allowed_cidrs: [198.51.100.0/24]}\n"
CONTAINER = "      containers: {web: {image: 'app:1', port: 8080}}\n"
MANAGED = "nodes: {main: {kind: managed}}"
FARGATE = "nodes: {batch: {kind: fargate, selectors: [{namespace: a}]}}"
DRIVERS = "add_ons: {aws-ebs-csi-driver: {}, snapshot-controller: {}, aws-efs-csi-driver: {}, aws-fsx-csi-driver: {}}"
S3_DRIVER = "add_ons: {aws-mountpoint-s3-csi-driver: {}}"
PRIVATE_ACCESS = "endpoint: {private_access_cidrs: [10.9.0.0/16]}"


@dataclass(frozen=True, kw_only=True)
class RulePair:
    """A file that a rule objects to, by an error or by a warning, and the nearest one that nothing objects to."""

    rule: str
    rejected: str
    accepted: str
    message: str
    """The whole message: what is wrong, then a line for each of `allowed`, `fix` and `why`, without how to acknowledge
    it (`test_acknowledged_warnings.py`)."""

    def __str__(self) -> str:
        return self.rule

    def check(self, folder: Path) -> None:
        """The rule says all that is said of the one file, at keys of its own, and nothing is said of the other."""
        found = problems(folder, self.rejected)
        assert _message(found) == self.message
        rule = self.checked_rule
        assert {problem.warning for problem in found} == {rule.name if rule.only_warns else ""}
        places = [notation(problem.path) for problem in found]
        below = tuple(f"{key}{sign}" for key in rule.keys for sign in ".[")
        assert [place for place in places if place not in rule.keys and not place.startswith(below)] == []
        assert problems(folder, self.accepted) == []

    @property
    def checked_rule(self) -> Rule:
        """The rule, of which there may be several pairs."""
        return RULES[self.rule.partition(":")[0]]


def problems(folder: Path, text: str) -> list[Problem]:
    """What is wrong with a file, or what it is warned of; empty for one that is simply accepted."""
    path = folder / "checked.yaml"
    path.write_text(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", EnvironmentWarning)
            load_environment(str(path))
    except (InvalidEnvironmentError, EnvironmentWarning) as told:
        return list(told.problems)
    return []


def message(folder: Path, text: str) -> str:
    """What is said of a file, without the places, and without how to acknowledge it."""
    return _message(problems(folder, text))


def _message(found: list[Problem]) -> str:
    lines = [line for problem in found for line in problem.lines()]
    return "\n".join(line for line in lines if not line.startswith("to acknowledge: "))


def full_text(folder: Path, text: str) -> str:
    """The text of the error, under a path that no machine has."""
    path = folder / "checked.yaml"
    path.write_text(text)
    try:
        load_environment(str(path))
    except InvalidEnvironmentError as error:
        return str(error).replace(str(path), "checked.yaml")
    return ""


def service(*lines: str, container: str = CONTAINER, before: str = CAPACITY + LOAD_BALANCER) -> str:
    """A file with a service `web`, and further keys of it."""
    return HEAD + "ecs:\n" + before + "  services:\n    web:\n" + container + _indented(6, *lines)


def other(*lines: str) -> str:
    """A second service, to append to the first."""
    return "    other:\n" + CONTAINER + _indented(6, *lines)


def scheduled(*lines: str, when: str = "rate(1 hour)") -> str:
    """A file with a scheduled task `report`, and further keys of it."""
    stated = [f"schedule_expression: {when}", "containers: {web: {image: 'app:1'}}", *lines]
    return HEAD + "ecs:\n" + CAPACITY + "  scheduled_tasks:\n    report:\n" + _indented(6, *stated)


def standalone(*lines: str) -> str:
    """A file with a standalone task `migration`, and further keys of it."""
    stated = ["containers: {web: {image: 'app:1'}}", *lines]
    return HEAD + "ecs:\n" + CAPACITY + "  standalone_tasks:\n    migration:\n" + _indented(6, *stated)


def queue_worker(*lines: str, container: str = "containers: {web: {image: 'app:1'}}") -> str:
    """A file with a queue worker `mail`, and further keys of it."""
    return HEAD + "ecs:\n" + CAPACITY + "  queue_workers:\n    mail:\n" + _indented(6, container, *lines)


def containers(*lines: str) -> str:
    """A file with a service `web` that has these containers."""
    return service(container="      containers:\n" + _indented(8, *lines))


def capacity(*groups: str, head: str = HEAD) -> str:
    """A file with groups of EC2 capacity."""
    return head + "ecs:\n  capacity:\n" + _indented(4, *groups)


def load_balancer(text: str) -> str:
    """A file with a load balancer."""
    return HEAD + f"ecs: {{load_balancer: {text}}}\n"


def network(*lines: str) -> str:
    """A file with keys of the network."""
    return HEAD + "network:\n" + _indented(2, *lines)


def eks(*lines: str, head: str = HEAD) -> str:
    """A file with an EKS cluster, or an EKS cluster to append to `head`."""
    return head + "eks:\n" + _indented(2, *lines)


def storage(*lines: str, eks_lines: tuple[str, ...] = (MANAGED, DRIVERS), head: str = HEAD) -> str:
    """A file with storage, and with an EKS cluster unless there are no lines of one."""
    text = head + "storage:\n" + _indented(2, *lines)
    return eks(*eks_lines, head=text) if eks_lines else text


def file_system(keys: str, claim: str = "namespace: shop") -> str:
    """A line of `storage` with one file system that pods claim."""
    return f"file_systems: {{data: {{{keys}, claims: {{data: {{{claim}}}}}}}}}"


def _indented(spaces: int, *lines: str) -> str:
    return "".join(f"{' ' * spaces}{line}\n" for line in lines)


def notation(path: KeyPath) -> str:
    """A path as `docs/configuration.md` writes it: `<name>` for a name that a file chooses, `[]` for an item."""
    # Kinds of a union can have mappings of one name with other keys in it.
    found, text = [schema()], ""
    for part in path:
        if isinstance(part, int):
            below, step = [option["items"] for node in found for option in options(node) if "items" in option], "[]"
        else:
            below = [
                option["properties"][part]
                for node in found
                for option in options(node)
                if part in option.get("properties", {})
            ]
            step = f".{part}" if below else ".<name>"
            below = below or [_values(node) for node in found]
        text += step
        found = [resolved(node) for node in below]
    return text.removeprefix(".")


def _values(node: Node) -> Node:
    return next((value_type(option) for option in options(node) if option.get("type") == "object"), {})


def all_keys() -> set[str]:
    """Every key of a file, and every mapping, name and item, in that notation."""
    return set(_keys_below("", schema()))


def _keys_below(path: str, node: Node) -> Iterator[str]:
    if path:
        yield path.removeprefix(".")
    for option in options(node):
        for key, child in option.get("properties", {}).items():
            yield from _keys_below(f"{path}.{key}", child)
        if "items" in option:
            yield from _keys_below(f"{path}[]", option["items"])
        if option.get("type") == "object" and "properties" not in option:
            yield from _keys_below(f"{path}.<name>", value_type(option))
