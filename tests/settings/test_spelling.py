"""A hint is given for a near misspelling, and for nothing else."""

from __future__ import annotations

import pytest

from facts import instance_types
from settings.similar_types import near_types, types_of_the_family
from settings.spelling import meant

KEYS = ["labels", "taints", "volume_gib", "min_size", "max_size", "desired_size", "instance_types", "capacity_type"]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("lables", ["labels"]),
        ("label", ["labels"]),
        ("taint", ["taints"]),
        ("tiants", ["taints"]),
        ("minSize", ["min_size"]),
        ("min-size", ["min_size"]),
        ("MIN_SIZE", ["min_size"]),
        ("mix_size", ["min_size", "max_size"]),
        ("instance_type", ["instance_types"]),
        ("desried_szie", ["desired_size"]),
    ],
)
def test_a_near_misspelling(written: str, right: list[str]) -> None:
    assert meant(written, KEYS) == right


@pytest.mark.parametrize("written", ["tags", "subnets", "size", "a", "", "capacity", "disk_size", "spot", "image", "²"])
def test_no_hint_is_better_than_a_wrong_one(written: str) -> None:
    assert meant(written, KEYS) == []


def test_what_is_right_is_no_misspelling_of_itself() -> None:
    assert meant("labels", ["labels"]) == []


def test_of_many_that_are_equally_near_none_is_likely() -> None:
    assert meant("eu-west-9", ["eu-west-1", "eu-west-2", "eu-west-3"]) == ["eu-west-1", "eu-west-2", "eu-west-3"]
    assert meant("eu-west-9", ["eu-west-1", "eu-west-2", "eu-west-3", "eu-west-4"]) == []


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("t3.mediun", ["t3.medium"]),
        ("m7gg.large", ["m7g.large", "m7gd.large"]),
        ("t4.medium", ["t4g.medium"]),
        ("m7g.3xlarge", []),
        ("m99g.large", []),
        # Types that AWS no longer offers to everyone are no misspellings of those that it does.
        *(
            (name, [])
            for name in ("p2.xlarge", "p3.2xlarge", "p3.16xlarge", "g3.4xlarge", "g4ad.xlarge", "g4ad.8xlarge")
        ),
    ],
)
def test_a_near_instance_type(written: str, right: list[str]) -> None:
    assert written not in instance_types()
    assert near_types(written) == right


def test_types_of_a_family_begin_with_the_smallest() -> None:
    sizes = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
    assert types_of_the_family("t3.huge") == [f"t3.{size}" for size in sizes]
