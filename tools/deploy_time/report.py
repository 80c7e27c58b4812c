"""The deployment as text: how long, along which path, and what would shorten it."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from facts.creation_times import Action, as_of
from tools.deploy_time.model import Model, Step

_WORTH_SAYING = 30


def text(graph: Graph, *, action: Action, concurrency: int) -> str:
    """Everything about a deployment, or a deletion.

    Args:
        graph: Templates of an environment.
        action: What is done.
        concurrency: How many stacks at a time.
    """
    return "\n".join(_lines(graph, action, concurrency))


def _lines(graph: Graph, action: Action, concurrency: int) -> Iterator[str]:
    model, fast, slow = (Model(graph, action=action, which=which) for which in ("typical", "shortest", "longest"))
    total = model.total(concurrency)
    verb = "First deployment" if action == "create" else "Deletion"
    limits = f"{minutes(fast.total(concurrency))} to {minutes(slow.total(concurrency))}"
    yield f"{verb}: {minutes(total)} ({limits}), {concurrency} {'stack' if concurrency == 1 else 'stacks'} at a time"
    yield ""
    width = max((len(each) for each in graph.templates), default=0)
    chain = {each.stack for each in model.chain(concurrency)}
    for each in model.schedule(concurrency):
        mark = ">" if each.stack in chain else " "
        yield f"{mark} {each.stack.ljust(width)}  {minutes(each.start):>7} to {minutes(each.end):>7}"
    yield ""
    yield "The path (>), and what takes longest in each of its stacks:"
    for found in model.chain(concurrency):
        yield f"  {found.stack}"
        yield from (f"    {_step(step)}" for step in model.path_of_stack(found.stack))
    yield ""
    yield from _bound(model, total)
    yield from _shorter(model, concurrency, total)
    if action == "create":
        yield from _rollback(graph)
    yield f"Times are those that people published, as of {as_of()}; ? is assumed. Sums are upper bounds."


def _bound(model: Model, total: float) -> Iterator[str]:
    bound = sum(step.seconds for step in model.shortest_possible)
    ratio = f"{total / bound:.2f}"
    yield f"The longest chain that no order of stacks avoids: {minutes(bound)}. This takes {ratio} times that."
    yield f"  {' > '.join(f'{step.name} {step.seconds:.0f}' for step in model.shortest_possible)}"
    yield ""


def _shorter(model: Model, concurrency: int, total: float) -> Iterator[str]:
    """What would save at least half a minute."""
    ideas = list[str]()
    unlimited = model.total(None)
    enough = next(number for number in range(1, 100) if model.total(number) <= unlimited)
    if enough > concurrency and total - unlimited >= _WORTH_SAYING:
        ideas.append(f"--concurrency {enough}: {minutes(unlimited)}, {minutes(total - unlimited)} less")
    bound = sum(step.seconds for step in model.shortest_possible)
    stacks = len(model.chain(None))
    if unlimited - bound >= _WORTH_SAYING:
        waits = unlimited - bound - stacks * model.time_of_a_stack
        ideas.append(
            f"one stack instead of {stacks}: at most {minutes(unlimited - bound)} less, of which "
            f"{minutes(max(0, waits))} are waits of a stack for resources that it does not need"
        )
    if ideas:
        yield "What would shorten it:"
        yield from (f"  - {each}" for each in ideas)
        yield ""


def _rollback(graph: Graph) -> Iterator[str]:
    """A stack that fails deletes what it has made; the stacks before it stay."""
    deletion = Model(graph, action="delete")
    stack = max(graph.templates, key=deletion.stack_time, default=None)
    if stack:
        yield f"The longest rollback is that of {stack}: up to {minutes(deletion.stack_time(stack))}."


def _step(step: Step) -> str:
    return f"{step.seconds:>5.0f} s{' ' if step.is_measured else '?'} {step.name} ({step.type.removeprefix('AWS::')})"


def minutes(seconds: float) -> str:
    """Minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}m{whole % 60:02}s"
