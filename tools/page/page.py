"""The page: one HTML file that asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.cost.report import money
from tools.deploy_time.report import minutes
from tools.page.html import Html, joined, tag
from tools.page.sources import Sources
from tools.page.views.changes import changes
from tools.page.views.deployment import deployment
from tools.page.views.kubernetes import kubernetes
from tools.page.views.money import cost
from tools.page.views.policy import policy
from tools.page.views.reach import reach
from tools.page.views.resources import resources
from tools.page.views.roles import roles
from tools.page.views.stacks import stacks
from tools.page.views.storage import storage
from tools.page.views.topology import topology
from tools.page.views.workloads import workloads

_FOLDER: Final = Path(__file__).parent
_VIEWS: Final[dict[str, tuple[str, Callable[[Sources], Html]]]] = {
    "topology": ("Topology", topology),
    "stacks": ("Stacks", stacks),
    "reachability": ("Reachability", reach),
    "identity": ("Identity", roles),
    "workloads": ("Workloads", workloads),
    "storage": ("Storage", storage),
    "cost": ("Cost", cost),
    "deployment": ("Deployment", deployment),
    "policy": ("Policy", policy),
    "kubernetes": ("Kubernetes", kubernetes),
    "resources": ("Resources", resources),
}


def page(sources: Sources, base: Sources | None = None, *, base_name: str = "") -> str:
    """The whole file; the same sources make the same bytes.

    Args:
        sources: The environment.
        base: The same environment at another commit.
        base_name: What that is called.
    """
    views = {id_: (title, view(sources)) for id_, (title, view) in _VIEWS.items()}
    if base is not None:
        views = {"changes": ("Changes", changes(base, sources, base_name=base_name)), **views}
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    script = (_FOLDER / "script.js").read_text(encoding="utf-8")
    title = f"{sources.name}: what is there to own"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_security_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(style)),
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#main", class_="skip"),
        _header(sources, base_name),
        _bar({id_: name for id_, (name, _) in views.items()}),
        tag(
            "main",
            [
                tag(
                    "section",
                    tag("h2", name, id=f"{id_}-title"),
                    html,
                    id=id_,
                    class_="view",
                    aria_labelledby=f"{id_}-title",
                )
                for id_, (name, html) in views.items()
            ],
            id="main",
            tabindex=-1,
        ),
        tag("footer", "Computed from templates; nothing here has been seen in an AWS account. Made by make page."),
        tag("script", Html(script)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _security_policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _header(sources: Sources, base_name: str) -> Html:
    open_, accepted = len(sources.findings("violations")), len(sources.findings("suppressedViolations"))
    facts = {
        "Cost a month": money(sources.estimate.cost.expected),
        "First deployment": minutes(sources.time.total(None)),
        "Stacks": len(sources.graph.templates),
        "Resources": len(sources.graph.resources),
        "Findings open": "not checked" if sources.report is None else open_,
        "Findings accepted": accepted,
    }
    title = [tag("h1", sources.name), tag("p", _origin(sources, base_name), class_="quiet")]
    figures = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts.items()]
    return tag("header", tag("div", title), tag("dl", figures, class_="facts"))


def _origin(sources: Sources, base_name: str) -> str:
    return f"Region {sources.region}" + (f", compared with {base_name}" if base_name else "")


def _bar(names: dict[str, str]) -> Html:
    links = [tag("a", name, href=f"#{id_}") for id_, name in names.items()]
    search = tag(
        "div",
        tag("label", "Filter (/)", for_="filter"),
        tag("input", id="filter", type="search", autocomplete="off"),
        tag("output", id="count", for_="filter"),
        class_="filter needs-js",
    )
    inner = tag("div", joined([tag("nav", links, aria_label="Views"), search]))
    return tag("div", inner, class_="bar-top", role="region", aria_label="Views and filter")
