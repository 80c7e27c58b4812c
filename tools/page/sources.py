"""What the page is made of: templates, findings, estimate of cost, and manifests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from assembly import Graph, Resource
from tools.cost.estimate import Estimate
from tools.cost.usage import Usage
from tools.deploy_time.model import Model
from tools.page.identity import RoleIdentity, identities
from tools.page.names import PATH
from tools.page.reachability import Reachability
from tools.page.web_acls import web_acls


def _with_paths(graph: Graph, folder: Path) -> Graph:
    """With the path of each construct in the metadata of its resource, as people know it by that."""
    templates = {stack: {**template} for stack, template in graph.templates.items()}
    for stack, template in templates.items():
        path = folder / f"{stack}.metadata.json"
        metadata = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        paths = {
            each["data"]: construct.lstrip("/")
            for construct, entries in metadata.items()
            for each in entries
            if each["type"] == "aws:cdk:logicalId"
        }
        template["Resources"] = {
            logical_id: {**resource, "Metadata": {**resource.get("Metadata", {}), PATH: paths[logical_id]}}
            if logical_id in paths
            else resource
            for logical_id, resource in template.get("Resources", {}).items()
        }
    return graph.with_templates(templates)


@dataclass(frozen=True)
class Finding:
    """What a policy said of a resource, and why it is accepted, if it is."""

    plugin: str
    rule: str
    description: str
    severity: str
    path: str
    reason: str


@dataclass(frozen=True)
class Manifest:
    """An object that is to be in the cluster."""

    kind: str
    namespace: str
    name: str
    source: str


@dataclass(frozen=True)
class Sources:
    """Everything of one environment at one commit."""

    name: str
    graph: Graph
    report: Sequence[dict[str, Any]] | None = None
    """The plugins of `validation-report.json`; None if there is none."""

    manifests: Sequence[Manifest] | None = None
    """None if nobody asked."""

    usage: Usage = field(default_factory=lambda: Usage.read(None))

    @classmethod
    def read(cls, name: str, folder: Path, *, usage: Usage, manifests: Sequence[Manifest] | None = None) -> Sources:
        """From a cloud assembly."""
        path = folder / "validation-report.json"
        report = json.loads(path.read_text(encoding="utf-8"))["pluginReports"] if path.exists() else None
        return cls(
            name=name, graph=_with_paths(Graph.read(folder), folder), report=report, manifests=manifests, usage=usage
        )

    @cached_property
    def reachability(self) -> Reachability:
        """Who reaches whom."""
        return Reachability(self.graph)

    @cached_property
    def web_acls(self) -> dict[Resource, str]:
        """Load balancer or distribution -> the web ACL in front of it."""
        return web_acls(self.graph)

    @cached_property
    def identities(self) -> list[RoleIdentity]:
        """Roles."""
        return identities(self.graph)

    @cached_property
    def estimate(self) -> Estimate:
        """What it costs a month."""
        return Estimate.of(self.graph, self.usage)

    @cached_property
    def time(self) -> Model:
        """How long a first deployment takes."""
        return Model(self.graph)

    @cached_property
    def region(self) -> str:
        """Regions of the stacks."""
        return ", ".join(dict.fromkeys(self.graph.region(stack) for stack in self.graph.templates))

    def findings(self, kind: str) -> list[Finding]:
        """`violations` or `suppressedViolations` of all plugins, by rule and resource."""
        return sorted(
            (
                Finding(
                    plugin=str(plugin["pluginName"]),
                    rule=str(each["ruleName"]),
                    description=str(each.get("description", "")),
                    severity=str(each.get("severity", "")),
                    path=str(construct["constructPath"]),
                    reason=str(each.get("reason", "")),
                )
                for plugin in self.report or ()
                for each in plugin.get(kind, ())
                for construct in each["violatingConstructs"]
            ),
            key=lambda each: (each.reason, each.rule, each.path),
        )
