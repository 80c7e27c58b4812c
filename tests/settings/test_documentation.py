"""`docs/configuration.md`: complete, linked, with examples that load, and the same on every machine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reference_constructs.eks.add_ons.catalog import CATALOG
from settings.__main__ import MANUAL, manual
from settings.documentation import page as page_module
from settings.documentation.allowed_values import allowed_values, in_yaml
from settings.documentation.examples import EXAMPLE_FILE, EXAMPLE_FILES, example
from settings.documentation.page import page, replaced_by_change, table
from settings.documentation.sections import Section, all_sections, located
from settings.environment import Environment
from settings.loader import load_environment
from settings.rules import RULES
from settings.schema import node_at

SECTIONS = all_sections()


@dataclass(frozen=True)
class Rule:
    name: str
    why: str
    source: str
    keys: tuple[str, ...]
    only_warns: bool = False


def section_of(title: str, text: str) -> str:
    """A part of the page, from its heading to the next."""
    (found,) = re.findall(rf"(?ms)^##+ {re.escape(title)}\n(.*?)(?=^##+ |\Z)", text)
    return str(found)


def row_of(key: str, part: str) -> list[str]:
    (line,) = [line for line in part.splitlines() if line.startswith(f"| `{key}` |")]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


@pytest.fixture(scope="module")
def text() -> str:
    return page(rules={}, replaced={})


def test_the_committed_page_is_current() -> None:
    assert MANUAL.read_text(encoding="utf-8") == manual(), "run `make schema`"


def test_the_page_is_the_same_each_time() -> None:
    assert manual() == manual()


def test_every_link_has_a_target() -> None:
    text = manual()
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    anchors += re.findall(r'<a id="([^"]+)">', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(anchors)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (MANUAL.parent / target).exists(), target


def test_every_section_is_in_the_contents_and_linked_from_its_row(text: str) -> None:
    contents = section_of("Contents", text)
    for section in SECTIONS:
        assert f"]({'#' + section.anchor})" in contents, section.title
        if section.parent is not None:
            assert f"(#{section.anchor})" in section_of(section.parent.title, text), section.title
            assert f"(#{section.parent.anchor})" in section_of(section.title, text), section.title


def test_sections_are_depth_first_and_ecs_and_eks_are_chapters(text: str) -> None:
    chapters = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert chapters == ["Contents", "The file", "Amazon ECS: `ecs`", "Amazon EKS: `eks`"]
    for before, section in pairwise(SECTIONS):
        above: Section = before
        parent = section.parent
        while above is not parent:
            assert above.parent is not None, f"{section.title} does not follow what it is part of"
            above = above.parent


def test_required_keys_come_first(text: str) -> None:
    for section in SECTIONS:
        defaults = ["*required*" in line for line in section_of(section.title, text).splitlines() if "| `" in line[:4]]
        assert defaults == sorted(defaults, reverse=True), section.title


def test_every_kind_of_node_has_a_section_with_its_own_keys_only(text: str) -> None:
    fargate = section_of("`eks.nodes.<name>` with `kind: fargate`", text)
    assert row_of("kind", fargate)[1:3] == ["`fargate`", "*required*"]
    assert "| `instance_types` |" not in fargate
    assert "| `instance_types` |" in section_of("`eks.nodes.<name>` with `kind: managed`", text)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("protected", "`true` or `false`"),
        ("account", '12 digits, in quotes (for example `"111122223333"`), or `null`'),
        ("network.cidr", "IPv4 CIDR block without host bits (for example `10.0.0.0/16`)"),
        ("network.nat_gateways", "`none`, `one`, `one_per_zone`, or `regional`"),
        ("eks.nodes.x.volume_gib", "integer from 20 to 16,384 GiB"),
        ("ecs.capacity.x.on_demand_percent_above_base", "integer from 0 to 100 %"),
        ("ecs.services.x.containers.y.memory_mib", "integer, 6 MiB or more, or `null`"),
        ("eks.nodes.x.selectors", "list of 1 to 5 items, each: mapping ([keys](#there))"),
        (
            "ecs.services.x.routing.health_check_path",
            "path that starts with `/`; at most 1,024 characters (for example `/health`)",
        ),
        ("eks.add_ons.coredns.configuration", "mapping, each name: text; each value: any value"),
    ],
)
def test_allowed_values_are_in_words(path: str, words: str) -> None:
    node = node_at(tuple(path.split(".")))
    found = allowed_values(node, key=path.rpartition(".")[2], path=path, link_of=lambda _: "#there")
    assert found == words


def test_no_pattern_and_no_unknown_kind_of_value_is_left_to_the_reader(text: str) -> None:
    cells = [row_of(key, section_of(section.title, text))[1] for section in SECTIONS for key, _ in section.rows]
    assert len(cells) > 100
    assert [cell for cell in cells if not cell or "^" in cell or "()" in cell] == []


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("al2023", "al2023"),
        ("1.36", '"1.36"'),
        ("65534:65534", '"65534:65534"'),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        ([{"capacity_provider": "FARGATE", "base": 0}], "[{capacity_provider: FARGATE, base: 0}]"),
    ],
)
def test_a_value_is_written_so_that_yaml_reads_it_again(value: object, written: str) -> None:
    assert in_yaml(value) == written
    assert YAML(typ="safe").load(StringIO(written)) == value


def test_a_vertical_bar_does_not_end_a_cell() -> None:
    assert table(("a", "b"), [("x|y", "z")]).splitlines()[-1] == "| x\\|y | z |"


def test_the_complete_example_is_a_valid_file() -> None:
    assert load_environment(str(EXAMPLE_FILE)).name == "shop"


@pytest.mark.parametrize("section", [each for each in SECTIONS if each.rows], ids=lambda each: each.title)
def test_each_example_is_part_of_the_complete_file_and_is_still_valid_without_the_rest_of_its_section(
    section: Section,
) -> None:
    found = YAML(typ="safe").load(StringIO(example(section)))
    complete = next(each for each in map(contents, EXAMPLE_FILES) if is_part_of(found, each))
    steps = re.findall(r"<name>|\[\]|[^.\[\]]+", section.paths[0])
    Environment.model_validate_json(json.dumps({"name": "shop", **pasted(found, complete, depth=len(steps))}))


@cache
def contents(file: Path) -> Any:  # noqa: ANN401 - any YAML
    return YAML(typ="safe").load(file)


def is_part_of(part: Any, whole: Any) -> bool:  # noqa: ANN401 - any YAML
    if isinstance(part, dict):
        return all(key in whole and is_part_of(value, whole[key]) for key, value in part.items())
    if isinstance(part, list):
        return all(any(is_part_of(item, each) for each in whole) for item in part)
    return bool(part == whole)


def pasted(part: Any, whole: Any, *, depth: int) -> Any:  # noqa: ANN401 - any YAML
    """A file with what stands beside the mappings above an example, and at its own level with the example alone."""
    if depth == 0:
        return part
    if isinstance(part, list):
        return [pasted(part[0], whole[0], depth=depth - 1)]
    inner = {key: pasted(value, whole[key], depth=depth - 1) for key, value in part.items() if key != "kind"}
    return {**whole, **inner}


def test_a_section_without_an_example_says_where_to_add_one() -> None:
    section = Section(node={}, parent=None, paths=["ecs.invented_tasks.<name>"])
    with pytest.raises(ValueError, match=r"configuration_example\.yaml sets no key of `ecs\.invented_tasks\.<name>`"):
        example(section)


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("region", [("The file", "region")]),
        ("availability_zones[]", [("The file", "availability_zones")]),
        ("eks.nodes", [("Amazon EKS: `eks`", "nodes")]),
        ("eks.nodes.<name>", [("`eks.nodes.<name>`", "")]),
        (
            "eks.nodes.<name>.labels.<name>",
            [
                ("`eks.nodes.<name>` with `kind: managed`", "labels"),
                ("`eks.nodes.<name>` with `kind: self_managed`", "labels"),
            ],
        ),
        ("ecs.services.<name>.scaling", [("`ecs.services.<name>.scaling`", "")]),
        ("ecs.services.<name>.containers.<name>.port", [("`ecs.services.<name>.containers.<name>`", "port")]),
        ("eks.nodes.<managed>", [("`eks.nodes.<name>` with `kind: managed`", "")]),
        ("eks.nodes.<fargate>.kind", [("`eks.nodes.<name>` with `kind: fargate`", "kind")]),
        ("eks.nodes.<managed>.taints[].effect", [("`eks.nodes.<name>.taints[]`", "effect")]),
        ("eks.nodes.<fargate>.labels", []),
        ("eks.nodes.<name>.selector", []),
    ],
)
def test_a_path_is_found_in_its_section(path: str, places: list[tuple[str, str]]) -> None:
    assert [(section.title, key) for section, key in located(SECTIONS, path)] == places


def test_rules_and_facts_name_keys_that_are_documented() -> None:
    assert [(rule.name, key) for rule in RULES.values() for key in rule.keys if not located(SECTIONS, key)] == []
    assert [key for key in replaced_by_change() if not located(SECTIONS, key)] == []


def test_a_rule_stands_in_full_at_its_first_key_and_is_linked_from_the_others() -> None:
    rule = Rule(
        name="routing_fits_the_eks_cidr",
        why="It fails.",
        source="A guide",
        keys=("ecs.services.<name>.routing.priority", "network.cidr", "ecs.services.<name>.routing.path_patterns[]"),
    )
    text = page(rules={rule.name: rule}, replaced={})
    assert section_of("`ecs.services.<name>.routing`", text).endswith(
        '\nRules:\n\n- <a id="rule-routing-fits-the-eks-cidr"></a>**Routing fits the EKS CIDR block** (`priority`, '
        "[`network.cidr`](#network), `path_patterns`). It fails. Source: A guide.\n\n"
    )
    linked = "Rules:\n\n- See also: [Routing fits the EKS CIDR block](#rule-routing-fits-the-eks-cidr).\n\n"
    assert section_of("`network`", text).endswith(linked)
    assert text.count("It fails.") == 1


def test_every_rule_stands_in_full_once() -> None:
    text = manual()
    assert sorted(re.findall(r'<a id="rule-([^"]+)">', text)) == sorted(name.replace("_", "-") for name in RULES)


def test_what_a_change_replaces_stands_beside_the_key() -> None:
    replaced = {
        "network.cidr": ["AWS::EC2::VPC", "AWS::EC2::Subnet"],
        "eks.nodes.<name>.instance_types[]": ["AWS::EKS::Nodegroup"],
        "eks.nodes.<fargate>.selectors[].labels": ["AWS::EKS::FargateProfile"],
        "eks.nodes.<managed>": ["AWS::EKS::Nodegroup"],
        "ecs.load_balancer": ["AWS::EC2::SecurityGroup"],
    }
    text = page(rules={}, replaced=replaced)
    assert row_of("cidr", section_of("`network`", text))[3] == "`AWS::EC2::Subnet`, `AWS::EC2::VPC`"
    managed = section_of("`eks.nodes.<name>` with `kind: managed`", text)
    assert row_of("instance_types", managed)[3] == "`AWS::EKS::Nodegroup`"
    assert row_of("load_balancer", section_of("Amazon ECS: `ecs`", text))[3] == "`AWS::EC2::SecurityGroup`"
    assert row_of("labels", section_of("`eks.nodes.<name>.selectors[]`", text))[3] == "`AWS::EKS::FargateProfile`"
    assert row_of("nodes", section_of("Amazon EKS: `eks`", text))[3] == "`AWS::EKS::Nodegroup`"
    assert row_of("nat_gateways", section_of("`network`", text))[3] == ""


def test_without_facts_the_column_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "REPLACED_BY_CHANGE", tmp_path / "none.json")
    assert replaced_by_change() == {}


def test_the_add_on_catalog_stands_below_the_add_ons(text: str) -> None:
    part = section_of("`eks.add_ons.<name>`", text)
    assert [name for name in CATALOG if f"\n| `{name}` |" not in part] == []
    driver = row_of("aws-ebs-csi-driver", part)
    assert driver[1:6] == [
        "by default",
        "DaemonSets, EKS Pod Identity",
        "`kube-system`",
        "`ebs-csi-controller-sa`",
        "`AmazonEBSCSIDriverPolicyV2`",
    ]
    assert driver[-1].startswith("`v")


def test_the_task_sizes_of_fargate_stand_below_the_services(text: str) -> None:
    part = section_of("`ecs.services.<name>`", text)
    assert "| 256 | 512, 1024, or 2048 |" in part
    assert "| 16384 | 32768 to 122880 in steps of 8192 |" in part
