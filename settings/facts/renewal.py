"""Write `aws_facts.json` anew from moto, which ships what `describe-instance-types` and its kin print.

Run with `make aws-facts`; look at the difference before you commit it. moto is Apache-2.0 and is read from its wheel:
it is not a dependency of this project.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from settings.facts.wheel import wheel

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
        zones = _zones(opened)
    lines = [f"    {json.dumps(name)}: {json.dumps(facts)}" for name, facts in types.items()]
    regions = [f"    {json.dumps(region)}: {json.dumps(names)}" for region, names in zones.items()]
    FACTS.write_text(
        "\n".join(
            [
                "{",
                f'  "source": "moto {MOTO}, {RESOURCES}, {DATED}",',
                '  "instance_type_columns": ["architecture", "vcpus", "memory_mib", "gpus", "neuron_devices",'
                ' "network_interfaces", "ipv4_addresses_per_interface"],',
                '  "instance_types": {',
                ",\n".join(lines),
                "  },",
                '  "availability_zones": {',
                ",\n".join(regions),
                "  }",
                "}",
                "",
            ]
        )
    )


def _read(wheel: ZipFile, name: str) -> Any:  # noqa: ANN401 - what describe-instance-types prints
    return json.loads(gzip.decompress(wheel.read(f"{RESOURCES}/{name}.json.gz")))


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
    ]


def _zones(wheel: ZipFile) -> dict[str, list[str]]:
    folder = f"{RESOURCES}/instance_type_offerings/availability-zone/"
    files = sorted(name for name in wheel.namelist() if name.startswith(folder) and name.endswith(".json.gz"))
    zones = {}
    for file in files:
        offered = json.loads(gzip.decompress(wheel.read(file)))
        zones[Path(file).name.removesuffix(".json.gz")] = sorted({each["Location"] for each in offered})
    return zones


if __name__ == "__main__":
    main()
