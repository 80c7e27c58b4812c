"""The choice, why, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from facts.prices import price
from tools.compute_choice.answers import Answers
from tools.compute_choice.exclusions import exclusions
from tools.compute_choice.ways import Cost, Way, all_costs

_SMALLEST = 0.8


@dataclass(frozen=True)
class Choice:
    """Ways that are possible, the best first, and the others with what excludes each."""

    answers: Answers
    possible: tuple[Cost, ...]
    excluded: dict[Way, list[str]]

    @classmethod
    def of(cls, answers: Answers) -> Choice:
        """That of a workload."""
        excluded = {way: reasons for way in Way if (reasons := exclusions(way, answers))}
        possible = all_costs(answers, [way for way in Way if way not in excluded])
        return cls(answers, tuple(possible), excluded)

    @property
    def best(self) -> Cost | None:
        """The cheapest one; None if nothing is possible."""
        return self.possible[0] if self.possible else None

    def sentence(self) -> str:
        """The choice in plain English."""
        best = self.best
        if best is None:
            return "Nothing here can run this: ease one of the exclusions above."
        if best.monthly is None:
            return f"Use {best.way.value}: there is no sourced price of Windows, so simplicity decides."
        usd = best.total(self.answers)
        with_operations = ", operations included" if self.answers.operations_rate else " before operations"
        first = f"Use {best.way.value} ({best.what}): ${usd:,.2f} a month{with_operations}"
        if len(self.possible) == 1:
            return f"{first}; nothing else can run this."
        second = self.possible[1]
        more = second.total(self.answers) - usd
        return f"{first}, ${more:,.2f} less than {second.way.value}, the next."

    def prices_of_elsewhere(self) -> str:
        """Says which prices are those of us-east-1; empty where all are of the Region."""
        answers = self.answers
        short = "arm" if answers.architecture == "arm64" else "x86"
        names = [f"fargate_{short}_vcpu_hour", "gp3_gb_month", "eks_cluster_hour"]
        found = [price(name, answers.region) for name in names]
        elsewhere = [each.about for each in found if each.region != answers.region]
        if not elsewhere:
            return ""
        return f"Prices of us-east-1, since none of {answers.region} is on file: {', '.join(elsewhere)}."

    def what_would_change_it(self) -> Iterator[str]:
        """Answers that would lead to another choice."""
        best = self.best
        if best is None or best.monthly is None:
            return
        yield from self._other_answers(best)
        yield from self._operations(best)
        yield from self._smaller_tasks()

    def _other_answers(self, best: Cost) -> Iterator[str]:
        answers = self.answers
        changes: dict[str, dict[str, object]] = {
            "committed for 3 years": {"commitment_years": 3},
            "all of it interruptible": {"interruptible": 1.0},
            "instances filled by what is used": {"oversubscribe": True},
            "instances filled to 60 %": {"packing": 0.6},
            "instances filled completely": {"packing": 1.0},
            "half of the hours": {"hours": answers.hours / 2},
            "ten times as many tasks": {
                "tasks_min": None,
                "tasks_average": answers.tasks_average * 10,
                "tasks_max": max(1, round(answers.most * 10)),
            },
        }
        if answers.oversubscribe:
            changes["instances filled by what is requested"] = {"oversubscribe": False}
        for about, change in changes.items():
            other = answers.model_copy(update=change)
            found = Choice.of(other).best
            if other == answers or found is None or found.way is best.way:
                continue
            yield f"{about}: {found.way.value}, ${found.total(other):,.2f}"

    def _operations(self, best: Cost) -> Iterator[str]:
        """Hours of operations that are worth the difference to the next way that takes fewer of them."""
        for other in self.possible[1:]:
            if other.operations_hours < best.operations_hours and other.monthly is not None:
                hours = best.operations_hours - other.operations_hours
                rate = (other.monthly - (best.monthly or 0)) / hours
                if rate > self.answers.operations_rate:
                    yield f"an hour of operations worth ${rate:,.2f} or more: {other.way.value}, {hours:g} hours less"
                    return

    def _smaller_tasks(self) -> Iterator[str]:
        """A little less memory, with which more tasks fit on each instance."""
        best, answers = self.best, self.answers
        for tenths in range(int(answers.gib * 10) - 1, int(answers.gib * 10 * _SMALLEST), -1):
            smaller = answers.model_copy(update={"gib": tenths / 10})
            found = Choice.of(smaller).best
            if found and found.fleet and best and found.way is not best.way:
                fleet = found.fleet
                yield (
                    f"tasks of {tenths / 10:g} GiB, of which {fleet.tasks_on_each} fit on a {fleet.instance_type}: "
                    f"{found.way.value}, ${found.total(smaller):,.2f}"
                )
                return
