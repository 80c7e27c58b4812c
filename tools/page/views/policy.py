"""Findings of every synthesis, and which are accepted for which reason."""

from __future__ import annotations

from collections import defaultdict

from tools.page.html import NONE, Html, badge, bullets, code, details, table, tag
from tools.page.sources import Finding, Sources


def policy(sources: Sources) -> Html:
    """The section."""
    if sources.report is None:
        return tag("p", "No validation-report.json: the assembly was made without policy checks.")
    open_, accepted = sources.findings("violations"), sources.findings("suppressedViolations")
    by_reason: defaultdict[str, list[Finding]] = defaultdict(list)
    for each in accepted:
        by_reason[each.reason].append(each)
    checked = [
        (
            str(each["pluginName"]),
            str(each["conclusion"]),
            len(each.get("violations", ())),
            len(each.get("suppressedViolations", ())),
        )
        for each in sources.report
    ]
    return tag(
        "div",
        table("Checks", ("Check", "Conclusion", "Findings", "Accepted"), checked, numbers=frozenset({2, 3})),
        tag("h3", f"{len(open_)} findings"),
        _open(open_)
        if open_
        else tag("p", badge("none", "good"), " Every finding is accepted below, with its reason."),
        tag("h3", f"{len(accepted)} accepted findings for {len(by_reason)} reasons"),
        [
            _reason(reason, found)
            for reason, found in sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0]))
        ],
    )


def _open(found: list[Finding]) -> Html:
    rows = [(each.severity, code(each.rule), code(each.path), each.description) for each in found]
    return table("Findings", ("Severity", "Rule", "Resource", "What"), rows, numbers=NONE)


def _reason(reason: str, found: list[Finding]) -> Html:
    rules = sorted({each.rule for each in found})
    paths = sorted({each.path.removesuffix("/Resource") for each in found})
    return details(
        [badge(len(found)), " ", reason],
        tag("h3", "Rules"),
        bullets(map(code, rules)),
        tag("h3", "Resources"),
        bullets(map(code, paths)),
        class_="group row",
    )
