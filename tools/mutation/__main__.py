"""Command line: `python -m tools.mutation [--sample N] [--seed N] [--again]`; `make mutation`."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkItem, WorkResult

from tools.mutation.fast_tests import command
from tools.mutation.sample import sample
from tools.signals import interrupt_on_termination_signals

ROOT = Path(__file__).parents[2]
SESSION = ROOT / "build" / "mutation.sqlite"
# A mutation may make a loop endless. Tests that take longer only because the machine is busy must not end.
TIMES_AS_LONG = 8


def main() -> int:
    """Break a sample of places, one at a time, and print which of them no fast test notices.

    Returns:
        0: the sample was tried, whatever came out. 2: the tests fail with nothing broken. 130: interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="places to break")
    parser.add_argument("--seed", type=int, default=1, help="another seed draws other places")
    parser.add_argument("--processes", type=int, default=2, help="mutations that are tried at the same time")
    parser.add_argument("--again", action="store_true", help="only what survived the last run, or was not tried")
    arguments = parser.parse_args()
    interrupt_on_termination_signals()
    os.chdir(ROOT)
    SESSION.parent.mkdir(exist_ok=True)
    try:
        with use_db(str(SESSION)) as database:
            items = _not_noticed(database) if arguments.again else sample(arguments.sample, arguments.seed)
            if not arguments.again:
                database.clear()
                database.add_work_items(items)
            return _try(items, database, arguments.processes)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _try(items: Sequence[WorkItem], database: WorkDB, processes: int) -> int:
    with (
        TemporaryDirectory() as folder,
        ProcessPoolExecutor(processes, initializer=_work_in_a_copy, initargs=(folder,)) as pool,
    ):
        start = time.monotonic()
        outcome, output = pool.submit(run_tests, command(Path("constructs")), None).result()
        if outcome is not TestOutcome.SURVIVED:
            print(output, "The fast tests must pass before anything is broken.", sep="\n", file=sys.stderr)
            return 2
        unbroken = time.monotonic() - start
        print(f"{len(items)} mutations; with nothing broken, the tests take {unbroken:.0f} s", flush=True)
        tried = {pool.submit(_mutate, item, TIMES_AS_LONG * unbroken): item for item in items}
        for number, done in enumerate(as_completed(tried), start=1):
            result, seconds = done.result()
            database.set_result(tried[done].job_id, result)
            outcome_and_time = f"{(result.test_outcome or result.worker_outcome).value} {seconds:.0f} s"
            print(f"{number}/{len(items)} {outcome_and_time} {_name(tried[done])}", flush=True)
    _report(database)
    return 0


def _work_in_a_copy(folder: str) -> None:
    """Each process breaks files of its own, so that the working tree stays whole, whatever ends the run."""
    copy = Path(mkdtemp(dir=folder))
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - whichever git is used here
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # a deleted file is listed until that is committed
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    os.chdir(copy)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(copy), str(copy / "constructs")])


def _mutate(item: WorkItem, timeout: float) -> tuple[WorkResult, float]:
    (mutation,) = item.mutations
    start = time.monotonic()
    return mutate_and_test(item.mutations, command(mutation.module_path), timeout), time.monotonic() - start


def _not_noticed(database: WorkDB) -> list[WorkItem]:
    noticed = {item.job_id for item, result in database.completed_work_items if result.is_killed}
    return sorted((item for item in database.work_items if item.job_id not in noticed), key=lambda item: item.job_id)


def _report(database: WorkDB) -> None:
    tried, noticed = Counter[str](), Counter[str]()
    for item, result in sorted(database.completed_work_items, key=lambda completed: completed[0].job_id):
        folder = item.mutations[0].module_path.parts[0]
        tried[folder] += 1
        noticed[folder] += result.is_killed
        if not result.is_killed:
            changed = [line for line in (result.diff or "").splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
            print("", _name(item), *changed, sep="\n")
    print()
    for folder, number in [*tried.items(), ("total", tried.total())]:
        killed = noticed.total() if folder == "total" else noticed[folder]
        print(f"{folder}: {killed} of {number} noticed ({killed / number:.0%})")


def _name(item: WorkItem) -> str:
    (mutation,) = item.mutations
    return f"{mutation.module_path}:{mutation.start_pos[0]} {mutation.operator_name.partition('/')[2]}"


if __name__ == "__main__":
    sys.exit(main())
