"""What is asked about a workload."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Share = Annotated[float, Field(ge=0, le=1)]
UsedShare = Annotated[float, Field(gt=0, le=1)]


class AnswersError(ValueError):
    """Answers that cannot be used, said so that a reader can mend them."""


class Answers(BaseModel):
    """A workload, the people who run it, and what they have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    orchestrator: Literal["any", "none", "ecs", "kubernetes"] = "any"
    """Which orchestrator is needed: any of Amazon ECS and Amazon EKS, none at all, or one in particular."""

    existing_cluster: Literal["none", "ecs", "eks"] = "none"
    """Whether a cluster exists already. The control plane of an Amazon EKS cluster is then paid anyway."""

    region: str = "us-east-1"
    """Region whose prices count."""

    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Processor architecture that the images are built for."""

    tasks_min: Annotated[int, Field(ge=0)] | None = None
    """Fewest tasks (or pods) at a time; without it, the average."""

    tasks_average: Annotated[float, Field(gt=0)]
    """Tasks (or pods) on average while it runs."""

    tasks_max: Annotated[int, Field(ge=1)] | None = None
    """Most tasks (or pods) at a time; without it, the average."""

    vcpus: Annotated[float, Field(gt=0, le=192)]
    """vCPUs that one task requests."""

    gib: Annotated[float, Field(gt=0, le=1024)]
    """Memory that one task requests, in GiB."""

    cpu_used: UsedShare = 1
    """Share of the requested vCPUs that is used on average, as measured."""

    memory_used: UsedShare = 1
    """Share of the requested memory that is used at most, as measured."""

    oversubscribe: bool = False
    """Whether instances may be filled by what is used instead of what is requested."""

    packing: UsedShare = 0.8
    """Share of the instances that tasks fill. AWS assumes 0.6 in Auto Scaling groups, and 0.9 in Managed Instances."""

    hours: Annotated[float, Field(gt=0, le=744)] = 730
    """Hours a month that it runs."""

    starts: Annotated[int, Field(ge=0)] = 0
    """How often a month it starts from nothing. Instances start 12 minutes before the tasks do."""

    interruptible: Share = 0
    """Share of the tasks that may be interrupted at any time."""

    spot_discount: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Share of the On-Demand price by which Spot Instances cost less; not known to anybody in advance."""

    commitment_years: Literal[0, 1, 3] = 0
    """For how long the use of compute can be committed to."""

    gpus: Annotated[int, Field(ge=0)] = 0
    """GPUs that one task needs."""

    privileged: bool = False
    """Whether containers are privileged, or need the host."""

    daemons: bool = False
    """Whether something must run once on each instance."""

    windows: bool = False
    """Whether containers are of Windows."""

    awsvpc: bool = True
    """Whether each task of Amazon ECS has a network interface of its own, as all of this project have."""

    instance_type: str | None = None
    """The instance type to compare with, instead of the cheapest one known here."""

    operations_rate: Annotated[float, Field(ge=0)] = 0
    """What an hour of operations costs; 0 leaves operations out of the sum."""

    hours_self_managed: Annotated[float, Field(ge=0)] = 12
    """Hours of operations a month for instances of your own: AWS's assumption for Auto Scaling groups."""

    hours_managed: Annotated[float, Field(ge=0)] = 2
    """Hours of operations a month for capacity that AWS manages: AWS's assumption for Managed Instances."""

    hours_kubernetes: Annotated[float, Field(ge=0)] = 8
    """Hours of operations a month that a Kubernetes cluster takes beside its nodes; an assumption."""

    @model_validator(mode="after")
    def _numbers_are_in_order(self) -> Self:
        if not self.least <= self.tasks_average <= self.most:
            raise ValueError("tasks_min <= tasks_average <= tasks_max does not hold")
        return self

    @property
    def least(self) -> float:
        """Fewest tasks."""
        return self.tasks_average if self.tasks_min is None else self.tasks_min

    @property
    def most(self) -> float:
        """Most tasks."""
        return self.tasks_average if self.tasks_max is None else self.tasks_max

    @classmethod
    def read(cls, file: Path) -> Self:
        """Those of a YAML file.

        Args:
            file: Its path.

        Raises:
            AnswersError: If it cannot be read, or an answer is not allowed.
        """
        try:
            document = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        except (OSError, YAMLError) as error:
            raise AnswersError(f"ANSWERS={file}: {error}") from error
        if not isinstance(document, dict):
            raise AnswersError(f"ANSWERS={file}: not a mapping of questions to answers")
        return cls.checked(document)

    @classmethod
    def checked(cls, answers: dict[str, object]) -> Self:
        """Answers by question.

        Raises:
            AnswersError: With a line for each answer that is not allowed.
        """
        try:
            return cls.model_validate(answers)
        except ValidationError as error:
            lines = [f"{'.'.join(map(str, each['loc'])) or 'answers'}: {each['msg']}" for each in error.errors()]
            raise AnswersError("\n".join(lines)) from error
