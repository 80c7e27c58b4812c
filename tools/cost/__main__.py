"""The verbs `make cost` and `make cost-diff`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from assembly import Graph
from facts.prices import old
from tools.cost import difference, report
from tools.cost.estimate import Estimate
from tools.cost.usage import PROFILES, Usage, UsageError
from tools.signals import interrupt_on_termination_signals
from tools.synthesis import ROOT, SynthesisError, checked_out, syntheses

_HERE = "in the working tree"
_FORMATS = {"table": report.table, "markdown": report.markdown, "json": report.as_json}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what an environment costs a month, or what it costs more than at a commit.

    Returns:
        0: it was printed. 2: it cannot be synthesized, or the usage file is wrong. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.cost", description=__doc__)
    parser.add_argument("--environment", default="sandbox", help="name, or path of a YAML file")
    parser.add_argument("--assembly", type=Path, help="a cloud assembly that exists, such as cdk.out, instead")
    parser.add_argument("--base", help="branch, tag or commit to compare with")
    parser.add_argument("--usage", help=f"{', '.join(sorted(PROFILES))}, or a YAML file")
    parser.add_argument("--spot-discount", type=_percent, help="percent that Spot Instances cost less")
    parser.add_argument("--format", choices=_FORMATS, default="table")
    options = parser.parse_args(arguments)
    interrupt_on_termination_signals()
    try:
        usage = Usage.read(options.usage, spot_discount=options.spot_discount)
        print(_text(options, usage))
    except (SynthesisError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if names := old(datetime.now(tz=UTC).date()):
        print(f"older than half a year, renew with `make prices`: {', '.join(names)}", file=sys.stderr)
    return 0


def _text(options: argparse.Namespace, usage: Usage) -> str:
    if options.assembly:
        return _FORMATS[options.format](estimate(options.assembly, usage))
    if options.base is None:
        with syntheses(options.environment, {_HERE: ROOT}) as outputs:
            return _FORMATS[options.format](estimate(outputs[_HERE], usage))
    there = f"at {options.base}"
    with checked_out(options.base) as tree, syntheses(options.environment, {there: tree, _HERE: ROOT}) as outputs:
        before, after = (estimate(outputs[each], usage) for each in (there, _HERE))
        return (difference.markdown if options.format == "markdown" else difference.text)(before, after)


def estimate(folder: Path, usage: Usage) -> Estimate:
    """That of a cloud assembly.

    Args:
        folder: Where it is.
        usage: What is not in its templates.
    """
    return Estimate.of(Graph.read(folder), usage)


def _percent(text: str) -> float:
    number = float(text)
    if not 0 <= number < 100:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 100")
    return number / 100


if __name__ == "__main__":
    sys.exit(main())
