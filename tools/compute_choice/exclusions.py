"""What a way cannot do, whatever it costs."""

from __future__ import annotations

from collections.abc import Iterator

from tools.compute_choice.answers import Answers
from tools.compute_choice.ways import Way, costs, fargate_size, pod_size

_MOST_VCPUS_OF_A_POD = 16


def exclusions(way: Way, answers: Answers) -> list[str]:
    """Each rule that excludes a way, with its source; empty if it is possible.

    Args:
        way: A way to run containers.
        answers: The workload.
    """
    return list(_exclusions(way, answers))


def _exclusions(way: Way, answers: Answers) -> Iterator[str]:
    yield from _by_orchestrator(way, answers)
    if way.is_fargate:
        yield from _by_fargate(way, answers)
    if answers.daemons and way is Way.MANAGED_INSTANCES:
        yield "daemons: those of Managed Instances are a resource of their own (AWS::ECS::Daemon), not made here"
    if answers.windows and way in (Way.MANAGED_INSTANCES, Way.EKS_AUTO):
        yield "Windows: its instances are of Linux (Amazon ECS Managed Instances; EKS Auto Mode)"
    if way.is_spot:
        yield from _by_spot(way, answers)
    if not way.is_fargate and costs(way, answers) is None:
        what = answers.instance_type or "no instance type that is known here"
        yield f"room: {what} has none for a task of {answers.vcpus:g} vCPU and {answers.gib:g} GiB, or keeps up with it"


def _by_orchestrator(way: Way, answers: Answers) -> Iterator[str]:
    if answers.orchestrator == "kubernetes" and not way.is_kubernetes:
        yield "orchestrator: Kubernetes is needed"
    if answers.orchestrator == "ecs" and (way.is_kubernetes or way is Way.EC2):
        yield "orchestrator: Amazon ECS is needed"
    if answers.orchestrator == "any" and way is Way.EC2:
        yield "orchestrator: one is needed"


def _by_fargate(way: Way, answers: Answers) -> Iterator[str]:
    if answers.gpus:
        yield "GPUs: AWS Fargate has none (Fargate task definition differences; AWS Fargate considerations, Amazon EKS)"
    if answers.privileged:
        yield "privileged: AWS Fargate runs no privileged containers (the same pages)"
    if answers.daemons:
        yield "daemons: on AWS Fargate there is no instance to run them on (the same pages)"
    if way is Way.EKS_FARGATE:
        yield from _by_eks_fargate(answers)
    elif fargate_size(answers.vcpus, answers.gib) is None:
        yield "size: no size of AWS Fargate is so large (Fargate task definition differences)"
    if answers.windows and way is Way.FARGATE_SPOT:
        yield "Windows: Fargate Spot runs Linux only (Amazon ECS clusters for Fargate)"


def _by_eks_fargate(answers: Answers) -> Iterator[str]:
    if answers.architecture == "arm64":
        yield "Arm: pods on AWS Fargate are x86 (containers-roadmap issue 1629)"
    if answers.windows:
        yield "Windows: pods on AWS Fargate are of Linux (AWS Fargate considerations)"
    size = pod_size(answers)
    if size is None or size[0] > _MOST_VCPUS_OF_A_POD:
        yield "size: no size of a pod on AWS Fargate is so large (AWS Fargate pod configuration)"


def _by_spot(way: Way, answers: Answers) -> Iterator[str]:
    if not answers.interruptible:
        yield "interruptions: nothing may be interrupted"
    elif way is not Way.FARGATE_SPOT and answers.spot_discount is None:
        yield "Spot price: an input (spot_discount), since it changes by the hour"
