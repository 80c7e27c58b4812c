"""The file itself: what a parser reads in it, and what a browser makes of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import ALL, snapshot_graph
from tests.support.synthesis import ROOT
from tools.page.page import page
from tools.page.sources import Manifest, Sources

_REPORT = [
    {
        "pluginName": "Relations",
        "conclusion": "success",
        "violations": [],
        "suppressedViolations": [
            {
                "ruleName": "rule",
                "description": "said",
                "severity": "error",
                "violatingConstructs": [{"constructPath": "sandbox-network/<b>/Resource"}],
                "reason": "Because <script>alert(1)</script> & so on.",
            }
        ],
    }
]
_MANIFESTS = [Manifest("Deployment", "hello", "web", "overlay")]
_TOOL = ROOT / "tools" / "page"
_BROWSER = _TOOL / ".venv" / "bin" / "python"
_VOID = {"meta", "input", "br", "wbr"}


def _sources(environment: str) -> Sources:
    graph = snapshot_graph(environment)
    return Sources(name=Path(environment).stem, graph=graph, report=_REPORT, manifests=_MANIFESTS)


class _Reader(HTMLParser):
    """Elements with their attributes; every element that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, name: str) -> Iterator[dict[str, str | None]]:
        return (attributes for each, attributes in self.elements if each == name)


