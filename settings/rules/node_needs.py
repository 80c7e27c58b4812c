"""Rules of what workloads need of the nodes of the EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator

from facts.node_capabilities import Need, kinds, needs
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.node_options import NodeNeed
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule
from settings.rules.subjects import nodes

_SOURCE = "docs/node-capabilities.md, with the page of each answer"
_NEEDS = ("eks.nodes.<name>.needs[]", "eks.needs[]")


@rule(_SOURCE, keys=(_NEEDS[0], "eks.nodes.<name>", "eks.ip_family"))
def nodes_can_do_what_is_needed(environment: Environment) -> Iterator[Problem]:
    """Pods that need it would stay pending, or fail, on nodes that cannot do it."""
    for path, node in nodes(environment):
        for index, name in enumerate(node.needs):
            need = needs()[name]
            if reason := why_not(environment, node, name):
                yield Problem(
                    path=(*path, "needs", index),
                    finding=f"these nodes cannot offer {need.about}: {reason}",
                    fix=_fix(need, {node.kind}),
                )


@rule(_SOURCE, keys=(_NEEDS[1], "eks.nodes", "eks.ip_family"))
def some_nodes_can_do_what_is_needed(environment: Environment) -> Iterator[Problem]:
    """Pods that need it have no node to run on."""
    if environment.eks is None:
        return
    found = [node for _, node in nodes(environment)]
    for index, name in enumerate(environment.eks.needs if found else ()):
        need = needs()[name]
        reasons = dict.fromkeys(why_not(environment, node, name) for node in found)
        if "" not in reasons:
            yield Problem(
                path=("eks", "needs", index),
                finding=f"no nodes offer {need.about}: {listed(reasons)}",
                fix=_fix(need, {node.kind for node in found}),
            )


@rule(_SOURCE, keys=_NEEDS)
def need_comes_once(environment: Environment) -> Iterator[Problem]:
    """A need that is listed twice says nothing more."""
    yield from come_once(("eks", "needs"), environment.eks.needs if environment.eks else ())
    for path, node in nodes(environment):
        yield from come_once((*path, "needs"), node.needs)


def why_not(environment: Environment, node: AnyNodeOptions, name: NodeNeed) -> str:
    """Why nodes cannot do it; empty if they can."""
    if name == "ipv6" and environment.eks is not None and environment.eks.ip_family == "ipv4":
        return "the cluster is of the IPv4 family"
    answer = needs()[name].answers[node.kind]
    return f"{kinds()[node.kind]}: {answer.detail}" if answer.verdict == "no" else node.lacks(name)


def _fix(need: Need, tried: set[str]) -> str:
    """The kinds that can, those first of which only the options must change."""
    able = [kind for kind, answer in need.answers.items() if answer.verdict in ("yes", "if")]
    others = [kinds()[kind] for kind in able if kind not in tried]
    ways = ["change the options of these nodes"] if tried & set(able) else []
    ways += [f"use {listed(others, 'or')}"] if others else []
    return f"{', or '.join(ways)}: make node-capabilities NEEDS={need.name}"
