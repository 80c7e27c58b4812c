"""Command line: `python -m tools.ecs_capacity [ENVIRONMENT]`; `make ecs-capacity ENVIRONMENT=<name>`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from settings import InvalidEnvironmentError, load_environment
from settings.ecs import EcsSettings
from settings.instance_needs import Need, daemons, needs, workloads


def main(arguments: Sequence[str] | None = None) -> int:
    """Say of each group of instances what its tasks take.

    Returns:
        0: it was said. 2: the file is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.ecs_capacity", description=__doc__)
    parser.add_argument("environment", nargs="?", default="sandbox", help="name of an environment, or path of a file")
    options = parser.parse_args(arguments)
    try:
        ecs = load_environment(options.environment).ecs
    except InvalidEnvironmentError as error:
        print(error, file=sys.stderr)
        return 2
    lines = [line for name in (ecs.capacity if ecs else {}) for line in _group(ecs or EcsSettings(), name)]
    print("\n".join(lines) or "There are no instances of Amazon ECS.")
    return 0


def _group(ecs: EcsSettings, name: str) -> Iterator[str]:
    group = ecs.capacity[name]
    if not isinstance(group, Ec2CapacityOptions):
        yield f"{name}: Managed Instances, of which Amazon ECS starts as many as the tasks take"
        return
    yield f"{name}: at most {group.max_size} instances"
    for each in daemons(ecs, name):
        yield f"  on each of them {each.name}, which takes {each.room}"
    for each in workloads(ecs, name):
        yield f"  {each.number} of {each.name}, which takes {each.room} each"
    found = needs(ecs, name)
    for need in found:
        yield f"  {need.instance_type} has room for {need.room}"
        yield from _need(need, group.max_size)
    if not found:
        yield "  no task" if not workloads(ecs, name) else "  no instance type that the data here knows"


def _need(need: Need, most: int) -> Iterator[str]:
    for what, instances in (
        ("the tasks take", need.instances),
        ("with one of a deployment", need.with_deployment),
        ("with all of the largest deployment", need.at_once),
    ):
        if instances is None:
            yield f"    {what}: a task has room on none"
        else:
            yield f"    {what}: {instances}{'' if instances <= most else f', which is more than {most}'}"


if __name__ == "__main__":
    sys.exit(main())
