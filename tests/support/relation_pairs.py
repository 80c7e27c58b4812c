"""Changes of shipped environments that a relation tells apart."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from assembly import Graph
from policy.relations import RELATIONS, Misfit, find_misfits
from tests.support.synthesis import synthesize

Finding = tuple[str, str, str]
GONE = object()
"""In place of a value: what is there is removed; with an empty path, the resource itself."""


@dataclass(frozen=True)
class Edit:
    """Another value at a path of one resource."""

    resource_type: str
    path: str
    """Such as `Properties.Tags.0.Value` or `DependsOn`; `-` at its end appends to a list."""

    value: object
    having: str = ""
    """Part of the logical id, or of `stack/LogicalId`."""

    def anywhere(self, environment: str) -> Edit:
        """The same in whichever stack of an environment has such a resource."""
        stack, _, logical_id = self.having.rpartition("/")
        having = logical_id or f"{stack.removeprefix('production')}/" if stack else self.having
        if self.value is GONE:
            return replace(self, having=having)
        value = json.loads(json.dumps(self.value).replace('"production-', f'"{environment}-'))
        return replace(self, having=having, value=value)

    def places(self, templates: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(stack, logical id) of each resource that can be edited so.

        There is none where the value is of a stack that the environment does not have.
        """
        text = "" if self.value is GONE else json.dumps(self.value)
        if not set(re.findall(r'"Fn::ImportValue": "([^":]+):', text)) <= set(templates):
            return []
        return [
            (stack, logical_id)
            for stack, template in templates.items()
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == f"AWS::{self.resource_type}" and self.having in f"{stack}/{logical_id}"
            if self._changes(resource)
        ]

    def _changes(self, resource: Mapping[str, Any]) -> bool:
        edited = copy.deepcopy(resource)
        try:
            self._edit(edited)
        except (KeyError, IndexError, TypeError, ValueError):
            return False
        return edited != resource or not self.path

    def applied(self, templates: Mapping[str, Any], place: tuple[str, str]) -> dict[str, Any]:
        """The templates with one of the places edited; they share what is the same."""
        stack, logical_id = place
        resources = dict(templates[stack]["Resources"])
        if self.path:
            resources[logical_id] = copy.deepcopy(resources[logical_id])
            self._edit(resources[logical_id])
        else:
            del resources[logical_id]
        return {**templates, stack: {**templates[stack], "Resources": resources}}

    def _edit(self, node: Any) -> None:  # noqa: ANN401 - JSON
        *parents, last = self.path.split(".")
        for part in parents:
            if isinstance(node, list):
                node = node[int(part)]
            elif part not in node and part not in ("Properties", "ResourcesVpcConfig"):
                node = node.setdefault(part, {})
            else:
                node = node[part]
        if last == "-":
            node.append(self.value)
        elif isinstance(node, list):
            node[int(last)] = self.value
        elif self.value is GONE and last:
            del node[last]
        elif last:
            node[last] = self.value


@dataclass(frozen=True, kw_only=True)
class RelationPair:
    """A change that a relation names, and the nearest one that it does not."""

    relation: str
    """Its name; after a colon, which of its cases."""

    environment: str = "production"
    resources: Mapping[str, Any] | None = None
    """In place of an environment, the resources of a stack: for what ours has in several stacks, and others in one."""

    outputs: Mapping[str, Any] = field(default_factory=dict)
    """Outputs of that stack."""

    rejected: Sequence[Edit]
    accepted: Sequence[Edit]
    message: str
    """The place and the finding, then the fix."""

    only_here: bool = False
    """Whether the change is right elsewhere, such as in an environment with a single NAT gateway."""

    def __str__(self) -> str:
        return self.relation

    @property
    def name(self) -> str:
        """Of the relation."""
        return self.relation.partition(":")[0]

    def check(self) -> None:
        """The relation says all that it says of the one change, and nothing is said of the other."""
        assert "\n".join(self.messages(self.rejected)) == self.message
        assert list(self.messages(self.accepted)) == []

    def messages(self, edits: Sequence[Edit]) -> Iterator[str]:
        """What the relation says after the edits, each at the first place that it fits."""
        stack = {"Resources": self.resources, "Outputs": self.outputs}
        graph = shipped(self.environment) if self.resources is None else Graph({"stack": stack})
        templates = dict(graph.templates)
        for edit in edits:
            places = edit.places(templates)
            assert places, f"nothing to edit: {edit}"
            templates = edit.applied(templates, places[0])
        for misfit in RELATIONS[self.name].check(graph.with_templates(templates)):
            yield f"{misfit.resource.stack}/{misfit.resource.logical_id}: {misfit.finding}"
            yield f"fix: {misfit.fix}"


def pairs(folder: Path) -> list[RelationPair]:
    """Those of every YAML file of a folder."""
    return [
        RelationPair(
            relation=each["relation"],
            environment=each.get("environment", "production"),
            resources=each.get("resources"),
            outputs=each.get("outputs", {}),
            rejected=[_edit(edit) for edit in each.get("rejected", ())],
            accepted=[_edit(edit) for edit in each["accepted"]],
            message=each["message"],
            only_here=each.get("only_here", False),
        )
        for file in sorted(folder.glob("*.yaml"))
        for each in YAML(typ="safe").load(file)
    ]


def breakable(folder: Path) -> list[RelationPair]:
    """Those whose change is wrong wherever it is made."""
    return [pair for pair in pairs(folder) if len(pair.rejected) == 1 and not pair.only_here]


def _edit(source: dict[str, Any]) -> Edit:
    value = GONE if source.get("gone") else source["value"]
    return Edit(source["type"], source.get("path", ""), value, source.get("having", ""))


@cache
def shipped(environment: str) -> Graph:
    """The templates of an environment, as they are."""
    return Graph.read(synthesize(environment).outdir)


def misfits(graph: Graph) -> set[Finding]:
    """(relation, place, finding) of each relation that does not hold."""
    return {_finding(relation.name, misfit) for relation, misfit in find_misfits(graph)}


def is_named(pair: RelationPair, graph: Graph, known: Set[Finding] = frozenset()) -> bool:
    """Whether anything is said of a graph beside what is known: by the relation of the pair, else by any of them."""
    own = {_finding(pair.name, misfit) for misfit in RELATIONS[pair.name].check(graph)}
    return bool(own - known or misfits(graph) - known)


def _finding(relation: str, misfit: Misfit) -> Finding:
    return relation, f"{misfit.resource.stack}/{misfit.resource.logical_id}", misfit.finding
