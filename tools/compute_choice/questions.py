"""Asking at a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tools.compute_choice.answers import Answers

# What most people can answer; the rest has defaults, and a place in a file.
QUESTIONS: Final = {
    "orchestrator": "Which orchestrator is needed (any, none, ecs, kubernetes)?",
    "existing_cluster": "Which cluster exists already (none, ecs, eks)?",
    "architecture": "Processor architecture (arm64, x86_64)?",
    "tasks_average": "Tasks on average?",
    "tasks_min": "Fewest tasks, if other than the average?",
    "tasks_max": "Most tasks, if other than the average?",
    "vcpus": "vCPUs that one task requests?",
    "gib": "Memory that one task requests, in GiB?",
    "cpu_used": "Share of the vCPUs that is used, from 0 to 1?",
    "memory_used": "Share of the memory that is used, from 0 to 1?",
    "oversubscribe": "May instances be filled by what is used (yes, no)?",
    "packing": "Share of the instances that tasks fill, from 0 to 1?",
    "region": "Region whose prices count?",
    "hours": "Hours a month that it runs?",
    "starts": "How often a month does it start from nothing?",
    "interruptible": "Share of the tasks that may be interrupted, from 0 to 1?",
    "spot_discount": "Share by which Spot Instances cost less, from 0 to 1, if you know it?",
    "commitment_years": "Years that you commit to (0, 1, 3)?",
    "gpus": "GPUs that one task needs?",
    "privileged": "Privileged containers (yes, no)?",
    "daemons": "Something that runs once on each instance (yes, no)?",
    "windows": "Windows containers (yes, no)?",
    "operations_rate": "What does an hour of operations cost, 0 to leave it out?",
    "hours_self_managed": "Hours of operations a month for instances of your own?",
    "hours_managed": "Hours of operations a month for capacity that AWS manages?",
    "hours_kubernetes": "Hours of operations a month for a Kubernetes cluster beside its nodes?",
}


def ask(read: Callable[[str], str], say: Callable[[str], None]) -> Answers:
    """Ask one question after the other; an empty answer is the default.

    Args:
        read: Shows a question, and returns what was answered.
        say: Shows a text.

    Raises:
        AnswersError: If the answers do not go together.
    """
    answers: dict[str, object] = {}
    for name, question in QUESTIONS.items():
        field = Answers.model_fields[name]
        default = "" if field.is_required() else f" [{_shown(field.default)}]"
        adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
        while True:
            answer = read(f"{question}{default} ").strip()
            if not answer and not field.is_required():
                break
            try:
                value = adapter.validate_python(_typed(name, answer))
            except ValidationError as error:
                say(f"  {error.errors()[0]['msg']}")
                continue
            answers[name] = value
            break
    return Answers.checked(answers)


def _typed(name: str, answer: str) -> object:
    # A Literal of numbers takes no text.
    return int(answer) if name == "commitment_years" and answer.isdigit() else answer


def _shown(default: object) -> str:
    if default is None:
        return "none"
    return {True: "yes", False: "no"}[default] if isinstance(default, bool) else str(default)
