"""For each role: who assumes it, what it may do, who holds it."""

from __future__ import annotations

from collections.abc import Sequence

from tools.page.html import NONE, Content, Html, badge, bullets, code, details, table, tag
from tools.page.identity import Permission, RoleIdentity
from tools.page.sources import Sources

_MANY = 8


def roles(sources: Sources) -> Html:
    """The section; roles with the widest permissions come first."""
    found = sorted(sources.identities, key=lambda each: (-each.wide, each.name))
    wide = sum(1 for each in found if each.wide)
    return tag(
        "div",
        tag(
            "p",
            f"{len(found)} roles; {wide} have a statement that allows a wildcard of actions or every resource ",
            badge("*", "warn"),
            ". What managed policies of AWS allow is not counted.",
            class_="quiet",
        ),
        [_role(each) for each in found],
    )


def _role(identity: RoleIdentity) -> Html:
    mark = [" ", badge(f"{identity.wide} wide", "warn")] if identity.wide else None
    holder = identity.holders[0] if identity.holders else "nobody in these templates"
    more = f" and {len(identity.holders) - 1} more" if len(identity.holders) > 1 else ""
    rows = [_row(each) for each in identity.permissions]
    return details(
        [tag("strong", identity.name), mark, tag("span", f" held by {holder}{more}", class_="quiet")],
        tag("h3", "Who assumes it"),
        bullets(identity.trusted),
        tag("h3", "Who holds it"),
        bullets(identity.holders or ("nobody in these templates",)),
        [tag("h3", "Managed policies of AWS"), bullets(map(code, identity.aws_managed))]
        if identity.aws_managed
        else None,
        table("What it may do", ("Effect", "Actions", "Resources", "If"), rows, numbers=NONE)
        if rows
        else tag("p", "No statements of its own."),
        class_="group row",
    )


def _row(permission: Permission) -> Sequence[Content]:
    word = badge(permission.effect, "warn" if permission.is_wide else "")
    wild = set(permission.wildcard_actions)
    actions = [badge(each, "warn") if each in wild else code(each) for each in permission.actions]
    resources = [badge("*", "warn") if each == "*" else code(each) for each in permission.resources]
    return (word, _listed(actions), _listed(resources), " and ".join(permission.conditions))


def _listed(items: Sequence[Html]) -> Content:
    lines = [[each, tag("br")] for each in items]
    return lines if len(items) <= _MANY else [lines[:5], details(f"{len(items) - 5} more", lines[5:], class_="plain")]
