"""The verb behind `make diff-release`."""

from __future__ import annotations

import argparse
import sys

from tools.release_diff.comparison import Change, UnsupportedTemplateError, compare
from tools.release_diff.create_only import CreateOnlyProperties, UnknownTypeError
from tools.release_diff.report import summary, table
from tools.release_diff.shifted_rules import Template, told, touched_rules
from tools.signals import interrupt_on_termination_signals
from tools.synthesis import ROOT, SynthesisError, checked_out, commit, read_templates, syntheses


def main() -> int:
    """Compare the working tree with a commit.

    Returns:
        0: nothing protected goes. 1: something does. 2: they could not be compared. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.release_diff", description=__doc__)
    parser.add_argument("--base", required=True, help="branch, tag or commit of what is deployed")
    parser.add_argument("--environment", default="sandbox", help="name, or path of a YAML file")
    arguments = parser.parse_args()
    interrupt_on_termination_signals()
    try:
        base, changes = release_changes(arguments.base, arguments.environment)
    except (SynthesisError, UnknownTypeError, UnsupportedTemplateError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if changes:
        print(table(changes))
    print(summary(changes))
    if rules := touched_rules(changes, base):
        print(told(rules))
    return int(any(change.is_protected for change in changes))


def release_changes(base: str, environment: str) -> tuple[dict[str, Template], list[Change]]:
    """The templates of a commit, and what deploying the working tree would change in them.

    Raises:
        SynthesisError: If there is no such commit, or one side cannot be synthesized.
        UnknownTypeError: If a type has no create-only properties on file.
    """
    there, here = f"at {base}", "in the working tree"
    print(f"Synthesizing {environment} {there} ({commit(base)[:10]}) and {here}", flush=True)
    with checked_out(base) as tree, syntheses(environment, {there: tree, here: ROOT}) as outputs:
        before = read_templates(outputs[there])
        return {**before}, compare(before, read_templates(outputs[here]), CreateOnlyProperties.read())


if __name__ == "__main__":
    sys.exit(main())