@pytest.mark.parametrize("environment", ALL)
def test_the_file_is_whole_labelled_and_refers_to_nothing_outside(environment: str) -> None:
    text = page(_sources(environment))
    read = _Reader(text)
    assert read.open == []
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert sorted(set(ids), key=str) == sorted(ids, key=str)
    for name, attributes in read.elements:
        assert not attributes.keys() & {"src", "srcset", "style", "action", "data", "onclick", "onload"}, name
        assert name not in ("link", "img", "iframe", "object", "base", "form")
        if "href" in attributes:
            assert str(attributes["href"]).removeprefix("#") in ids
        for key in ("for", "aria-labelledby"):
            if key in attributes:
                assert attributes[key] in ids
    assert all(each.get("aria-label") for each in read.all("svg"))
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_of_the_page_allows_its_own_style_and_script_alone() -> None:
    text = page(_sources("sandbox"))
    (policy,) = (each["content"] for each in _Reader(text).all("meta") if "http-equiv" in each)
    hashes = [
        base64.b64encode(hashlib.sha256(found.encode()).digest()).decode()
        for name in ("style", "script")
        for found in re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_what_is_not_ours_is_escaped() -> None:
    text = page(_sources("sandbox"))
    assert "<script>alert" not in text
    assert "Because &lt;script&gt;alert(1)&lt;/script&gt; &amp; so on." in text


def test_the_same_sources_make_the_same_bytes() -> None:
    graph = snapshot_graph("sandbox")
    again = Graph(json.loads(json.dumps(graph.templates)), places=dict.fromkeys(graph.templates, ("", "eu-west-1")))
    assert page(Sources(name="sandbox", graph=graph)) == page(Sources(name="sandbox", graph=again))


def test_every_resource_and_stack_stands_on_the_page() -> None:
    text = page(_sources("sandbox"))
    for each in snapshot_graph("sandbox").resources:
        assert f"<code>{each.logical_id}</code>" in text


def _open_to_everybody(graph: Graph, **properties: str) -> Graph:
    """The same with a load balancer that lets everybody in.

    Args:
        graph: Of an environment with one load balancer.
        properties: Of the load balancer, in place of its own.
    """
    templates = json.loads(json.dumps(graph.templates))
    (balancer,) = graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")
    resources = templates[balancer.stack]["Resources"]
    group = next(
        each["Properties"]
        for each in resources.values()
        if each["Type"] == "AWS::EC2::SecurityGroup" and "SecurityGroupIngress" in each["Properties"]
    )
    group["SecurityGroupIngress"][0]["CidrIp"] = "0.0.0.0/0"
    resources[balancer.logical_id]["Properties"].update(properties)
    return graph.with_templates(templates)


def test_changes_between_two_releases_are_shown() -> None:
    graph = snapshot_graph("sandbox")
    text = _changes(graph, _open_to_everybody(graph))
    # The internet in place of the clients, to the load balancer and through it to three services, and the seven in the
    # VPC that may call it by its addresses.
    assert "Who reaches whom: 15 changes" in text
    assert ">new</span></td><td>the internet</td><td>ecs-cluster: LoadBalancer</td><td>tcp 80</td>" in text
    assert ">gone</span></td><td>203.0.113.0/24</td>" in text
    assert "<strong>What roles may do</strong>: no change" in text
    assert "<code>SecurityGroupIngress[0].CidrIp</code></td><td><code>203.0.113.0/24</code></td>" in text


def _changes(before: Graph, after: Graph) -> str:
    text = page(Sources(name="sandbox", graph=after), Sources(name="sandbox", graph=before), base_name="v1")
    return text[text.index('<section id="changes"') : text.index('<section id="topology"')]


def test_what_is_replaced_is_said_with_its_reason_and_what_holds_traffic_is_marked() -> None:
    graph = snapshot_graph("sandbox")
    templates = json.loads(json.dumps(graph.templates))
    (balancer,) = graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")
    templates[balancer.stack]["Resources"][balancer.logical_id]["Properties"]["Scheme"] = "internal"
    text = _changes(graph, graph.with_templates(templates))
    # Its listener, and three listener rules of that.
    assert "<b>5</b> replaced" in text
    assert "holds data or traffic" in text
    assert "Replaced because of <code>Scheme</code>" in text
    assert "<code>Scheme</code></td><td><code>internet-facing</code></td><td><code>internal</code></td>" in text


def test_resources_that_change_alike_are_one_and_what_is_added_is_named() -> None:
    graph = snapshot_graph("sandbox")
    templates = json.loads(json.dumps(graph.templates))
    definitions = graph.of_type("AWS::ECS::TaskDefinition")
    for each in definitions:
        templates[each.stack]["Resources"][each.logical_id]["Properties"]["Cpu"] = "512"
    templates["sandbox-network"]["Resources"]["New"] = {"Type": "AWS::SNS::Topic"}
    text = _changes(graph, graph.with_templates(templates))
    assert f"<strong>{len(definitions)} alike: ECS::TaskDefinition</strong>" in text
    assert "network: New (SNS::Topic)" in text


def test_a_type_that_nobody_has_looked_up_is_said_not_to_be_known() -> None:
    graph = snapshot_graph("sandbox")
    templates = json.loads(json.dumps(graph.templates))
    templates["sandbox-network"]["Resources"]["New"] = {"Type": "AWS::Unknown::Thing", "Properties": {"A": 1}}
    before = graph.with_templates(json.loads(json.dumps(templates)))
    templates["sandbox-network"]["Resources"]["New"]["Properties"]["A"] = 2
    text = _changes(before, graph.with_templates(templates))
    assert "Which of these CloudFormation replaces is not known: AWS::Unknown::Thing" in text
    assert "<code>A</code></td><td><code>1</code></td><td><code>2</code></td>" in text


def _thousand() -> Sources:
    """A network with as many services that it has more than a thousand resources."""
    graph = snapshot_graph("sandbox")
    templates: dict[str, Any] = json.loads(json.dumps(graph.templates))
    one = next(name for name in templates if name.endswith("hello-fargate"))
    for number in range(70):
        templates[f"sandbox-ecs-service-copy{number:02}"] = {
            key: value for key, value in templates[one].items() if key != "Outputs"
        }
    return Sources(name="thousand", graph=Graph(templates, places=dict.fromkeys(templates, ("", "eu-west-1"))))


_SEEN = ("production", "thousand", "changes")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What Debian's Chromium, driven by Playwright, sees of three pages at two widths."""
    if not _BROWSER.exists() or not any(map(shutil.which, ("chromium", "google-chrome"))):
        pytest.skip("needs Chromium (apt-get install chromium) and `make install-page`")
    folder = tmp_path_factory.mktemp("pages")
    sandbox = _sources("sandbox")
    opened = Sources(name="sandbox", graph=_open_to_everybody(sandbox.graph, Scheme="internal"))
    texts = (page(_sources("production")), page(_thousand()), page(opened, sandbox, base_name="v1"))
    pages = [folder / f"{name}.html" for name in _SEEN]
    for path, text in zip(pages, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [_BROWSER, _TOOL / "browser_worker.py"],
        input=json.dumps({"pages": [str(each) for each in pages], "judged": {"production": 1280, "changes": 390}}),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


@pytest.mark.slow
def test_a_browser_asks_nobody_and_complains_of_nothing(seen: list[dict[str, Any]]) -> None:
    assert [each["requests"] for each in seen] == [[]] * len(_SEEN)
    assert [each["console"] for each in seen] == [[]] * len(_SEEN)


@pytest.mark.slow
def test_every_view_is_reached_by_keyboard_and_nothing_overflows_or_overlaps(seen: list[dict[str, Any]]) -> None:
    for each in seen:
        for width, views in each["widths"].items():
            assert len(views) == (12 if each["page"] == "changes" else 11)
            for name, view in views.items():
                assert view == {"wide": 0, "out": [], "overlaps": []}, (each["page"], width, name)


@pytest.mark.slow
def test_a_place_is_chosen_and_rows_are_filtered_by_keyboard(seen: list[dict[str, Any]]) -> None:
    assert [each["asked"] for each in seen] == [{"places": [True], "filtered": 1, "said": "1 row"}] * len(_SEEN)


@pytest.mark.slow
def test_every_view_is_printed_on_white_paper(seen: list[dict[str, Any]]) -> None:
    for each in seen:
        assert each["printed"] == {"views": len(each["widths"]["1280"]), "paper": "rgb(255, 255, 255)"}


@pytest.mark.slow
def test_axe_finds_nothing(seen: list[dict[str, Any]]) -> None:
    assert [finding for each in seen for finding in each["axe"]] == []


@pytest.mark.slow
def test_a_thousand_resources_render_in_two_seconds(seen: list[dict[str, Any]]) -> None:
    assert max(each["seconds"] for each in seen if each["page"] == "thousand") < 2
