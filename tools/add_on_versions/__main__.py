"""Command line: read the output of `aws eks describe-addon-versions`, write the table, say what changed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from reference_constructs.eks.add_ons.catalog import CATALOG
from tools.add_on_versions.output import OutputError, read_output
from tools.add_on_versions.table import Table

ROOT = Path(__file__).parents[2]
FILE = ROOT / "constructs" / "reference_constructs" / "eks" / "add_ons" / "versions.py"


def main(arguments: list[str] | None = None) -> int:
    """Renew the table; 1 if the output is none."""
    parser = argparse.ArgumentParser(
        prog="make add-on-versions",
        description="Renew the table of add-on versions from the output of aws eks describe-addon-versions.",
    )
    parser.add_argument("--output", default="-", help="file with the output as JSON; - is standard input")
    parser.add_argument(
        "--choose",
        choices=("default", "latest"),
        default="default",
        help="the default version of Amazon EKS, or the latest that fits the Kubernetes version",
    )
    parser.add_argument("--table", type=Path, default=FILE, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    text = sys.stdin.read() if options.output == "-" else Path(options.output).read_text(encoding="utf-8")
    try:
        found = read_output(text, choose=options.choose)
    except OutputError as error:
        print(f"{options.output}: {error}", file=sys.stderr)
        return 1
    table = Table.read(options.table.read_text(encoding="utf-8"))
    for line in table.renew(found, add_ons=list(CATALOG)):
        print(line)
    options.table.write_text(table.text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
