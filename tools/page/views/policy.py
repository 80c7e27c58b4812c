"""Controls and what keeps them; findings of every synthesis, and which are accepted for which reason."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from tools.page.controls import Judgement, judgements
from tools.page.html import NONE, Content, Html, badge, bullets, code, details, prose, table, tag
from tools.page.sources import Finding, Sources

_WORDS: Final = {
    "open": ("not kept", "bad"),
    "no": ("not kept", "warn"),
    "partly": ("partly", "warn"),
    "accepted": ("accepted", "warn"),
    "yes": ("kept", "good"),
    "nothing to judge": ("nothing to judge", "faint"),
}
"""Words of judgements, those first that a reviewer wants to see first."""


def policy(sources: Sources) -> Html:
    """The section."""
    if sources.report is None:
        return tag("p", "No validation-report.json: the assembly was made without policy checks.", class_="empty")
    open_, accepted = sources.findings("violations"), sources.findings("suppressedViolations")
    by_reason: defaultdict[str, list[Finding]] = defaultdict(list)
    for each in accepted:
        by_reason[each.reason].append(each)
    return tag(
        "div",
        tag("h3", f"{len(open_)} open findings"),
        _open(open_)
        if open_
        else tag("p", badge("none", "good"), " Every finding is accepted below, with its reason.", class_="empty"),
        _controls(sources, open_, accepted),
        tag("h3", f"{len(accepted)} accepted findings for {len(by_reason)} reasons"),
        [
            _reason(reason, found)
            for reason, found in sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0]))
        ],
        _checks(sources),
    )


def _open(found: list[Finding]) -> Html:
    rows = [(each.severity, code(each.rule), code(each.path), each.description) for each in found]
    return table("Findings", ("Severity", "Rule", "Resource", "What"), rows, numbers=NONE)


def _controls(sources: Sources, open_: Sequence[Finding], accepted: Sequence[Finding]) -> Html:
    judged = judgements(
        (each.type for each in sources.graph.resources),
        [each.rule for each in open_],
        [(each.rule, each.reason) for each in accepted],
    )
    order = list(_WORDS)
    counted = Counter(each.word for each in judged)
    counts = [
        badge([tag("b", counted[word]), f" {_WORDS[word][0]}"], _WORDS[word][1]) for word in order if counted[word]
    ]
    rows = [_control(each) for each in sorted(judged, key=lambda each: order.index(each.word))]
    return tag(
        "div",
        tag("h3", f"{len(judged)} controls"),
        tag("p", counts, class_="chips"),
        tag(
            "p",
            "Controls of AWS Security Hub and of CIS that a template decides. Names in snake_case are rules of policy/ "
            "and others are rules of cdk-nag, which every synthesis runs, or tests of the repository.",
            class_="quiet",
        ),
        table("Controls", ("Here", "Control", "Asks for", "By, or why not", "Checked by"), rows, numbers=NONE),
    )


def _control(judgement: Judgement) -> Sequence[Content]:
    control, (word, kind) = judgement.control, _WORDS[judgement.word]
    number = judgement.open_findings or len(judgement.reasons)
    reasons = list(dict.fromkeys(judgement.reasons))
    accepted = [details(f"{len(reasons)} reasons" if len(reasons) > 1 else "reason", bullets(reasons), class_="plain")]
    return (
        badge(f"{number} {word}" if judgement.word in ("open", "accepted") else word, kind),
        tag("strong", control.ids),
        control.asked,
        [prose(control.by), accepted if judgement.word == "accepted" else None],
        [[_check(each), tag("br")] for each in control.checks] or tag("span", "nothing", class_="quiet"),
    )


def _check(name: str) -> Html:
    """A long name may be broken after each word of it."""
    words = re.split(r"(?<=[_-])", name.rpartition("::")[2])
    return tag("code", [[tag("wbr") if number else None, each] for number, each in enumerate(words)], class_="words")


def _checks(sources: Sources) -> Html:
    rows = [
        (
            str(each["pluginName"]),
            str(each["conclusion"]),
            len(each.get("violations", ())),
            len(each.get("suppressedViolations", ())),
        )
        for each in sources.report or ()
    ]
    headings = ("Checked at synthesis by", "Conclusion", "Open", "Accepted")
    return table("What has been checked", headings, rows, numbers=frozenset({2, 3}))


def _reason(reason: str, found: list[Finding]) -> Html:
    rules = sorted({each.rule for each in found})
    paths = sorted({each.path.removesuffix("/Resource") for each in found})
    return details(
        [badge(len(found)), " ", reason],
        tag("h4", "Rules"),
        bullets(map(code, rules)),
        tag("h4", "Resources"),
        bullets(map(code, paths)),
        class_="group row",
    )
