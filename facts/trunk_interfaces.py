"""How many tasks of Amazon ECS have a network interface on an instance, with and without trunking."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from facts import instance_types

# "Increasing Amazon ECS Linux container instance network interfaces": burstable types have no trunk interface.
_BURSTABLE = re.compile(r"t\d")

FILE = Path(__file__).parent / "trunk_interfaces.json"


def has_trunk(name: str) -> bool:
    """Whether an instance type can have a trunk interface, as far as its family says.

    Args:
        name: Name of an instance type.
    """
    return _BURSTABLE.match(name) is None


def interfaces_for_tasks(name: str, *, trunking: bool) -> int | None:
    """Network interfaces that tasks can have on an instance; None for a type that is not in the data.

    Without trunking, all of the instance's but the first, which is its own. With it, a second one carries the branch
    interfaces: "Supported instances for increased Amazon ECS container network interfaces", whose m5.large has 10, from
    3 interfaces and 9 branches.

    Args:
        name: Name of an instance type.
        trunking: Whether the account setting `awsvpcTrunking` is on, which changes nothing for a type that has none.
    """
    facts = instance_types().get(name)
    if facts is None:
        return None
    branches = _branches().get(name, 0) if trunking else 0
    if trunking and not branches and has_trunk(name):
        return None
    return max(facts.network_interfaces - 1, 1) if not branches else branches + max(facts.network_interfaces - 2, 0)


@cache
def _branches() -> dict[str, int]:
    families: dict[str, dict[str, int]] = json.loads(FILE.read_text(encoding="utf-8"))["branch_interfaces"]
    return {f"{family}.{size}": number for family, sizes in families.items() for size, number in sizes.items()}
