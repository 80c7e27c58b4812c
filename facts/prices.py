"""Prices of AWS, read from `prices.yaml` and `ec2_prices.json` (sources, licenses, and dates in them)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

FILE: Final = Path(__file__).parent / "prices.yaml"
EC2_FILE: Final = Path(__file__).parent / "ec2_prices.json"
REGION_OF_EVERY_PRICE: Final = "us-east-1"
DAYS_UNTIL_OLD: Final = 180


@dataclass(frozen=True)
class Price:
    """What one unit costs in a Region."""

    name: str
    about: str
    unit: str
    usd: float
    region: str
    """Region whose price it is, which is us-east-1 where that of the Region asked for is not known."""

    as_of: date

    def times(self, factor: float, about: str) -> Price:
        """A share of it, such as what is left after a discount.

        Args:
            factor: What it is multiplied by.
            about: What that is.
        """
        return replace(self, usd=self.usd * factor, about=about)


def price(name: str, region: str) -> Price:
    """A price of `prices.yaml`, of the Region, or of us-east-1 where the file has none of the Region.

    Args:
        name: Its key in the file.
        region: Name of a Region.

    Raises:
        KeyError: If there is no such price.
    """
    row = rows()[name]
    used = region if region in row["usd"] else REGION_OF_EVERY_PRICE
    return Price(name, row["about"], row["unit"], float(row["usd"][used]), used, row["as_of"])


def instance_price(instance_type: str, region: str) -> Price | None:
    """Price of an hour of an On-Demand Linux instance; None for a type that has none on file.

    Args:
        instance_type: Name of an instance type.
        region: Name of a Region.
    """
    prices = _ec2()["instance_types"].get(instance_type)
    if prices is None:
        return None
    by_region = dict(zip(_ec2()["regions"], prices, strict=True))
    used = region if by_region.get(region) is not None else REGION_OF_EVERY_PRICE
    if by_region.get(used) is None:
        return None
    as_of = date.fromisoformat(_ec2()["as_of"])
    return Price(instance_type, instance_type, "hours", float(by_region[used]), used, as_of)


def share(name: str) -> float:
    """A fee or discount as a share of a price, such as 0.12.

    Args:
        name: Its key in the file.

    Raises:
        KeyError: If there is no such share.
    """
    return float(_read()["shares"][name]["share"])


def rows() -> Mapping[str, Any]:
    """Every price by name, as the file has it."""
    found: Mapping[str, Any] = _read()["prices"]
    return found


def old(today: date) -> list[str]:
    """Names of prices that are older than half a year, `ec2` for those of instances.

    Args:
        today: The day from which it is counted.
    """
    days = {name: row["as_of"] for name, row in rows().items()}
    days["ec2"] = date.fromisoformat(_ec2()["as_of"])
    return [name for name, day in days.items() if (today - day).days > DAYS_UNTIL_OLD]


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found


@cache
def _ec2() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EC2_FILE.read_text(encoding="utf-8"))
    return found
