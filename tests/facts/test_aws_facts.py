"""The data of instance types and zones says what AWS publishes elsewhere."""

from __future__ import annotations

import pytest

from facts import availability_zones, instance_types, regions


@pytest.mark.parametrize(
    ("name", "max_pods"),
    # amazon-vpc-cni-k8s, misc/eni-max-pods.txt, within the limits that EKS sets: 110, and 250 from 30 vCPU on.
    [
        ("t4g.small", 11),
        ("t4g.medium", 17),
        ("m7g.large", 29),
        ("m7g.xlarge", 58),
        ("c7g.4xlarge", 110),
        ("m7g.16xlarge", 250),
    ],
)
def test_a_node_holds_as_many_pods_as_aws_says(name: str, max_pods: int) -> None:
    assert instance_types()[name].max_pods == max_pods


@pytest.mark.parametrize(
    ("name", "architecture", "vcpus", "memory_mib", "accelerated"),
    [
        ("m7g.large", "arm64", 2, 8192, False),
        ("m7i.large", "x86_64", 2, 8192, False),
        ("g5.xlarge", "x86_64", 4, 16384, True),
        ("g5g.xlarge", "arm64", 4, 8192, True),
        ("inf2.xlarge", "x86_64", 4, 16384, True),
    ],
)
def test_an_instance_type_is_what_aws_says(
    name: str, architecture: str, vcpus: int, memory_mib: int, accelerated: bool
) -> None:
    facts = instance_types()[name]
    assert (facts.architecture, facts.vcpus, facts.memory_mib) == (architecture, vcpus, memory_mib)
    assert bool(facts.gpus or facts.neuron_devices) is accelerated


def test_every_region_has_zones_of_its_own() -> None:
    zones = availability_zones()
    assert len(zones) >= 30
    assert set(zones) < regions()
    assert all(len(names) >= 2 and all(name[:-1] == region for name in names) for region, names in zones.items())


@pytest.mark.parametrize(
    ("name", "region", "zones"),
    [
        ("m7g.large", "eu-west-1", 3),
        ("m7g.large", "eu-south-1", 0),
        ("t3.micro", "us-east-1", 5),
        ("t4g.small", "eu-south-1", 3),
    ],
)
def test_a_type_is_offered_in_as_many_zones_as_aws_says(name: str, region: str, zones: int) -> None:
    assert instance_types()[name].zones[region] == zones


def test_every_type_is_offered_somewhere_and_nowhere_in_more_zones_than_there_are() -> None:
    for facts in instance_types().values():
        assert facts.zones.keys() == availability_zones().keys()
        assert any(facts.zones.values())
        assert all(number <= len(availability_zones()[region]) for region, number in facts.zones.items())


@pytest.mark.parametrize(
    ("name", "pods"), [("t3.micro", 1), ("m7i.large", 9), ("m7i.xlarge", 14), ("m7i.48xlarge", 49)]
)
def test_a_windows_node_has_the_addresses_of_one_interface(name: str, pods: int) -> None:
    assert instance_types()[name].max_windows_pods == pods


@pytest.mark.parametrize(("name", "interfaces"), [("m7g.large", 0), ("m7i.48xlarge", 1), ("p5.48xlarge", 32)])
def test_efa_interfaces_are_what_aws_says(name: str, interfaces: int) -> None:
    assert instance_types()[name].efa_interfaces == interfaces
