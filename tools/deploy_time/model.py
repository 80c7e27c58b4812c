"""The path of a deployment through stacks and resources.

A resource starts when everything of its stack that it refers to or depends on is there, a stack when every stack
before it is deployed. CloudFormation starts some dependents earlier since March 2024 (`CONFIGURATION_COMPLETE`), so
sums are upper bounds. A deletion is the same, backward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assembly import Graph, Resource
from facts.creation_times import Action, Seconds, seconds

Which = Literal["typical", "shortest", "longest"]


@dataclass(frozen=True)
class Step:
    """A resource on a path, or a stack before its first resource."""

    stack: str
    name: str
    type: str
    seconds: float
    is_measured: bool


@dataclass(frozen=True)
class StackTime:
    """When a stack is worked on."""

    stack: str
    start: float
    end: float
    after: str | None
    """The stack that it waited for last; None if for none, or only for a place among those at work."""


class Model:
    """A deployment, or a deletion, of all stacks of an environment."""

    def __init__(self, graph: Graph, *, action: Action = "create", which: Which = "typical") -> None:
        """Note what is asked.

        Args:
            graph: Templates of an environment.
            action: What is done.
            which: Which of the times of each resource count.
        """
        self._graph = graph
        self._action = action
        self._which = which
        self._resources = {
            stack: [each for each in graph.resources if each.stack == stack] for stack in graph.templates
        }

    def time_of(self, resource: Resource) -> float:
        """Seconds of a resource by itself."""
        return self._pick(seconds(_row(resource), self._action))

    @property
    def time_of_a_stack(self) -> float:
        """Seconds that a stack takes beside its resources."""
        return self._pick(seconds("stack", self._action))

    def _pick(self, found: Seconds) -> float:
        number: float = getattr(found, self._which)
        return number

    @cached_property
    def _before(self) -> Mapping[Resource, frozenset[Resource]]:
        """What is done before each resource, over all stacks."""
        created = {each: self._graph.direct_prerequisites(each) for each in self._graph.resources}
        if self._action == "create":
            return created
        backward: dict[Resource, set[Resource]] = {each: set() for each in created}
        for resource, prerequisites in created.items():
            for each in prerequisites:
                backward[each].add(resource)
        return {each: frozenset(found) for each, found in backward.items()}

    def _stacks_before(self, stack: str) -> frozenset[str]:
        if self._action == "create":
            return self._graph.stacks_before(stack)
        return frozenset(each for each in self._resources if stack in self._graph.stacks_before(each))

    def _ends(self, resources: list[Resource]) -> dict[Resource, float]:
        """When each resource is done, if nothing but these counts."""
        among, ends = set(resources), dict[Resource, float]()

        def end(resource: Resource) -> float:
            if resource not in ends:
                ends[resource] = 0  # a circle would be an error of the template
                start = max((end(each) for each in self._before[resource] & among), default=0.0)
                ends[resource] = start + self.time_of(resource)
            return ends[resource]

        for each in resources:
            end(each)
        return ends

    def path(self, resources: list[Resource]) -> list[Step]:
        """The chain of resources that takes longest, the first one first."""
        ends = self._ends(resources)
        found = list[Step]()
        current = max(resources, key=lambda each: (ends[each], each.logical_id), default=None)
        while current is not None:
            measured = seconds(_row(current), self._action).is_measured
            found.insert(0, Step(current.stack, current.logical_id, current.type, self.time_of(current), measured))
            before = self._before[current] & set(resources)
            current = max(before, key=lambda each: (ends[each], each.logical_id), default=None)
        return found

    def path_of_stack(self, stack: str) -> list[Step]:
        """The chain of a stack that takes longest."""
        return self.path(self._resources[stack])

    @cached_property
    def shortest_possible(self) -> list[Step]:
        """The longest chain of resources over all stacks: what no other order and no other stacks make shorter."""
        return self.path(list(self._graph.resources))

    def stack_time(self, stack: str) -> float:
        """Seconds that a stack takes."""
        return self.time_of_a_stack + sum(step.seconds for step in self.path_of_stack(stack))

    def schedule(self, concurrency: int | None) -> list[StackTime]:
        """When each stack is worked on.

        Args:
            concurrency: How many at a time (`cdk deploy --concurrency`); None for as many as there are.
        """
        waiting, done = list(self._resources), dict[str, StackTime]()
        running = list[StackTime]()
        now = 0.0
        while waiting or running:
            ready = [each for each in waiting if self._stacks_before(each) <= done.keys()]
            for stack in ready[: None if concurrency is None else max(0, concurrency - len(running))]:
                last = max(self._stacks_before(stack), key=lambda each: (done[each].end, each), default=None)
                after = last if last and done[last].end == now else None
                running.append(StackTime(stack, now, now + self.stack_time(stack), after))
                waiting.remove(stack)
            first = min(running, key=lambda each: each.end)
            running.remove(first)
            done[first.stack] = first
            now = first.end
        return sorted(done.values(), key=lambda each: (each.start, each.end))

    def total(self, concurrency: int | None) -> float:
        """Seconds until everything is done."""
        return max((each.end for each in self.schedule(concurrency)), default=0)

    def chain(self, concurrency: int | None) -> list[StackTime]:
        """Stacks that follow one another without a pause up to the last one."""
        times = self.schedule(concurrency)
        found = list[StackTime]()
        current = max(times, key=lambda each: each.end, default=None)
        while current is not None:
            found.insert(0, current)
            start = found[0].start
            before = [each for each in times if each.end == start and each.end > 0]
            named = [each for each in before if each.stack == found[0].after]
            current = (named or before or [None])[0]  # type: ignore[list-item]
        return found


def _row(resource: Resource) -> str:
    if resource.type == "AWS::EC2::VPCEndpoint" and resource.get("VpcEndpointType", "Gateway") == "Gateway":
        return f"{resource.type} (Gateway)"
    if resource.type == "AWS::FSx::FileSystem" and resource.get("FileSystemType") == "LUSTRE":
        return f"{resource.type} (LUSTRE)"
    return resource.type
