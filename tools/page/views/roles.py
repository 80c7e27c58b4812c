"""For each role: who assumes it, what it may do, who holds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tools.page.escalation import escalations
from tools.page.html import NONE, Content, Html, badge, bullets, code, details, table, tag
from tools.page.identity import Permission, RoleIdentity
from tools.page.sources import Sources

_MANY = 8
_FEW = 3


def roles(sources: Sources) -> Html:
    """The section; roles with the widest permissions come first."""
    found = sorted(sources.identities, key=lambda each: (-each.wide, each.name))
    if not found:
        return tag("p", "No roles.", class_="empty")
    return tag(
        "div",
        _principals(found),
        _escalations(found),
        tag("h3", f"{len(found)} roles, {sum(1 for each in found if each.wide)} of them with wide statements"),
        tag(
            "p",
            "Wide: a statement that allows a wildcard of actions, or an action on every resource ",
            badge("*", "warn"),
            ". What managed policies of AWS allow is not counted.",
            class_="quiet",
        ),
        [_role(each) for each in found],
    )


def _principals(found: Sequence[RoleIdentity]) -> Html:
    """Who assumes which roles: services, accounts, and identity providers."""
    by_principal: defaultdict[str, dict[RoleIdentity, bool]] = defaultdict(dict)
    for identity in found:
        for each in identity.trusted:
            principal, _, condition = each.partition(", if ")
            by_principal[principal][identity] = bool(condition)
    rows = [
        (
            badge(principal, "warn") if _is_somebody(principal) else principal,
            len(held),
            f"{sum(held.values())} of {len(held)}",
            _few([_anchor(each) for each in held]),
        )
        for principal, held in sorted(by_principal.items(), key=lambda each: (not _is_somebody(each[0]), each[0]))
    ]
    headings = ("Who", "Roles", "With a condition", "Which")
    return table("Who assumes roles", headings, rows, numbers=frozenset({1, 2}))


def _is_somebody(principal: str) -> bool:
    """Whether it is not a service of AWS."""
    return not principal.endswith((".amazonaws.com", ".<URLSuffix>"))


def _escalations(found: list[RoleIdentity]) -> Html:
    rows = [
        (
            _anchor(each.identity),
            _listed([code(one) for one in each.actions]),
            _resources(each.permission),
            _if(each.permission),
        )
        for each in escalations(found)
    ]
    if not rows:
        return tag(
            "p", badge("none", "good"), " No role passes or assumes another, or changes what one may.", class_="empty"
        )
    return table(
        "Ways to more: who may pass or assume roles, change what they may, run commands, or read secrets",
        ("Role", "May", "On", "If"),
        rows,
        numbers=NONE,
    )


def _anchor(identity: RoleIdentity) -> Html:
    return tag("a", identity.name, href=f"#{_slug(identity)}")


def _slug(identity: RoleIdentity) -> str:
    return f"role-{identity.role.stack}-{identity.role.logical_id}".lower()


def _role(identity: RoleIdentity) -> Html:
    mark = badge(f"{identity.wide} wide", "warn") if identity.wide else None
    holder = identity.holders[0] if identity.holders else "nobody in these templates"
    more = f" and {len(identity.holders) - 1} more" if len(identity.holders) > 1 else ""
    rows = [_row(each) for each in identity.permissions]
    title = [
        tag("strong", identity.name),
        tag("span", mark),
        tag("span", f"held by {holder}{more}", class_="quiet"),
    ]
    return tag(
        "details",
        tag("summary", tag("span", title, class_="columns")),
        tag("h4", "Who assumes it"),
        bullets(identity.trusted),
        tag("h4", "Who holds it"),
        bullets(identity.holders or ("nobody in these templates",)),
        [tag("h4", "Managed policies of AWS"), bullets(map(code, identity.aws_managed))]
        if identity.aws_managed
        else None,
        table("What it may do", ("Effect", "Actions", "Resources", "If"), rows, numbers=NONE)
        if rows
        else tag("p", "No statements of its own."),
        class_="group row",
        id=_slug(identity),
    )


def _row(permission: Permission) -> Sequence[Content]:
    word = badge(permission.effect, "warn" if permission.is_wide else "")
    wild = set(permission.wildcard_actions)
    actions = [badge(each, "warn") if each in wild else code(each) for each in permission.actions]
    return (word, _listed(actions), _resources(permission), _if(permission))


def _resources(permission: Permission) -> Content:
    return _listed([badge("*", "warn") if each == "*" else code(each) for each in permission.resources])


def _if(permission: Permission) -> str:
    return " and ".join(permission.conditions)


def _few(items: Sequence[Html]) -> Content:
    lines = [[each, tag("br")] for each in items]
    return lines if len(items) <= _FEW else details(f"{len(items)} roles", lines, class_="plain")


def _listed(items: Sequence[Html]) -> Content:
    lines = [[each, tag("br")] for each in items]
    return lines if len(items) <= _MANY else [lines[:5], details(f"{len(items) - 5} more", lines[5:], class_="plain")]
