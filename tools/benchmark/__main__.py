"""Command line: `python -m tools.benchmark [--repetitions N] [--services N]`; `make benchmark`."""

from __future__ import annotations

import argparse
import copy
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "environments" / "sandbox.yaml"
FEW = 1
# What one more service costs needs fewer rounds than the ratio: it is the mean of many services.
ROUNDS_OF_SERVICES = 2
# With a resource, since the validator of the CDK refuses a template that has none.
EMPTY_APP = """\
import aws_cdk as cdk

app = cdk.App()
cdk.CfnWaitConditionHandle(cdk.Stack(app, "empty"), "Nothing")
app.synth()
"""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One synthesis.

    Attributes:
        wall: Seconds that it took.
        cpu: Seconds of user and system time of the CLI, the app and the jsii kernel together.
    """

    wall: float
    cpu: float


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is synthesized, and how often."""

    folder: Path
    arguments: tuple[str, ...] = ()
    rounds: int


def synthesize(folder: Path, *arguments: str) -> Sample:
    """Run `cdk synth` in a folder and measure it.

    Raises:
        SystemExit: If it fails, with what it printed.
    """
    # The interpreter and the CLI of this virtual environment, also when its `activate` was not called.
    environment = dict(os.environ, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    with TemporaryDirectory() as output:
        command = ["cdk", "synth", "--quiet", "--output", output, *arguments]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return Sample(wall=wall, cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def write_empty_app(folder: Path) -> Path:
    """Write an app with the same CLI and feature flags as ours and next to nothing in it."""
    folder.mkdir()
    shutil.copy(ROOT / "cdk.json", folder)
    (folder / "app.py").write_text(EMPTY_APP)
    return folder


def write_environment(folder: Path, services: int) -> Path:
    """Write the sandbox with its first service so many times, each with a host name of its own."""
    document = YAML(typ="safe").load(SANDBOX)
    first = next(iter(document["ecs"]["services"].values()))
    document["ecs"]["services"] = {
        f"service-{number:03}": {
            **copy.deepcopy(first),
            # Computed priorities collide among so many (docs/adr/0007).
            "routing": {"host_headers": [f"service-{number:03}.example.com"], "priority": number + 1},
        }
        for number in range(services)
    }
    folder.mkdir()
    path = folder / SANDBOX.name  # the name of the file is the name of the environment
    YAML(typ="safe").dump(document, path)
    return path


def measure(cases: Mapping[str, Case]) -> dict[str, list[Sample]]:
    """Run the cases in turn, so that what else the machine does meets all of them alike."""
    samples: dict[str, list[Sample]] = {name: [] for name in cases}
    rounds = max(case.rounds for case in cases.values())
    for number in range(rounds):
        for name, case in cases.items():
            if number < case.rounds:
                print(f"\r{number + 1}/{case.rounds} {name:40}", end="", file=sys.stderr, flush=True)
                samples[name].append(synthesize(case.folder, *case.arguments))
    print(f"\r{'':60}\r", end="", file=sys.stderr)
    return samples


def report(samples: Mapping[str, list[Sample]], services: int) -> str:
    """Medians, and medians of what is compared pair by pair."""
    empty, sandbox, few, many = samples.values()
    lines = [f"{'median seconds':42}{'wall':>8}{'CPU':>8}"]
    for name, runs in samples.items():
        lines.append(f"{name:42}{_median(s.wall for s in runs):8.2f}{_median(s.cpu for s in runs):8.2f}")
    wall = _median(ours.wall / theirs.wall for ours, theirs in zip(sandbox, empty, strict=True))
    cpu = _median(ours.cpu / theirs.cpu for ours, theirs in zip(sandbox, empty, strict=True))
    lines.append(f"{'sandbox / empty app':42}{wall:8.2f}{cpu:8.2f}")
    pairs = list(zip(many, few, strict=True))
    wall = _median((more.wall - less.wall) / (services - FEW) for more, less in pairs)
    cpu = _median((more.cpu - less.cpu) / (services - FEW) for more, less in pairs)
    lines.append(f"{'a further service, milliseconds':42}{wall * 1000:8.0f}{cpu * 1000:8.0f}")
    return "\n".join(lines)


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmark", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5, help="rounds of the ratio, after one that does not count")
    parser.add_argument("--services", type=int, default=40, help="size of the larger environment")
    options = parser.parse_args()
    if options.repetitions < 1 or options.services <= FEW:
        parser.error(f"at least 1 repetition and more than {FEW} service")
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        few = f"environment={write_environment(folder / 'few', FEW)}"
        many = f"environment={write_environment(folder / 'many', options.services)}"
        sandbox = ("--context", f"environment={SANDBOX.stem}")
        empty = write_empty_app(folder / "empty")
        synthesize(empty)
        synthesize(ROOT, *sandbox)
        cases = {
            "empty app": Case(folder=empty, rounds=options.repetitions),
            "sandbox": Case(folder=ROOT, arguments=sandbox, rounds=options.repetitions),
            f"{FEW} service": Case(folder=ROOT, arguments=("--context", few), rounds=ROUNDS_OF_SERVICES),
            f"{options.services} services": Case(folder=ROOT, arguments=("--context", many), rounds=ROUNDS_OF_SERVICES),
        }
        print(report(measure(cases), options.services))


if __name__ == "__main__":
    main()
