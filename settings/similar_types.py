"""What may be meant by a name that is no instance type of the data."""

from __future__ import annotations

import re

from facts import instance_types
from settings.spelling import meant


def types_of_the_family(name: str) -> list[str]:
    """The types of the family in the data, the smallest first.

    Args:
        name: Name of any type of the family.
    """
    family = name.partition(".")[0]
    types = [each for each in instance_types() if each.partition(".")[0] == family]
    return sorted(types, key=lambda each: (instance_types()[each].vcpus, instance_types()[each].memory_mib))


def near_types(name: str) -> list[str]:
    """Types that the name is a near misspelling of.

    Args:
        name: Name of a type that the data does not have. Families of another series or generation are not near: t3 is
            no misspelling of p3, which AWS has sold.
    """
    family, _, size = name.partition(".")
    if types := types_of_the_family(name):
        near = meant(size, [each.partition(".")[2] for each in types])
        return [f"{family}.{each}" for each in near] if len(near) == 1 else []
    families = dict.fromkeys(each.partition(".")[0] for each in instance_types() if each.partition(".")[2] == size)
    alike = [each for each in families if each[0] == family[0] and _generation(each) == _generation(family)]
    return [f"{each}.{size}" for each in meant(family, alike)]


def _generation(family: str) -> str:
    return re.sub(r"\D", "", family)
