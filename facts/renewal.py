"""Write `aws_facts.json` anew from moto, which ships what `describe-instance-types` and its kin print, and botocore.

`describe-instance-types` leaves out types that AWS no longer offers to everyone, though accounts that use them may go
on: P3 (dstackai/gpuhunt pull request 233), G4ad (vantage-sh/ec2instances.info issue 996). So the data lacks types that
are newer than it, and such older ones.

Run with `make aws-facts`; look at the difference before you commit it. Both are Apache-2.0 and are read from their
wheels: neither is a dependency of this project.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from facts.wheel import wheel

BOTOCORE = "1.44.5"
MOTO = "5.2.5"
DATED = "2026-10-27"
FACTS = Path(__file__).parent / "aws_facts.json"
RESOURCES = "moto/ec2/resources"
ARCHITECTURES = {"x86_64": "x86_64", "arm64": "arm64"}


def main() -> None:
    """Download the wheel, extract, write."""
    with wheel(f"moto=={MOTO}") as opened:
        types = {
            name: facts for name, each in sorted(_read(opened, "instance_types").items()) if (facts := _facts(each))
        }
        offered = _offered(opened)
    with wheel(f"botocore=={BOTOCORE}") as opened:
        partitions = json.loads(opened.read("botocore/data/endpoints.json"))["partitions"]
    zones = {region: sorted(set().union(*names.values())) for region, names in offered.items()}
    offerings = {name: _zones_with(name, offered) for name in types}
    distinct = sorted(set(offerings.values()))
    lines = [
        f"    {json.dumps(name)}: {json.dumps([*facts, distinct.index(offerings[name])])}"
        for name, facts in types.items()
    ]
    zone_lines = [f"    {json.dumps(region)}: {json.dumps(names)}" for region, names in zones.items()]
    FACTS.write_text(
        "\n".join(
            [
                "{",
                f'  "source": "moto {MOTO}, {RESOURCES}, {DATED}; botocore {BOTOCORE}, endpoints.json",',
                f'  "dated": "{DATED}",',
                f'  "regions": {json.dumps(sorted(region for each in partitions for region in each["regions"]))},',
                '  "instance_type_columns": ["architecture", "vcpus", "memory_mib", "gpus", "neuron_devices",'
                ' "network_interfaces", "ipv4_addresses_per_interface",'
                ' "efa_interfaces", "index_of_offering"],',
                '  "instance_types": {',
                ",\n".join(lines),
                "  },",
                '  "availability_zones": {',
                ",\n".join(zone_lines),
                "  },",
                '  "offerings_are": "number of zones that offer the type, a digit for each of these Regions",',
                '  "offerings": [',
                ",\n".join(f"    {json.dumps(each)}" for each in distinct),
                "  ]",
                "}",
                "",
            ]
        )
    )


def _read(opened: ZipFile, name: str) -> Any:  # noqa: ANN401 - what describe-instance-types prints
    return json.loads(gzip.decompress(opened.read(f"{RESOURCES}/{name}.json.gz")))


def _facts(described: dict[str, Any]) -> list[str | int] | None:
    """What the checks ask; nothing for types that ECS and EKS cannot use (Mac)."""
    known = [
        ARCHITECTURES[each] for each in described["ProcessorInfo"]["SupportedArchitectures"] if each in ARCHITECTURES
    ]
    if not known:
        return None
    network = described["NetworkInfo"]
    # Pods get their addresses from the interfaces of the default card alone.
    card = network["NetworkCards"][network["DefaultNetworkCardIndex"]]
    return [
        known[0],
        described["VCpuInfo"]["DefaultVCpus"],
        described["MemoryInfo"]["SizeInMiB"],
        sum(gpu["Count"] for gpu in (described.get("GpuInfo") or {}).get("Gpus", [])),
        sum(device["Count"] for device in (described.get("NeuronInfo") or {}).get("NeuronDevices", [])),
        card["MaximumNetworkInterfaces"],
        network["Ipv4AddressesPerInterface"],
        (network.get("EfaInfo") or {}).get("MaximumEfaInterfaces", 0),
    ]


def _offered(opened: ZipFile) -> dict[str, dict[str, set[str]]]:
    """By Region and type: the zones that offer it."""
    folder = f"{RESOURCES}/instance_type_offerings/availability-zone/"
    files = sorted(name for name in opened.namelist() if name.startswith(folder) and name.endswith(".json.gz"))
    offered: dict[str, dict[str, set[str]]] = {}
    for file in files:
        types = offered.setdefault(Path(file).name.removesuffix(".json.gz"), {})
        for each in json.loads(gzip.decompress(opened.read(file))):
            types.setdefault(each["InstanceType"], set()).add(each["Location"])
    return offered


def _zones_with(instance_type: str, offered: dict[str, dict[str, set[str]]]) -> str:
    """A digit for each Region. Few types differ from others in it, and letters of zones differ between accounts."""
    return "".join(str(len(types.get(instance_type, ()))) for types in offered.values())


if __name__ == "__main__":
    main()
