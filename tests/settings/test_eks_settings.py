"""What an environment file may say about EKS, and what it hears otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from environments import InvalidEnvironmentError, load_environment

NODES: Mapping[str, Any] = {"general": {}}
VPN = {"private_access_cidrs": ["10.9.0.0/16"]}
FARGATE = {"batch": {"selectors": [{"namespace": "batch"}]}}
OFFICE = ["203.0.113.0/24"]
NO_INTERNET = {"nat_gateways": "none", "interface_endpoints": ["ecr.api", "ecr.dkr", "logs"]}
NO_INTERNET_FOR_NODES = {**NO_INTERNET, "interface_endpoints": ["ecr.api", "ecr.dkr", "logs", "ec2", "eks-auth"]}


def _problems(
    tmp_path: Path, eks: Mapping[str, Any], *, network: Mapping[str, Any] | None = None
) -> list[tuple[str, str]]:
    """Key and advice of everything that is wrong with an environment that has this EKS cluster."""
    file = tmp_path / "test-eks.yaml"
    document = {
        "region": "eu-west-1",
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
        "tags": {"owner": "team", "cost_centre": "team"},
        "network": network or {},
        "eks": eks,
    }
    with file.open("w") as stream:
        YAML().dump(document, stream)
    try:
        load_environment(str(file))
    except InvalidEnvironmentError as error:
        return [(problem.key, problem.allowed) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "eks",
    [
        {"node_groups": NODES},
        {"fargate_profiles": FARGATE, "endpoint": VPN},
        {"node_groups": NODES, "fargate_profiles": FARGATE},
        {"node_groups": NODES, "endpoint": {"access": "public", "public_access_cidrs": OFFICE}},
        {"node_groups": NODES, "endpoint": {"access": "public_and_private", "public_access_cidrs": ["0.0.0.0/0"]}},
        {"node_groups": NODES, "endpoint": VPN},
        {"node_groups": NODES, "kubernetes_version": "1.35"},
        {"node_groups": NODES, "kubernetes_version": "1.37", "add_on_versions": "default"},
        {"node_groups": NODES, "add_ons": ["aws-ebs-csi-driver"]},
        {"fargate_profiles": FARGATE, "endpoint": VPN, "add_ons": ["metrics-server"]},
        {"node_groups": {"one": {"min_size": 0, "desired_size": 0}, **NODES}},
        {"node_groups": {"one": {"taints": [{"key": "spot", "effect": "PREFER_NO_SCHEDULE"}]}}},
    ],
)
def test_cluster_is_accepted(tmp_path: Path, eks: Mapping[str, Any]) -> None:
    assert _problems(tmp_path, eks) == []


@pytest.mark.parametrize(
    ("eks", "key", "advice"),
    [
        ({}, "eks", "node_groups, fargate_profiles, or both"),
        (
            {"node_groups": NODES, "endpoint": {"access": "public"}},
            "eks.endpoint.public_access_cidrs",
            "at least one range",
        ),
        (
            {"node_groups": NODES, "endpoint": {"access": "public_and_private"}},
            "eks.endpoint.public_access_cidrs",
            "at least one range",
        ),
        (
            {"node_groups": NODES, "endpoint": {"public_access_cidrs": OFFICE}},
            "eks.endpoint.public_access_cidrs",
            "none, because access is private",
        ),
        (
            {
                "node_groups": NODES,
                "endpoint": {"access": "public", "public_access_cidrs": OFFICE, "private_access_cidrs": OFFICE},
            },
            "eks.endpoint.private_access_cidrs",
            "none, because access is public",
        ),
        ({"node_groups": NODES, "kubernetes_version": "1.37"}, "eks.kubernetes_version", "1.35 or 1.36"),
        (
            {"fargate_profiles": FARGATE, "endpoint": VPN, "add_ons": ["metrics-server", "aws-ebs-csi-driver"]},
            "eks.add_ons[1]",
            "metrics-server, without node_groups",
        ),
        (
            {"node_groups": {"one": {"min_size": 0, "desired_size": 0}}},
            "eks.node_groups",
            "desired_size above 0 and no taint",
        ),
        (
            {"node_groups": {"one": {"taints": [{"key": "spot"}]}}},
            "eks.node_groups",
            "desired_size above 0 and no taint",
        ),
        (
            {"node_groups": {"general": {"min_size": 3, "desired_size": 2}}},
            "eks.node_groups.general.min_size",
            "at most desired_size",
        ),
        (
            {"node_groups": {"general": {"instance_types": ["m7i.large"]}}},
            "eks.node_groups.general.instance_types[0]",
            "a type of architecture arm64",
        ),
    ],
)
def test_cluster_is_refused_at_the_key_to_change(tmp_path: Path, eks: Mapping[str, Any], key: str, advice: str) -> None:
    ((found, said),) = _problems(tmp_path, eks)

    assert found == key
    assert advice in said


def test_nodes_without_internet_need_the_endpoints_that_nodes_call(tmp_path: Path) -> None:
    ((found, said),) = _problems(tmp_path, {"node_groups": NODES}, network=NO_INTERNET)

    assert found == "network.interface_endpoints"
    assert "also ec2, eks-auth" in said


def test_nodes_without_internet_are_accepted_with_those_endpoints(tmp_path: Path) -> None:
    assert _problems(tmp_path, {"node_groups": NODES}, network=NO_INTERNET_FOR_NODES) == []


def test_fargate_without_internet_needs_no_endpoints_of_nodes(tmp_path: Path) -> None:
    assert _problems(tmp_path, {"fargate_profiles": FARGATE, "endpoint": VPN}, network=NO_INTERNET) == []


@pytest.mark.parametrize(("access", "refused"), [("public", True), ("public_and_private", False)])
def test_nodes_without_internet_need_a_private_endpoint(tmp_path: Path, access: str, refused: bool) -> None:
    endpoint = {"access": access, "public_access_cidrs": OFFICE}

    found = _problems(tmp_path, {"node_groups": NODES, "endpoint": endpoint}, network=NO_INTERNET_FOR_NODES)

    assert [key for key, _ in found] == (["eks.endpoint.access"] if refused else [])
