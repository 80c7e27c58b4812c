"""What changed between two commits: figures, resources with their properties, and who reaches, may, and pays what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from assembly import Graph
from tools.cost.report import money
from tools.deploy_time.report import minutes
from tools.page.html import NONE, Content, Html, badge, code, details, table, tag
from tools.page.names import PATH, identifier, kind_of, name_of, short_stack
from tools.page.property_differences import PropertyDifference, property_differences
from tools.page.sources import Sources
from tools.release_diff.comparison import Change, Effect, UnsupportedTemplateError, compare
from tools.release_diff.create_only import CreateOnlyProperties, UnknownTypeError

_KINDS: Final = {Effect.REPLACED: "bad", Effect.DELETED: "warn", Effect.CHANGED: "", Effect.ADDED: "good"}
_LONG: Final = 160


def changes(base: Sources, now: Sources, *, base_name: str) -> Html:
    """The section."""
    found, doubt = _compared(base, now)
    counted = Counter(each.effect for each in found)
    chips = [badge([tag("b", counted[each]), f" {each}"], kind) for each, kind in _KINDS.items() if counted[each]]
    return tag(
        "div",
        tag("p", f"From {base_name} to the working tree."),
        tag("p", chips or badge("no resource changes", "good"), class_="chips"),
        tag("p", doubt, class_="quiet") if doubt else None,
        _figures(base, now, base_name),
        tag("h3", f"{len(found)} resources") if found else None,
        _resources(base, now, found),
        _section(
            "Who reaches whom", ("Change", "Who", "reaches", "Port", "Way"), _listed(_reached(base), _reached(now))
        ),
        _section("What roles may do", ("Change", "Role", "Effect", "Actions", "On"), _permissions(base, now)),
        _section("Who assumes roles", ("Change", "Role", "Assumed by"), _listed(_trusted(base), _trusted(now))),
        _costs(base, now),
        _section("Accepted findings", ("Change", "Rule", "Resource"), _listed(_accepted(base), _accepted(now))),
    )


def _figures(base: Sources, now: Sources, base_name: str) -> Html:
    rows = [
        ("Cost a month", money(base.estimate.cost.expected), money(now.estimate.cost.expected)),
        ("First deployment", minutes(base.time.total(None)), minutes(now.time.total(None))),
        ("Stacks", len(base.graph.templates), len(now.graph.templates)),
        ("Resources", len(base.graph.resources), len(now.graph.resources)),
        ("Findings accepted", *(len(each.findings("suppressedViolations")) for each in (base, now))),
    ]
    return table("Figures", ("Figure", base_name, "Now"), rows, numbers=frozenset({1, 2}))


def _compared(base: Sources, now: Sources) -> tuple[list[Change], str]:
    """What CloudFormation does, and a word of doubt where what it replaces is not known."""
    before, after = _bare(base.graph), _bare(now.graph)
    try:
        return compare(before, after, CreateOnlyProperties.read()), ""
    except (UnknownTypeError, UnsupportedTemplateError) as error:
        old, new = ({identifier(each): each for each in graph.resources} for graph in (base.graph, now.graph))
        found = []
        for key in sorted(old.keys() | new.keys()):
            effect = Effect.CHANGED if key in old and key in new else Effect.ADDED if key in new else Effect.DELETED
            resource = new.get(key) or old[key]
            if effect is not Effect.CHANGED or old[key].source != new[key].source:
                found.append(
                    Change(
                        stack=resource.stack,
                        logical_id=resource.logical_id,
                        resource_type=resource.type,
                        effect=effect,
                    )
                )
        return found, f"Which of these CloudFormation replaces is not known: {error}."


def _bare(graph: Graph) -> dict[str, dict[str, Any]]:
    """Templates without the paths of constructs, which nothing is changed for."""

    def without(resource: Mapping[str, Any]) -> dict[str, Any]:
        metadata = {key: value for key, value in resource.get("Metadata", {}).items() if key != PATH}
        return {
            **{k: v for k, v in resource.items() if k != "Metadata"},
            **({"Metadata": metadata} if metadata else {}),
        }

    return {
        stack: {**template, "Resources": {key: without(each) for key, each in template.get("Resources", {}).items()}}
        for stack, template in graph.templates.items()
    }


def _section(title: str, headings: Sequence[str], rows: Sequence[Sequence[Content]]) -> Html:
    if not rows:
        return tag("p", tag("strong", title), ": no change")
    return table(f"{title}: {len(rows)} {'change' if len(rows) == 1 else 'changes'}", headings, rows, numbers=NONE)


def _listed(before: set[tuple[str, ...]], after: set[tuple[str, ...]]) -> list[Sequence[Content]]:
    return [
        (badge("new", "warn") if each in after else badge("gone", "good"), *each) for each in sorted(before ^ after)
    ]


def _resources(base: Sources, now: Sources, found: Sequence[Change]) -> list[Html]:
    """Those that change alike are one."""
    groups: defaultdict[tuple[object, ...], list[Change]] = defaultdict(list)
    differences: dict[tuple[str, str], tuple[PropertyDifference, ...]] = {}
    for each in found:
        address = (each.stack, each.logical_id)
        differences[address] = _differences(base, now, each)
        is_apart = each.effect in (Effect.CHANGED, Effect.REPLACED)
        key = (each.effect, each.resource_type, differences[address], each.because if not differences[address] else ())
        groups[key if is_apart else (each.effect, each.stack)].append(each)
    return [_group(base, now, alike, differences[alike[0].stack, alike[0].logical_id]) for alike in groups.values()]


def _differences(base: Sources, now: Sources, change: Change) -> tuple[PropertyDifference, ...]:
    reference = f"${{{change.stack}/{change.logical_id}}}"
    old, new = base.graph.find(reference), now.graph.find(reference)
    return property_differences((base.graph, old), (now.graph, new)) if old and new else ()


def _group(base: Sources, now: Sources, alike: Sequence[Change], differences: Sequence[PropertyDifference]) -> Html:
    first = alike[0]
    names = [_name(base if each.effect is Effect.DELETED else now, each) for each in alike]
    if first.effect in (Effect.ADDED, Effect.DELETED):
        title = f"{len(alike)} in {short_stack(now.graph, first.stack)}" if len(alike) > 1 else names[0]
        listed = [[each, tag("br")] for each in names]
    else:
        title = f"{len(alike)} alike: {first.resource_type.removeprefix('AWS::')}" if len(alike) > 1 else names[0]
        listed = [[each, tag("br")] for each in names] if len(alike) > 1 else []
    mark = [" ", badge("holds data or traffic", "bad")] if first.is_protected else None
    old = "is deleted" if first.policy == "Delete" else "stays, in no stack"
    fate = f", the old one {old}" if first.effect is Effect.REPLACED else ""
    return details(
        [
            badge(str(first.effect), _KINDS[first.effect]),
            " ",
            tag("strong", title),
            mark,
            tag("span", fate, class_="quiet"),
        ],
        listed,
        _reasons(first) if first.effect in (Effect.CHANGED, Effect.REPLACED) else None,
        _properties(differences) if differences else None,
        class_="group row",
        is_open=first.effect is Effect.REPLACED,
    )


def _name(sources: Sources, change: Change) -> str:
    found = sources.graph.find(f"${{{change.stack}/{change.logical_id}}}")
    stack = short_stack(sources.graph, change.stack)
    return f"{stack}: {name_of(found)} ({kind_of(found)})" if found else f"{stack}: {change.logical_id}"


def _reasons(change: Change) -> Html | None:
    if not change.because:
        return None
    word = "Replaced because of" if change.effect is Effect.REPLACED else "Changed in"
    return tag("p", f"{word} ", [[code(each), " "] for each in change.because], class_="quiet")


def _properties(differences: Sequence[PropertyDifference]) -> Html:
    rows = [(code(each.path), _value(each.before), _value(each.after)) for each in differences]
    return table("Properties", ("Property", "Before", "Now"), rows, numbers=NONE)


def _value(text: str) -> Content:
    if not text:
        return tag("span", "none", class_="quiet")
    return code(text) if len(text) <= _LONG else details(code(f"{text[:_LONG]}…"), code(text), class_="plain")


def _reached(sources: Sources) -> set[tuple[str, ...]]:
    found = sources.reachability
    return {
        (each.source.name, each.target.name, str(each.ports), "" if each.is_certain else "possible")
        for each in found.connections
    } | {
        (
            path.first.source.name,
            path.second.target.name,
            f"{path.forwarding.listener_port} → {path.forwarding.port}",
            f"through {' and '.join(each.name for each in path.through)}, {path.forwarding.said}",
        )
        for path in found.paths
    }


def _permissions(base: Sources, now: Sources) -> list[Sequence[Content]]:
    """Actions that are new or gone, together where role, resource, and condition are the same."""
    before, after = _allowed(base), _allowed(now)
    groups: defaultdict[tuple[bool, str, str, str], list[str]] = defaultdict(list)
    for role, what, action, where in sorted(before ^ after):
        is_new = (role, what, action, where) in after
        groups[is_new, role, what, where].append(action)
    rows: list[Sequence[Content]] = []
    for (is_new, role, what, where), actions in groups.items():
        word = badge("new", "warn") if is_new else badge("gone", "good")
        rows.append((word, role, what, [[code(each), tag("br")] for each in actions], where))
    return rows


def _allowed(sources: Sources) -> set[tuple[str, str, str, str]]:
    return {
        (
            identity.name,
            permission.effect,
            action,
            resource + (f", if {' and '.join(permission.conditions)}" if permission.conditions else ""),
        )
        for identity in sources.identities
        for permission in identity.permissions
        for action in permission.actions
        for resource in permission.resources
    } | {(each.name, "Allow", f"what {one} allows", "") for each in sources.identities for one in each.aws_managed}


def _trusted(sources: Sources) -> set[tuple[str, ...]]:
    return {(identity.name, each) for identity in sources.identities for each in identity.trusted}


def _costs(base: Sources, now: Sources) -> Html:
    before, after = dict(_cost_lines(base)), dict(_cost_lines(now))
    rows: list[Sequence[Content]] = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, 0.0), after.get(key, 0.0)
        if abs(new - old) >= 0.005:
            sign = "+" if new > old else "-"
            rows.append((*key, money(old), money(new), f"{sign}{money(abs(new - old))}"))
    if not rows:
        return tag("p", tag("strong", "Cost"), ": no change")
    title = f"Cost: {len(rows)} {'change' if len(rows) == 1 else 'changes'}"
    return table(title, ("Stack", "Line", "Before", "Now", "Difference"), rows, numbers=frozenset({2, 3, 4}))


def _cost_lines(sources: Sources) -> Iterator[tuple[tuple[str, str], float]]:
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for stack in sources.estimate.stacks:
        for each in stack.resources:
            for line in each.lines:
                if line.is_priced and line.quantity is not None:
                    name = f"{name_of(each.resource)} {line.name}"
                    found[short_stack(sources.graph, stack.name), name] += float(line.cost.expected)
    yield from found.items()


def _accepted(sources: Sources) -> set[tuple[str, ...]]:
    return {(each.rule, each.path) for each in sources.findings("suppressedViolations")}
