"""Where the pods of an environment can run: each node group, node pool, and Fargate profile of its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from facts import InstanceTypeFacts, instance_types
from facts.node_capabilities import kinds, needs
from reference_constructs.compute.instance_options import InstanceOptions
from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeNeed
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions
from reference_constructs.eks.nodes.scheduling import can_be_scheduled
from settings import Environment
from tools.kubernetes.objects import Pods

_KUBERNETES_ARCHITECTURES: Final = {"arm64": "arm64", "x86_64": "amd64"}
_MIB: Final = 2.0**20
# Karpenter's `vm-memory-overhead-percent`: what an instance has less than its type says.
_SHARE_OF_MEMORY: Final = 0.925
# The largest pods of Fargate ("Understand Fargate Pod configuration details"), 256 MiB of them for Kubernetes.
_FARGATE_CPU: Final = 16.0
_FARGATE_MEMORY: Final = 120 * 1024 * _MIB
_FARGATE_OVERHEAD: Final = 256 * _MIB


@dataclass(frozen=True)
class Room:
    """What is left for pods on one node."""

    of: str
    """Name of the instance type."""

    amounts: Mapping[str, float]
    """By resource: cores, bytes, devices."""

    def holds(self, pods: Pods, resources: Sequence[str]) -> bool:
        """Whether a pod fits alone.

        Args:
            pods: Its pods.
            resources: What to compare.
        """
        return all(pods.request(name) <= self.amounts.get(name, 0.0) for name in resources)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Nodes that are alike."""

    key: str
    """Their key in the file."""

    options: AnyNodeOptions
    pool: NodePoolOptions | None = None
    rooms: Sequence[Room] = ()
    """One for each instance type, as far as the file says which; empty for any."""

    @property
    def is_fargate(self) -> bool:
        """Whether each pod has a machine of its own."""
        return isinstance(self.options, FargateProfileOptions)

    @property
    def is_windows(self) -> bool:
        """Whether they run Windows pods alone."""
        return isinstance(self.options, InstanceNodeOptions) and self.options.is_windows

    @property
    def architectures(self) -> list[str]:
        """Processor architectures, by the names of Kubernetes."""
        if self.pool is not None:
            return [_KUBERNETES_ARCHITECTURES[each] for each in self.pool.architectures]
        if isinstance(self.options, InstanceOptions):
            return [_KUBERNETES_ARCHITECTURES[self.options.architecture]]
        return ["amd64"]

    def why_not(self, pods: Pods) -> str:
        """Why a pod is not scheduled here, apart from its size; empty if it can be.

        Args:
            pods: Its pods.
        """
        if self.is_fargate:
            return "" if self.options.takes(pods.namespace, pods.labels) else "no selector of the profile matches"
        selector = pods.required_labels()
        if pods.is_windows:
            selector["kubernetes.io/os"] = "windows"
        tolerations = pods.spec.get("tolerations") or ()
        taints: Sequence[TaintOptions] = ()
        if self.pool is not None:
            taints = self.pool.taints
        elif isinstance(self.options, InstanceNodeOptions):
            taints = self.options.taints
        for taint in taints:
            if not taint.is_temporary and taint.keeps_off(tolerations):
                return f"it does not tolerate the taint {taint.key}"
        return "" if self._has_labels(selector, tolerations) else f"its node selector asks for {_written(selector)}"

    def cannot(self, need: NodeNeed) -> str:
        """Why nodes of this kind cannot do something; empty if they can.

        Args:
            need: By its name in `facts/node_capabilities.yaml`.
        """
        answer = needs()[need].answers[self.options.kind]
        return f"{kinds()[self.options.kind]}: {answer.detail}" if answer.verdict == "no" else self.options.lacks(need)

    def _has_labels(self, selector: Mapping[str, Any], tolerations: Sequence[Mapping[str, Any]]) -> bool:
        if isinstance(self.options, InstanceNodeOptions):
            given = {}
            if self.options.kind == "managed":
                given = {"eks.amazonaws.com/capacityType": [self.options.capacity_type.upper()]}
            return can_be_scheduled(self.options, tolerations, selector, given)
        if self.pool is None:
            return self.options.accepts(tolerations, selector)
        known: dict[str, Sequence[str]] = {
            "kubernetes.io/arch": self.architectures,
            "kubernetes.io/os": ["linux"],
            **{key: [value] for key, value in self.pool.labels.items()},
        }
        return all(value in known[key] if key in known else "/" in key for key, value in selector.items())


def places(environment: Environment) -> list[Place]:
    """Everywhere that pods can run.

    Args:
        environment: The checked environment.
    """
    return [] if environment.eks is None else [*_places(environment.eks.nodes)]


def _places(nodes: Mapping[str, AnyNodeOptions]) -> Iterator[Place]:
    for name, options in nodes.items():
        key = f"eks.nodes.{name}"
        if isinstance(options, AutoModeOptions | KarpenterOptions):
            if isinstance(options, AutoModeOptions) and options.built_in_node_pools:
                yield Place(key=key, options=options)
            pools: Mapping[str, NodePoolOptions] = options.node_pools
            for pool_name, pool in pools.items():
                yield Place(
                    key=f"{key}.node_pools.{pool_name}",
                    options=options,
                    pool=pool,
                    rooms=[
                        _room(type_, facts) for type_, facts in instance_types().items() if _is_allowed(pool, type_)
                    ],
                )
        elif isinstance(options, FargateProfileOptions):
            amounts = {"cpu": _FARGATE_CPU, "memory": _FARGATE_MEMORY - _FARGATE_OVERHEAD}
            yield Place(key=key, options=options, rooms=[Room("AWS Fargate", amounts)])
        elif isinstance(options, InstanceNodeOptions):
            known = {each: instance_types()[each] for each in options.instance_types if each in instance_types()}
            yield Place(key=key, options=options, rooms=[_room(each, facts, options) for each, facts in known.items()])
        else:
            yield Place(key=key, options=options)


def _is_allowed(pool: NodePoolOptions, name: str) -> bool:
    facts = instance_types()[name]
    size = pool.max_vcpus is None or facts.vcpus <= pool.max_vcpus
    return size and facts.architecture in pool.architectures and pool.allows_type(name)


def _room(name: str, facts: InstanceTypeFacts, options: InstanceNodeOptions | None = None) -> Room:
    """What kubelet leaves to pods: amazon-eks-ami, `nodeadm`, reserved resources and the eviction threshold."""
    pods = (options.max_pods if options else None) or facts.max_pods
    reserved = (255 + 11 * pods + 100) * _MIB
    return Room(
        name,
        {
            "cpu": facts.vcpus - _reserved_cores(facts.vcpus),
            "memory": facts.memory_mib * _MIB * _SHARE_OF_MEMORY - reserved,
            "nvidia.com/gpu": facts.gpus,
            "aws.amazon.com/neuron": facts.neuron_devices,
            "aws.amazon.com/neuroncore": facts.neuron_devices * 2,
            "vpc.amazonaws.com/efa": facts.efa_interfaces,
        },
    )


def _reserved_cores(vcpus: int) -> float:
    of_each: list[float] = [0.06, 0.01, 0.005, 0.005]
    return sum(of_each[:vcpus]) + max(0, vcpus - 4) * 0.0025


def _written(selector: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in selector.items()) or "Linux"
