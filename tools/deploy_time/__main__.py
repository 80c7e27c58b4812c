"""The verb `make deploy-time`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from assembly import Graph
from facts.creation_times import Action
from tools.deploy_time.report import text
from tools.signals import interrupt_on_termination_signals
from tools.synthesis import ROOT, SynthesisError, syntheses

_HERE = "in the working tree"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how long a deployment or a deletion takes.

    Returns:
        0: it was printed. 2: the environment cannot be synthesized. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.deploy_time", description=__doc__)
    parser.add_argument("--environment", default="sandbox", help="name, or path of a YAML file")
    parser.add_argument("--assembly", type=Path, help="a cloud assembly that exists, such as cdk.out, instead")
    parser.add_argument("--concurrency", type=_number, default=1, help="stacks at a time, as of `cdk deploy`")
    parser.add_argument("--destroy", action="store_true", help="how long `cdk destroy --all` takes")
    options = parser.parse_args(arguments)
    interrupt_on_termination_signals()
    action: Action = "delete" if options.destroy else "create"
    try:
        if options.assembly:
            print(text(Graph.read(options.assembly), action=action, concurrency=options.concurrency))
        else:
            with syntheses(options.environment, {_HERE: ROOT}) as outputs:
                print(text(Graph.read(outputs[_HERE]), action=action, concurrency=options.concurrency))
    except SynthesisError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
