"""What EC2 nodes lack, by their options."""

from __future__ import annotations

from typing import Any

import pytest

from reference_constructs.eks.nodes.instance_needs import what_instances_lack
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions


@pytest.mark.parametrize(
    ("options", "lacking"),
    [
        ({}, ""),
        ({"operating_system": "bottlerocket"}, ""),
        ({"operating_system": "windows_2022_core", "architecture": "x86_64"}, "Windows pods have IPv4 addresses only"),
        ({"image_id": "ami-0123456789abcdef0"}, ""),
    ],
    ids=["al2023", "bottlerocket", "windows", "own-ami"],
)
def test_ipv6_pods_run_on_linux_nodes(options: dict[str, Any], lacking: str) -> None:
    assert what_instances_lack(ManagedNodeGroupOptions.model_validate(options), "ipv6") == lacking
