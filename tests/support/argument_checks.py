"""jsii checks the type of each argument at each call into the CDK; here, each pair of types is checked once."""

from __future__ import annotations

from typing import Any

import typeguard

# What is in these decides, too.
_HOLD_OTHERS = (dict, list, tuple, set, frozenset, type)


def check_each_pair_of_types_once() -> None:
    """Remember which type of value was right where: a tenth of the time of a synthesis goes into these checks."""
    check = typeguard.check_type
    # With the type that is expected, so that no other one gets its id.
    right: dict[tuple[type, int], object] = {}

    def check_type(argname: str, value: object, expected_type: Any, *inner: Any, **more: Any) -> None:  # noqa: ANN401 - any type
        pair = (type(value), id(expected_type))
        if pair in right:
            return
        check(argname, value, expected_type, *inner, **more)
        # What typeguard asks itself about the members of a union is made anew each time.
        if not inner and not isinstance(value, _HOLD_OTHERS) and not callable(value):
            right[pair] = expected_type

    typeguard.check_type = check_type
