"""The verb behind `make removed-stacks`: stacks that an environment had and that its file no longer has.

`cdk deploy` and `cdk destroy` know only the stacks of the file, so a service that is taken out of it keeps running.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.signals import interrupt_on_termination_signals
from tools.synthesis import ROOT, SynthesisError, checked_out, commit, read_templates, syntheses

Template = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RemovedStack:
    """A stack to delete, and what is to know before.

    Attributes:
        name: Its name.
        region: Where it is.
        protected: Whether termination protection has to be turned off first.
        deploy_first: Stacks that still read its exports until they are deployed.
        kept: Types of resources that its deletion leaves behind.
    """

    name: str
    region: str
    protected: bool
    deploy_first: tuple[str, ...]
    kept: tuple[str, ...]

    def commands(self) -> Iterator[str]:
        """What deletes it, in this order."""
        where = f"--stack-name {self.name} --region {self.region}"
        if self.deploy_first:
            yield f"cdk deploy --exclusively {' '.join(self.deploy_first)}"
        if self.protected:
            yield f"aws cloudformation update-termination-protection --no-enable-termination-protection {where}"
        yield f"aws cloudformation delete-stack {where}"
        yield f"aws cloudformation wait stack-delete-complete {where}"


def removed(base: Path, names: Sequence[str]) -> list[RemovedStack]:
    """The stacks of a cloud assembly that are not among the names, those first that read from others.

    Args:
        base: The cloud assembly of what is deployed.
        names: Stacks that the environment has now.
    """
    templates = read_templates(base)
    reads = {name: _imports(template) & set(templates) for name, template in templates.items()}
    manifest = json.loads((base / "manifest.json").read_text())["artifacts"]
    gone = [name for name in templates if name not in names]
    return [
        RemovedStack(
            name=name,
            region=str(manifest[name]["environment"]).rpartition("/")[2],
            protected=bool(manifest[name]["properties"].get("terminationProtection")),
            deploy_first=tuple(each for each in templates if each in names and name in reads[each]),
            kept=tuple(sorted(_kept(templates[name]))),
        )
        for name in _readers_first(gone, reads)
    ]


def _imports(template: Template) -> set[str]:
    return set(re.findall(r'"Fn::ImportValue": "([^":]+):', json.dumps(template)))


def _kept(template: Template) -> set[str]:
    kept = ("Retain", "RetainExceptOnCreate", "Snapshot")
    return {each["Type"] for each in template["Resources"].values() if each.get("DeletionPolicy") in kept}


def _readers_first(names: Sequence[str], reads: Mapping[str, set[str]]) -> list[str]:
    ordered: list[str] = []
    waiting = list(names)
    while waiting:
        free = [each for each in waiting if not any(each in reads[other] for other in waiting if other != each)]
        # Exports never lead in a circle; should they, the order is that of the names.
        ordered += free or waiting
        waiting = [each for each in waiting if each not in ordered]
    return ordered


def told(stacks: Sequence[RemovedStack]) -> str:
    """Each stack with its commands."""
    if not stacks:
        return "The file has every stack that it had."
    lines = []
    for stack in stacks:
        lines.append(f"# {stack.name}")
        if stack.kept:
            lines.append(f"# stays in the account, with what is in it: {', '.join(stack.kept)}")
        lines += stack.commands()
    return "\n".join(lines)


def main() -> int:
    """Compare the stacks of the working tree with those of a commit.

    Returns:
        0: said. 2: they could not be compared. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.release_diff.removed_stacks", description=__doc__)
    parser.add_argument("--base", required=True, help="branch, tag or commit of what is deployed")
    parser.add_argument("--environment", default="sandbox", help="name, or path of a YAML file")
    arguments = parser.parse_args()
    interrupt_on_termination_signals()
    there, here = f"at {arguments.base}", "in the working tree"
    try:
        print(f"# {arguments.environment} {there} ({commit(arguments.base)[:10]}) and {here}", flush=True)
        with (
            checked_out(arguments.base) as tree,
            syntheses(arguments.environment, {there: tree, here: ROOT}) as outputs,
        ):
            print(told(removed(outputs[there], list(read_templates(outputs[here])))))
    except SynthesisError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
