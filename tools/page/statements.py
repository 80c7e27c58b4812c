"""Statements of resource policies in words."""

from __future__ import annotations

from assembly import Graph
from assembly.policies import Statement
from tools.page.names import readable


def statement_in_words(graph: Graph, statement: Statement) -> str:
    """What is allowed or denied, to whom if not to everybody, and on what condition."""
    verb = "allows" if statement.effect == "Allow" else "denies"
    actions = _few([*statement.actions, *(f"all but {each}" for each in statement.not_actions)])
    principals = [readable(graph, name) for _, name in statement.principals]
    who = _few(principals)
    if statement.not_principals:
        who = f"all but {who}"
    for_whom = f" by {who}" if principals and principals != ["*"] else ""
    names = [readable(graph, each) for each in statement.resources]
    resources = _few([*names, *(f"all but {readable(graph, each)}" for each in statement.not_resources)])
    on = f" on {resources}" if resources else ""
    return f"{verb} {actions}{for_whom}{on}{_conditions(graph, statement)}"


def _conditions(graph: Graph, statement: Statement) -> str:
    said = [
        f"{key} {operator} {_few([readable(graph, each) for each in _texts(value)])}"
        for operator, pairs in statement.conditions.items()
        for key, value in pairs.items()
    ]
    return f" if {' and '.join(said)}" if said else ""


def _texts(value: object) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else [str(value)]


def _few(texts: list[str]) -> str:
    shown = texts[:3]
    return ", ".join(shown) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
