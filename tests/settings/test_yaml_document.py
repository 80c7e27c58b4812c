"""What YAML makes of a value, and where it is written: a message shows a reader the file as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import InvalidEnvironmentError, load_environment
from settings.yaml_document import YamlDocument
from tests.support.rule_pairs import containers, message, problems, service

# As a file has it, and what YAML 1.2 makes of it.
NO_TEXT = {
    **dict.fromkeys(("true", "True", "FALSE"), "a boolean"),
    **dict.fromkeys(("1.30", "0x1F", "0o17", "1e3", "012", "1_000", ".inf", "-.5", "+5", "12e03", ".nan"), "a number"),
    **dict.fromkeys(("null", "~", "Null"), "null"),
}
TEXT = (
    "yes",
    "no",
    "on",
    "Off",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "12:30:45",
    "1.30.1",
    "=",
    "<<",
    "!!str 5",
    "'a'",
)
STYLES = {
    "block": "{{image: 'app:1', environment: {{A: {value}}}}}",
    "in a flow mapping, before a comma": "{{image: 'app:1', environment: {{A: {value}, B: b}}}}",
    "in a flow mapping, between spaces": "{{image: 'app:1', environment: {{ A:   {value} }}}}",
    "with an anchor": "{{image: 'app:1', environment: {{A: &anchor {value}}}}}",
    "before a comment": "\n  image: app:1\n  environment:\n    A: {value} # of a kind",
    "on a line of its own": "\n  image: app:1\n  environment:\n    A:\n      {value}",
}


def container(text: str) -> str:
    return containers(*f"web: {text}".splitlines())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("written", NO_TEXT)
def test_what_is_no_text_is_quoted_as_it_is_written(tmp_path: Path, written: str, style: str) -> None:
    (problem,) = problems(tmp_path, container(STYLES[style].format(value=written)))
    headline, allowed, fix, why = problem.lines()
    assert headline == f"ecs.services.web.containers.web.environment.A: {written} is not allowed"
    assert allowed == "allowed: text"
    assert fix.startswith("fix: put the value in quotes")
    assert fix.endswith(f': "{written}"')
    assert why == f"why: Without quotes, it is {NO_TEXT[written]} in YAML, not text."


@pytest.mark.parametrize("written", NO_TEXT)
def test_the_fix_is_accepted(tmp_path: Path, written: str) -> None:
    assert problems(tmp_path, container(STYLES["block"].format(value=f'"{written}"'))) == []


@pytest.mark.parametrize("written", TEXT)
def test_what_is_text_stays_as_it_is_written(tmp_path: Path, written: str) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(f"a: {{b: {written}}}\n")
    assert YamlDocument(path).data == {"a": {"b": written.removeprefix("!!str ").strip("'")}}


def test_keys_are_text_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("{1.30: a, 012: b, true: c, 2026-01-01: d, ~: e}")
    assert YamlDocument(path).data == {"1.30": "a", "012": "b", "true": "c", "2026-01-01": "d", "~": "e"}


def test_of_a_value_that_quotes_would_not_help_nothing_is_said_of_quotes(tmp_path: Path) -> None:
    assert message(tmp_path, service().replace("eu-west-1\n", "3\n")) == (
        "region: 3 is not allowed\nallowed: code of an AWS Region, such as eu-west-1\nmeaning: AWS Region to deploy to."
    )


def lines(folder: Path, text: str) -> list[tuple[str, int | None, tuple[str, ...]]]:
    path = folder / "checked.yaml"
    path.write_text(text)
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(str(path))
    return [(problem.key, problem.line, problem.also) for problem in error.value.problems]


WRONG_SERVICE = "    web: &web\n      cpu_units: 3\n      containers: {web: {image: 'app:1'}}\n"
SERVICES = "region: eu-west-1\navailability_zones: [eu-west-1a, eu-west-1b]\ntags: {owner: a, cost_centre: b}\n" + (
    "registry: {repositories: {app: {}}}\necs:\n  services:\n"
)


@pytest.mark.parametrize(
    "other",
    [
        "    other: *web\n",
        "    other:\n      <<: *web\n      alarms: false\n",
        "    other: {<<: [*web]}\n",
        "    other: {<<: [{alarms: false}, *web]}\n",
    ],
)
def test_what_is_wrong_at_an_anchor_is_said_once_where_it_is_written(tmp_path: Path, other: str) -> None:
    found = lines(tmp_path, SERVICES + WRONG_SERVICE + other)
    assert found == [("ecs.services.web.cpu_units", 8, ("ecs.services.other.cpu_units",))]
    assert "also, by an alias: ecs.services.other.cpu_units" in message(tmp_path, SERVICES + WRONG_SERVICE + other)


def test_a_key_of_the_mapping_itself_is_where_it_is_and_wins(tmp_path: Path) -> None:
    text = SERVICES + WRONG_SERVICE.replace("3", "256") + "    other:\n      <<: *web\n      cpu_units: 5\n"
    assert lines(tmp_path, text) == [("ecs.services.other.cpu_units", 12, ())]


def test_a_key_at_the_top_can_hold_anchors_and_is_read_by_nobody(tmp_path: Path) -> None:
    shared = "x-task: &task\n  cpu_units: 3\n  memory_mib: 512\n  any: thing\n" + SERVICES
    service = "    web:\n      <<: *task\n      containers: {web: {image: 'app:1'}}\n"
    assert lines(tmp_path, shared + service) == [
        ("ecs.services.web.cpu_units", 2, ()),
        ("ecs.services.web.any", 4, ()),
    ]
    within = SERVICES.replace("tags: {", "tags: {x-more: {a: b}, ")
    assert lines(tmp_path, within + WRONG_SERVICE.replace("3", "256")) == [("tags.x-more", 3, ())]


def test_an_alias_of_one_value_says_where_the_value_is(tmp_path: Path) -> None:
    text = SERVICES + (
        "    web:\n      desired_count: &number 1\n      containers:\n"
        "        web:\n          image: app:1\n          environment: {COUNT: *number}\n"
    )
    assert lines(tmp_path, text) == [("ecs.services.web.containers.web.environment.COUNT", 12, ())]
    assert 'fix: put the value in quotes, in line 8: "1"' in message(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {{ name }}\n", "a: a key is a mapping or a list, as in {{ placeholder }}"),
        ("a: !Ref b\n", "a: !Ref is a tag, which means nothing in this file"),
        ("a: !!set {b}\n", "a: !!set is a tag, which means nothing in this file"),
        ("a: !!int b\n", "a: the value is not what its tag !!int says"),
        ("a: &a {b: *a}\n", "a.b: this is an alias of a value that contains it"),
        ("a: {<<: b}\n", "a: << merges a mapping, or a list of mappings, and this is neither"),
        ("a: {b: 1, b: 2}\n", "a.b: this key is there twice, first in line 1"),
        ("a:\n\tb: c\n", "(the file): this is not valid YAML: found character '\\t' that cannot start any token"),
        ("a: b: c\n", "(the file): this is not valid YAML: mapping values are not allowed here"),
        ("a: *b\n", "(the file): this is not valid YAML: found undefined alias 'b'"),
        ("---\na: b\n---\nc: d\n", "(the file): this is not valid YAML: found another document"),
        ("a: 'b\n", "(the file): this is not valid YAML: found unexpected end of stream"),
        ("a: \x00\n", "(the file): this is not valid YAML: unacceptable character #x0000: special characters are"),
        ("", "(the file): the file is empty"),
    ],
)
def test_what_is_no_yaml_of_ours_is_said_with_a_fix(tmp_path: Path, text: str, said: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.lines()[0].startswith(said)
    assert problem.fix or problem.allowed


def test_a_file_that_is_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_bytes(b"a: \xff\xff\n")
    with pytest.raises(InvalidEnvironmentError, match="the file is not text in UTF-8"):
        load_environment(str(path))


@pytest.mark.parametrize("number", [".inf", "-.inf", ".nan"])
def test_a_number_that_json_does_not_have_is_refused_where_any_value_is_allowed(tmp_path: Path, number: str) -> None:
    text = SERVICES.replace("ecs:\n  services:\n", "eks:\n  nodes: {main: {kind: managed}}\n") + (
        f"  add_ons: {{coredns: {{configuration: {{a: {number}}}}}}}\n"
    )
    assert message(tmp_path, text) == (
        "eks.add_ons.coredns.configuration.a: this is not a finite number\n"
        "fix: write a finite number, or text in quotes"
    )


def test_a_name_from_the_name_of_the_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "My File.yaml"
    path.write_text(SERVICES.removesuffix("ecs:\n  services:\n"))
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(str(path))
    assert "name: 'My File', from the name of the file, is not allowed" in str(error.value)
    assert "fix: rename the file, or add the key name" in str(error.value)
