"""Kubernetes manifests of an environment: what is in them, and that Karpenter and EKS Auto Mode take it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from manifests.files import manifest_files
from manifests.manifest import Manifest
from settings import load_environment
from tests.support.any_output import AnyOutput
from tests.support.kubernetes_schema import schema_problems
from tests.support.rule_pairs import HEAD, PRIVATE_ACCESS, eks
from tests.support.synthesis import ENVIRONMENTS

UNPROTECTED = HEAD + "protected: false\ncustomer_managed_keys: false\n"
LONG_FILTER = 5300


def files(folder: Path, *lines: str, head: str = UNPROTECTED) -> dict[str, list[Manifest]]:
    """The documents of each file, as they are read again."""
    path = folder / "blue.yaml"
    path.write_text(eks(*lines, head=head))
    written = manifest_files(load_environment(str(path)), AnyOutput())
    return {file.path: list(YAML(typ="safe").load_all(file.text())) for file in written}


def auto_mode(folder: Path, pool: str = "", head: str = UNPROTECTED) -> tuple[Manifest, Manifest]:
    """The node class and the node pool of one pool of EKS Auto Mode."""
    nodes = f"nodes: {{auto: {{kind: auto_mode, node_pools: {{arm: {{{pool}}}}}}}}}"
    _, node_class, node_pool = files(folder, nodes, PRIVATE_ACCESS, head=head)["auto-mode.yaml"]
    return node_class, node_pool


def karpenter(folder: Path, pool: str = "", options: str = "", head: str = UNPROTECTED) -> dict[str, list[Manifest]]:
    """The files of a cluster with Karpenter."""
    entry = f"karpenter: {{kind: karpenter, node_pools: {{arm: {{{pool}}}}}, {options}}}"
    return files(folder, f"nodes: {{main: {{kind: managed}}, {entry}}}", head=head)


def requirements(node_pool: Manifest) -> Mapping[str, tuple[str, list[str]]]:
    return {
        each["key"]: (each["operator"], each["values"])
        for each in node_pool["spec"]["template"]["spec"]["requirements"]
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_objects_of_every_environment_are_what_their_schemas_allow(environment: str) -> None:
    for file in manifest_files(load_environment(environment), AnyOutput()):
        for document in file.documents:
            assert "kind" not in document or schema_problems(document) == []


def test_environment_without_such_nodes_has_no_manifests(tmp_path: Path) -> None:
    assert files(tmp_path, "nodes: {main: {kind: managed}}") == {}


def test_node_pool_of_auto_mode_says_what_its_options_say(tmp_path: Path) -> None:
    node_class, node_pool = auto_mode(
        tmp_path,
        "capacity_types: [spot, on_demand], min_instance_generation: 7, max_vcpus: 8, "
        "availability_zones: [eu-west-1b], architectures: [arm64, x86_64], taints: [{key: team, value: a}], "
        "labels: {team: a}, cpu_limit: 40, memory_limit_gib: 160, consolidation: when_empty, "
        "consolidate_after_seconds: 300, max_unavailable_percent: 25, expire_after_hours: 100, volume_gib: 60, "
        "network_policy: DefaultDeny",
    )

    assert requirements(node_pool) == {
        "kubernetes.io/arch": ("In", ["arm64", "amd64"]),
        "karpenter.sh/capacity-type": ("In", ["spot", "on-demand"]),
        "eks.amazonaws.com/instance-category": ("In", ["c", "m", "r"]),
        "eks.amazonaws.com/instance-generation": ("Gt", ["6"]),
        "eks.amazonaws.com/instance-cpu": ("Lt", ["9"]),
        "topology.kubernetes.io/zone": ("In", ["eu-west-1b"]),
    }
    spec = node_pool["spec"]
    assert spec["limits"] == {"cpu": "40", "memory": "160Gi"}
    assert spec["disruption"] == {
        "consolidationPolicy": "WhenEmpty",
        "consolidateAfter": "300s",
        "budgets": [{"nodes": "25%"}],
    }
    template = spec["template"]
    assert template["metadata"] == {"labels": {"team": "a"}}
    assert template["spec"]["taints"] == [{"key": "team", "value": "a", "effect": "NoSchedule"}]
    assert template["spec"]["nodeClassRef"] == {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "arm"}
    # Together at most the 21 days that Amazon EKS lets an instance live.
    assert (template["spec"]["expireAfter"], template["spec"]["terminationGracePeriod"]) == ("100h", "24h")
    assert node_class["metadata"] == {"name": "arm"}
    assert node_class["spec"] == {
        "role": "the-AutoModeNodeRole",
        "subnetSelectorTerms": [{"id": "subnet-0a"}, {"id": "subnet-0b"}],
        "securityGroupSelectorTerms": [{"id": "sg-0c"}],
        "networkPolicy": "DefaultDeny",
        "ephemeralStorage": {"size": "60Gi"},
        "tags": {"environment": "blue", "application": "platform", "owner": "team", "cost-centre": "x"},
    }


def test_pods_of_auto_mode_are_in_the_subnets_for_pods(tmp_path: Path) -> None:
    node_class, _ = auto_mode(tmp_path, head=f"{UNPROTECTED}network: {{pod_cidr: 100.64.0.0/16}}\n")

    assert node_class["spec"]["podSubnetSelectorTerms"] == [{"id": "subnet-0d"}, {"id": "subnet-0e"}]
    assert node_class["spec"]["podSecurityGroupSelectorTerms"] == [{"id": "sg-0c"}]
    assert node_class["spec"]["subnetSelectorTerms"] == [{"id": "subnet-0a"}, {"id": "subnet-0b"}]


@pytest.mark.parametrize(
    ("stated", "key", "values"),
    [
        ("instance_types: [m7g.large]", "node.kubernetes.io/instance-type", ["m7g.large"]),
        ("instance_families: [m7g, c7g]", "eks.amazonaws.com/instance-family", ["m7g", "c7g"]),
    ],
)
def test_stated_types_and_families_stand_in_place_of_categories(
    tmp_path: Path, stated: str, key: str, values: list[str]
) -> None:
    found = requirements(auto_mode(tmp_path, stated)[1])

    assert found.keys() == {"kubernetes.io/arch", "karpenter.sh/capacity-type", key}
    assert found[key] == ("In", values)


def test_volumes_have_the_key_of_the_environment_where_it_has_one(tmp_path: Path) -> None:
    with_key = UNPROTECTED.replace("customer_managed_keys: false", "customer_managed_keys: true")

    (ec2, _) = karpenter(tmp_path, head=with_key)["karpenter.yaml"]

    assert auto_mode(tmp_path, head=with_key)[0]["spec"]["ephemeralStorage"]["kmsKeyID"] == "the-VolumeKey"
    assert [each["ebs"]["kmsKeyID"] for each in ec2["spec"]["blockDeviceMappings"]] == ["the-VolumeKey"]


def test_network_policies_are_turned_on_where_no_add_on_does_it(tmp_path: Path) -> None:
    alone = files(tmp_path, "nodes: {auto: {kind: auto_mode}}", PRIVATE_ACCESS)
    beside = files(tmp_path, "nodes: {auto: {kind: auto_mode}, main: {kind: managed}}")

    (config_map,) = alone["auto-mode.yaml"]
    assert config_map["data"] == {"enable-network-policy-controller": "true"}
    assert beside == {}


def test_node_class_of_karpenter_is_hardened_and_has_the_given_instance_profile(tmp_path: Path) -> None:
    node_class, node_pool = karpenter(tmp_path, "ami_alias: bottlerocket@v1.50.0, volume_gib: 40, max_pods: 8")[
        "karpenter.yaml"
    ]

    spec = node_class["spec"]
    assert spec["amiSelectorTerms"] == [{"alias": "bottlerocket@v1.50.0"}]
    assert (spec["instanceProfile"], "role" in spec) == ("the-KarpenterInstanceProfile", False)
    assert (spec["metadataOptions"]["httpTokens"], spec["metadataOptions"]["httpPutResponseHopLimit"]) == (
        "required",
        1,
    )
    assert {each["deviceName"]: each["ebs"]["volumeSize"] for each in spec["blockDeviceMappings"]} == {
        "/dev/xvda": "4Gi",
        "/dev/xvdb": "40Gi",
    }
    assert all(each["ebs"]["encrypted"] for each in spec["blockDeviceMappings"])
    assert spec["kubelet"] == {"maxPods": 8}
    assert spec["tags"]["Name"] == "blue-arm"
    assert requirements(node_pool)["karpenter.k8s.aws/instance-category"] == ("In", ["c", "m", "r"])
    assert requirements(node_pool)["kubernetes.io/os"] == ("In", ["linux"])


def test_amazon_linux_has_one_volume_and_kubelet_its_own_number_of_pods(tmp_path: Path) -> None:
    node_class, _ = karpenter(tmp_path)["karpenter.yaml"]

    assert [each["deviceName"] for each in node_class["spec"]["blockDeviceMappings"]] == ["/dev/xvda"]
    assert "kubelet" not in node_class["spec"]


def test_chart_finds_cluster_queue_and_role_and_its_image_in_the_cache(tmp_path: Path) -> None:
    (values,) = karpenter(tmp_path, options="controller_replicas: 1")["helm/karpenter.yaml"]

    assert values["settings"] == {
        "clusterName": "blue",
        "interruptionQueue": "the-KarpenterInterruptionQueue",
        "isolatedVPC": False,
    }
    assert (values["replicas"], values["serviceAccount"]) == (1, {"name": "karpenter"})
    # By tag: a cache cannot be asked for a digest at the first pull.
    image: dict[str, Any] = values["controller"]["image"]
    assert image == {"repository": "the-ImageCache/ecr-public/karpenter/controller", "tag": "1.14.1", "digest": ""}


def test_chart_has_the_image_of_a_repository_that_is_stated_and_else_its_own(tmp_path: Path) -> None:
    no_cache = UNPROTECTED.replace("registry:\n", "registry:\n  pull_through_cache: []\n")
    stated = "image_repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/karpenter, version: 1.13.0"

    (own,) = karpenter(tmp_path, head=no_cache)["helm/karpenter.yaml"]
    (copied,) = karpenter(tmp_path, options=stated)["helm/karpenter.yaml"]

    assert "image" not in own["controller"]
    assert copied["controller"]["image"]["repository"] == "111122223333.dkr.ecr.eu-west-1.amazonaws.com/karpenter"
    assert copied["controller"]["image"]["tag"] == "1.13.0"


def test_chart_asks_for_nothing_outside_of_a_private_network() -> None:
    environment = load_environment("examples/eks-private-karpenter.yaml")
    (file,) = (each for each in manifest_files(environment, AnyOutput()) if each.path.startswith("helm/"))

    assert file.documents[0]["settings"]["isolatedVPC"] is True
    assert "--version=1.14.1" in file.text()


def test_log_router_of_fargate_writes_to_the_group_of_the_stack_and_makes_none(tmp_path: Path) -> None:
    profile = "nodes: {batch: {kind: fargate, selectors: [{namespace: a}]}}"

    (namespace, config_map) = files(tmp_path, profile, PRIVATE_ACCESS, "fargate_pod_logs: true")["fargate-logs.yaml"]

    assert namespace["metadata"] == {"name": "aws-observability", "labels": {"aws-observability": "enabled"}}
    assert config_map["metadata"] == {"name": "aws-logging", "namespace": "aws-observability"}
    output = dict(line.split(maxsplit=1) for line in config_map["data"]["output.conf"].splitlines()[1:])
    assert output["log_group_name"] == "the-PodLogGroup"
    assert (output["region"], output["auto_create_group"]) == ("eu-west-1", "false")
    assert sum(map(len, config_map["data"].values())) < LONG_FILTER
    assert files(tmp_path, profile, PRIVATE_ACCESS) == {}


def test_wrong_object_is_found_by_its_schema(tmp_path: Path) -> None:
    _, node_pool = auto_mode(tmp_path)
    node_pool["spec"]["disruption"]["consolidateAfter"] = "soon"
    node_pool["spec"]["template"]["spec"]["requirements"][0]["operator"] = "Is"
    node_pool["spec"]["template"]["spec"]["subnets"] = []
    del node_pool["spec"]["template"]["spec"]["nodeClassRef"]

    assert len(schema_problems(node_pool)) == 4


def test_nodes_of_a_local_cluster_are_admitted_by_their_roles() -> None:
    environment = load_environment("examples/eks-outpost.yaml")
    roles = [f"arn:aws:iam::111122223333:role/{name}" for name in ("floor", "store")]

    (file,) = manifest_files(environment, {"NodeRoleArns": ",".join(roles)})

    assert file.path == "aws-auth.yaml"
    config_map = YAML(typ="safe").load(file.text())
    assert config_map["metadata"] == {"name": "aws-auth", "namespace": "kube-system"}
    assert YAML(typ="safe").load(config_map["data"]["mapRoles"]) == [
        {
            "rolearn": role,
            "username": "system:node:{{EC2PrivateDNSName}}",
            "groups": ["system:bootstrappers", "system:nodes"],
        }
        for role in roles
    ]
