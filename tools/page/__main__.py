"""The verb `make page`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.cost.usage import Usage, UsageError
from tools.page.manifests import manifests
from tools.page.page import page
from tools.page.sources import Sources
from tools.signals import interrupt_on_termination_signals
from tools.synthesis import ROOT, SynthesisError, checked_out, syntheses

_HERE = "in the working tree"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page of an environment.

    Returns:
        0: it was written. 2: the environment cannot be synthesized. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.page", description=__doc__)
    parser.add_argument("--environment", default="sandbox", help="name, or path of a YAML file")
    parser.add_argument("--assembly", type=Path, help="a cloud assembly that exists, such as cdk.out, instead")
    parser.add_argument("--base", help="branch, tag or commit to compare with")
    parser.add_argument("--usage", help="small, medium, large, or a YAML file, as of `make cost`")
    parser.add_argument("--output", type=Path, help="default: build/page/<environment>.html")
    options = parser.parse_args(arguments)
    interrupt_on_termination_signals()
    name = Path(options.environment).stem
    output: Path = options.output or ROOT / "build" / "page" / f"{name}.html"
    try:
        text = _text(options, name)
    except (SynthesisError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    print(f"{output} ({len(text.encode()) / 1000:.0f} kB)")
    return 0


def _text(options: argparse.Namespace, name: str) -> str:
    usage = Usage.read(options.usage)
    found = manifests(options.environment)
    if options.assembly:
        return page(Sources.read(name, options.assembly, usage=usage, manifests=found))
    if options.base is None:
        with syntheses(options.environment, {_HERE: ROOT}) as outputs:
            return page(Sources.read(name, outputs[_HERE], usage=usage, manifests=found))
    there = f"at {options.base}"
    with checked_out(options.base) as tree, syntheses(options.environment, {there: tree, _HERE: ROOT}) as outputs:
        base = Sources.read(name, outputs[there], usage=usage)
        now = Sources.read(name, outputs[_HERE], usage=usage, manifests=found)
        return page(now, base, base_name=options.base)


if __name__ == "__main__":
    sys.exit(main())
