"""What the stacks promise each other, over every environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import build
from tests.support.synthesis import ENVIRONMENTS, SHIPPED, Synthesized, Template, new_app, synthesize
from tests.support.tags import tag_keys, tag_properties

TAGS = {"environment", "application", "owner", "cost-centre"}
# A change of its tags fails while a distribution uses it (aws-cdk issue 35765), and CloudFormation hands those of a
# stack on to what is in it.
NEVER_TAGGED = "AWS::CloudFront::VpcOrigin"
# What CloudFormation deletes together with what it holds, unless it is told otherwise.
HOLDS_DATA = {
    "AWS::Backup::BackupVault",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::FSx::StorageVirtualMachine",
    "AWS::FSx::Volume",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}


@pytest.fixture(params=ENVIRONMENTS)
def synthesized(request: pytest.FixtureRequest) -> Synthesized:
    return synthesize(request.param)


def resources(synthesized: Synthesized) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for stack, template in synthesized.templates.items():
        for logical_id, resource in template["Resources"].items():
            yield stack, logical_id, resource


def test_no_lambda_function_and_no_custom_resource(synthesized: Synthesized) -> None:
    types = {resource["Type"] for _, _, resource in resources(synthesized)}
    assert not [kind for kind in types if "Lambda" in kind or kind.startswith(("Custom::", "AWS::CloudFormation::"))]


def test_no_account_that_the_environment_does_not_state(synthesized: Synthesized) -> None:
    stated = set(re.findall(r"\b\d{12}\b", synthesized.file.read_text()))
    for stack, template in synthesized.templates.items():
        assert set(re.findall(r"(?<![\w-])\d{12}(?!\w)", json.dumps(template))) <= stated, stack


def test_no_partition_that_the_environment_does_not_state(synthesized: Synthesized) -> None:
    stated = synthesized.file.read_text()
    for stack, template in synthesized.templates.items():
        for arn in re.findall(r"arn:aws[\w-]*:[^\"]*", json.dumps(template)):
            # IAM names a log group with its streams, and a bucket with what is in it; a secret is read by a reference.
            named = arn.removesuffix(":SecretString:::}}").removesuffix(":*").removesuffix("/*")
            bucket, *prefix = named.split("/")
            assert bucket in stated, f"{stack}: {arn}"
            assert "/".join(prefix) in stated, f"{stack}: {arn}"


def test_no_lookup_and_no_dummy(synthesized: Synthesized) -> None:
    manifest = json.loads((synthesized.outdir / "manifest.json").read_text())
    assert manifest.get("missing", []) == []
    for stack, template in synthesized.templates.items():
        assert "dummy" not in json.dumps(template), stack
        assert "Fn::GetAZs" not in json.dumps(template), stack


def test_every_resource_that_can_be_tagged_carries_the_tags(synthesized: Synthesized) -> None:
    taggable = tag_properties()
    untagged = [
        f"{stack}: {logical_id} ({resource['Type']}) at {path}"
        for stack, logical_id, resource in resources(synthesized)
        for path in taggable[resource["Type"]]  # of a new type: make create-only-properties
        if resource["Type"] != NEVER_TAGGED
        if not all(keys >= TAGS for keys in tag_keys(resource.get("Properties", {}), path))
    ]
    assert not untagged, "\n".join(untagged)


@pytest.mark.parametrize(
    ("properties", "path", "found"),
    [
        ({}, "Tags", [set()]),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, "Tags", [{"a"}]),
        ({"Tags": {"a": "b"}}, "Tags", [{"a"}]),
        ({}, "TagSpecifications/*/Tags", [set()]),
        ({"TagSpecifications": [{"Tags": [{"Key": "a"}]}, {}]}, "TagSpecifications/*/Tags", [{"a"}, set()]),
        ({}, "Volumes/*/Disk/Tags", []),
        ({"Volumes": [{"Disk": {}}, {"Disk": {"PropagateTags": "SERVICE"}}]}, "Volumes/*/Disk/Tags", [set()]),
        (
            {"Volumes": [{"TagSpecifications": [{"PropagateTags": "SERVICE"}]}]},
            "Volumes/*/TagSpecifications/*/Tags",
            [],
        ),
        ({"Volumes": [{"Disk": {"Tags": [{"Key": "a"}]}}, {"Disk": {}}]}, "Volumes/*/Disk/Tags", [{"a"}, set()]),
    ],
)
def test_what_takes_tags_and_has_none_is_found(properties: dict[str, Any], path: str, found: list[set[str]]) -> None:
    assert list(tag_keys(properties, path)) == found


def test_stacks_are_tagged_and_protected_as_the_environment_says(synthesized: Synthesized) -> None:
    artifacts = json.loads((synthesized.outdir / "manifest.json").read_text())["artifacts"]
    stacks = [artifact for artifact in artifacts.values() if artifact["type"] == "aws:cloudformation:stack"]
    assert len(stacks) == len(synthesized.templates)
    for stack in stacks:
        properties = stack["properties"]
        template = json.loads((synthesized.outdir / properties["templateFile"]).read_text())
        has_untagged = any(resource["Type"] == NEVER_TAGGED for resource in template["Resources"].values())
        assert set(properties.get("tags", ())) == (set() if has_untagged else TAGS)
        assert properties.get("terminationProtection", False) is synthesized.environment.protected


def test_data_outlives_its_stack_only_where_it_is_protected(synthesized: Synthesized) -> None:
    kept = ("RetainExceptOnCreate", "Retain")
    wanted = kept if synthesized.environment.protected else ("Delete", "Delete")
    for stack, logical_id, resource in resources(synthesized):
        if resource["Type"] in HOLDS_DATA:
            policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
            assert policies == wanted, (stack, logical_id)
        elif not synthesized.environment.protected:
            assert resource.get("DeletionPolicy", "Delete") == "Delete", (stack, logical_id)


def test_stacks_are_far_from_the_limits_of_cloudformation(synthesized: Synthesized) -> None:
    for stack, template in synthesized.templates.items():
        assert len(template["Resources"]) <= 200, stack
        assert len(json.dumps(template)) <= 450_000, stack


@pytest.mark.parametrize(
    "environment",
    [
        *SHIPPED,
        pytest.param("examples/ecs-only.yaml", marks=pytest.mark.slow),
        pytest.param("examples/bottlerocket.yaml", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("services", [0, 1])
def test_a_service_changes_no_other_stack(environment: str, services: int, tmp_path: Path) -> None:
    # Given the same environment without services, or with its first only
    file = Path(environment) if "/" in environment else Path("environments", f"{environment}.yaml")
    text = file.read_text()
    names = [name for name in synthesize(environment).templates if "-ecs-service-" in name]
    less = tmp_path / file.name
    less.write_text(without_services(text, keep=services))

    # When it is synthesized
    app = new_app(outdir=tmp_path / "out", environment=str(less))
    build(app)
    app.synth()

    # Then every stack that is left is what it was, to the byte
    left = sorted((tmp_path / "out").glob("*.template.json"))
    assert len(left) == len(synthesize(environment).templates) - len(names) + services
    for path in left:
        assert path.read_bytes() == (synthesize(environment).outdir / path.name).read_bytes(), path.name


@pytest.mark.parametrize("environment", SHIPPED)
@pytest.mark.parametrize("platform", ["ecs", "eks"])
def test_a_platform_changes_no_other_stack(environment: str, platform: str, tmp_path: Path) -> None:
    # Given the same environment without one of the platforms
    parts = re.split(r"^(?=\w)", Path("environments", f"{environment}.yaml").read_text(), flags=re.MULTILINE)
    less = tmp_path / f"{environment}.yaml"
    less.write_text("".join(part for part in parts if not part.startswith(f"{platform}:")))

    # When it is synthesized
    app = new_app(outdir=tmp_path / "out", environment=str(less))
    build(app)
    app.synth()

    # Then every stack that is left is what it was, to the byte
    left = sorted((tmp_path / "out").glob("*.template.json"))
    assert 3 <= len(left) < len(synthesize(environment).templates)
    for path in left:
        assert path.read_bytes() == (synthesize(environment).outdir / path.name).read_bytes(), path.name


def without_services(text: str, *, keep: int) -> str:
    """The file without all but the first services; the rest stays as it was written."""
    head, marker, tail = text.partition("  services:\n")
    services, *others = re.split(r"^(?= {0,2}\w)", tail, flags=re.MULTILINE)
    rest = "".join(others)
    kept = [part for part in re.split(r"^(?=    \w)", services, flags=re.MULTILINE) if part.strip()][:keep]
    return head + (marker + "".join(kept) if kept else "  services: {}\n") + rest


def test_a_consumer_comes_after_its_producer(synthesized: Synthesized) -> None:
    artifacts = json.loads((synthesized.outdir / "manifest.json").read_text())["artifacts"]
    for name, template in synthesized.templates.items():
        needed = {export.split(":")[0] for export in imports(template)}
        assert needed <= set(artifacts[name]["dependencies"]), name
    name = synthesized.environment.name
    for service in [name for name in synthesized.templates if "-ecs-service-" in name]:
        # No value says so, but the first pull needs the cache.
        assert f"{name}-registry" in artifacts[service]["dependencies"]


def test_every_import_is_exported(synthesized: Synthesized) -> None:
    exported = {
        output["Export"]["Name"]
        for template in synthesized.templates.values()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
    for name, template in synthesized.templates.items():
        assert imports(template) <= exported, name


def imports(template: Template) -> set[str]:
    return set(re.findall(r'"Fn::ImportValue": "([^"]+)"', json.dumps(template)))


def test_platforms_stand_side_by_side(synthesized: Synthesized) -> None:
    artifacts = json.loads((synthesized.outdir / "manifest.json").read_text())["artifacts"]
    eks = [name for name in synthesized.templates if name.endswith("-eks-cluster")]
    for name in eks:
        assert not [needed for needed in artifacts[name]["dependencies"] if "-ecs-" in needed]
