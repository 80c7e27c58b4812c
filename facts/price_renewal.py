"""Renew `prices.yaml` and `ec2_prices.json` from the public Price List of AWS, which needs no credentials.

The list has a file for each offer and Region, as JSON and as CSV. The CSV is read line by line, since that of Amazon
EC2 has some hundred megabytes. A price that the list does not have stays as it is, and is said.

Run with `make prices`, or `make prices REGIONS="us-east-1 eu-west-1"`; look at the difference before you commit it.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from facts import prices

_URL: Final = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{offer}/current/{region}/index.csv"
_LINES_BEFORE_THE_HEADINGS: Final = 5
_SOURCE: Final = "Price List of AWS ({offer}), published {published}"
_EC2: Final = "AmazonEC2"
# One price for each type: Linux without software, shared tenancy, and no capacity that was reserved.
_PLAIN_INSTANCE: Final = {
    "TermType": "OnDemand",
    "Operating System": "Linux",
    "Tenancy": "Shared",
    "CapacityStatus": "Used",
    "Pre Installed S/W": "NA",
    "operation": "RunInstances",
    "Unit": "Hrs",
}
Row = Mapping[str, str]
Open = Callable[[str, str], AbstractContextManager[Iterable[str]]]
"""Opens the file of an offer and a Region."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the offers that prices name, in each Region, and write both files.

    Returns:
        0: both were written. 1: some prices are not in the list, and stayed as they were.
    """
    parser = argparse.ArgumentParser(prog="python -m facts.price_renewal", description=__doc__)
    parser.add_argument("regions", nargs="*", default=["us-east-1"], help="Regions (default: us-east-1)")
    regions = parser.parse_args(arguments).regions
    missing = renew(regions, _download)
    for each in missing:
        print(f"not in the Price List, left as it was: {each}", file=sys.stderr)
    return int(bool(missing))


def renew(
    regions: Sequence[str], opened: Open, *, file: Path = prices.FILE, ec2_file: Path = prices.EC2_FILE
) -> list[str]:
    """Write prices of some Regions anew.

    Args:
        regions: Names of Regions.
        opened: Opens the file of an offer and a Region.
        file: Prices by name.
        ec2_file: Prices of instance types.

    Returns:
        What was looked for and not found.
    """
    yaml = YAML()
    yaml.width = 120
    document = yaml.load(file.read_text(encoding="utf-8"))
    listed = {name: row for name, row in document["prices"].items() if "price_list" in row}
    instances = json.loads(ec2_file.read_text(encoding="utf-8"))
    missing = list[str]()
    for offer in dict.fromkeys([*(row["price_list"]["offer"] for row in listed.values()), _EC2]):
        for region in regions:
            with opened(offer, region) as lines:
                published, rows = read(lines)
                wanted = {name: row for name, row in listed.items() if row["price_list"]["offer"] == offer}
                found, types = _search(rows, wanted)
            missing += [f"{name} in {region}" for name in wanted if name not in found]
            for name, usd in found.items():
                _set(wanted[name], region, usd, _SOURCE.format(offer=offer, published=published), published)
            if offer == _EC2:
                missing += [] if types else [f"instance types in {region}"]
                _set_instances(instances, region, types, published)
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(document, stream)
    ec2_file.write_text(_ec2_text(instances), encoding="utf-8")
    return missing


def read(lines: Iterable[str]) -> tuple[str, Iterator[Row]]:
    """Day of publication, and the rows, of a file of the Price List.

    Args:
        lines: Its lines: five with a name and a value, then the headings, then a price in each.

    Raises:
        ValueError: If it does not begin that way.
    """
    iterator = iter(csv.reader(lines))
    first = [line for _, line in zip(range(_LINES_BEFORE_THE_HEADINGS), iterator, strict=False)]
    head = {line[0]: line[-1] for line in first if line}
    if "Publication Date" not in head:
        raise ValueError(f"not a file of the Price List: it begins with {head}")
    headings = next(iterator)
    return head["Publication Date"][:10], (dict(zip(headings, line, strict=False)) for line in iterator)


def _search(rows: Iterator[Row], wanted: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Prices by name, the first that is not free of each, and prices of instance types."""
    best: dict[str, tuple[float, float]] = {}
    types: dict[str, float] = {}
    for row in rows:
        if row["TermType"] != "OnDemand":
            continue
        usd = float(row["PricePerUnit"] or 0)
        start = float(row.get("StartingRange") or 0)
        for name, known in wanted.items():
            if usd and _is_of(row, known["price_list"]) and start <= best.get(name, (start, 0))[0]:
                best[name] = start, usd
        if all(row.get(key) == value for key, value in _PLAIN_INSTANCE.items()) and usd:
            types[row["Instance Type"]] = usd
    return {name: usd for name, (_, usd) in best.items()}, types


def _is_of(row: Row, price_list: Mapping[str, str]) -> bool:
    # The usage types of Regions begin with an abbreviation of the Region, in us-east-1 mostly with none.
    usage_type = rf"(?:[A-Z0-9]+-|[a-z]+-[a-z]+-\d-)?{re.escape(price_list['usage_type'])}"
    if re.fullmatch(usage_type, row["usageType"]) is None:
        return False
    return row.get("operation", "") == price_list.get("operation", row.get("operation", ""))


def _set(row: dict[str, Any], region: str, usd: float, source: str, published: str) -> None:
    row["usd"][region] = usd
    row["as_of"] = date.fromisoformat(published)
    row["source"] = source
    row["license"] = "public price list of AWS"


def _set_instances(document: dict[str, Any], region: str, types: Mapping[str, float], published: str) -> None:
    if not types:
        return
    if region not in document["regions"]:
        document["regions"].append(region)
        for values in document["instance_types"].values():
            values.append(None)
    column = document["regions"].index(region)
    for name, usd in types.items():
        values = document["instance_types"].setdefault(name, [None] * len(document["regions"]))
        values[column] = usd
    document["source"] = _SOURCE.format(offer=_EC2, published=published)
    document["license"] = "public price list of AWS"
    document["as_of"] = published


def _ec2_text(document: Mapping[str, Any]) -> str:
    """One line for each instance type, so that a difference can be read."""
    head = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in document.items() if key != "instance_types"]
    lines = [
        f"    {json.dumps(name)}: {json.dumps(values, separators=(',', ':'))}"
        for name, values in sorted(document["instance_types"].items())
    ]
    return "\n".join(["{", *head, '  "instance_types": {', ",\n".join(lines), "  }", "}", ""])


def _download(offer: str, region: str) -> AbstractContextManager[Iterable[str]]:
    print(f"reading {offer} of {region}", flush=True)
    answer = urllib.request.urlopen(_URL.format(offer=offer, region=region), timeout=60)  # noqa: S310 - https, see _URL
    return io.TextIOWrapper(answer, encoding="utf-8", newline="")


if __name__ == "__main__":
    sys.exit(main())
