"""What the policy of a VPC endpoint lets through."""

from __future__ import annotations

from assembly import Graph, Resource
from assembly.policies import Statement, statements
from tools.page.names import readable


def policy_in_words(graph: Graph, endpoint: Resource) -> str:
    """Its statements in words; without a policy an endpoint lets everything through."""
    document = endpoint.get("PolicyDocument")
    if document is None:
        return "endpoint policy: none, so every call passes"
    return f"endpoint policy: {'; '.join(_said(graph, each) for each in statements(document))}"


def _said(graph: Graph, statement: Statement) -> str:
    verb = "allows" if statement.effect == "Allow" else "denies"
    actions = _few([*statement.actions, *(f"all but {each}" for each in statement.not_actions)])
    resources = _few([readable(graph, each) for each in statement.resources])
    conditions = [
        f"{key} {operator} {_few([readable(graph, each) for each in _texts(value)])}"
        for operator, pairs in statement.conditions.items()
        for key, value in pairs.items()
    ]
    return f"{verb} {actions} on {resources}" + (f" if {' and '.join(conditions)}" if conditions else "")


def _texts(value: object) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else [str(value)]


def _few(texts: list[str]) -> str:
    shown = texts[:3]
    return ", ".join(shown) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
