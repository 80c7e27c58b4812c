"""Options of the components of the control plane: kube-apiserver, kube-scheduler, and kube-controller-manager.

"Advanced Kubernetes control plane configuration", Amazon EKS User Guide. Amazon EKS resets nothing: what is no longer
stated keeps its value, and the template says nothing of what was never stated.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options

# Above the ports of the kubelet and of kube-proxy, and below those that Linux chooses for outgoing connections.
NodePort = Annotated[int, Field(ge=10260, le=32767)]
# Of the extended resources, a device plugin must advertise them.
ScoredResource = Literal["cpu", "memory", "nvidia.com/gpu", "aws.amazon.com/neuron", "aws.amazon.com/neuroncore"]


class NodePortRangeOptions(Options):
    """Ports of which Kubernetes gives one to each service of type `NodePort`, and of type `LoadBalancer` by default."""

    min_port: NodePort
    """Lowest port of the range (`MinPort`)."""

    max_port: NodePort
    """Highest port of the range (`MaxPort`). Services that have a port outside of a new range keep it until they are
    created again."""


class KubeApiServerOptions(Options):
    """Kubernetes API server of the cluster (`KubeApiServerConfig`)."""

    event_ttl_minutes: Annotated[int, Field(ge=10, le=60)] | None = None
    """Minutes for which Kubernetes events are retained (`EventTtl`). Fewer are for clusters with many short-lived pods,
    whose events fill etcd, and where events also go elsewhere. With `null`, the cluster keeps the value it has, which
    is 60 minutes at creation; to return to that, state 60."""

    service_node_port_range: NodePortRangeOptions | None = None
    """Range of the ports of Kubernetes services on nodes (`ServiceNodePortRange`). Security groups of your own must
    admit it. With `null`, the cluster keeps the range it has, which is 30000 to 32767 at creation; to return to that,
    state it."""


class KubeSchedulerOptions(Options):
    """Kubernetes scheduler of the cluster: how it scores the nodes that have room for a pod (`KubeSchedulerConfig`)."""

    scoring_strategy: Literal["LeastAllocated", "MostAllocated"] = "LeastAllocated"
    """Strategy to score nodes (`ScoringStrategy`). `LeastAllocated` spreads pods. `MostAllocated` packs them onto fewer
    nodes, so that more of them are affected if one fails. Pods that run are not moved."""

    resource_weights: dict[ScoredResource, Annotated[int, Field(ge=1, le=100)]] = {}
    """Resources to score, each with its weight in relation to the others. A resource that is not stated is not scored.
    With an empty mapping, the cluster keeps the weights it has, which are `cpu: 1` and `memory: 1` at creation; to
    return to these, state them."""


class KubeControllerManagerOptions(Options):
    """Kubernetes controller manager of the cluster (`KubeControllerManagerConfig`)."""

    horizontal_pod_autoscaler_sync_period_seconds: Annotated[int, Field(ge=10, le=15)] | None = None
    """Seconds between two evaluations of each HorizontalPodAutoscaler. It requires a `control_plane_scaling_tier` other
    than `standard`; with fewer seconds, a tier has room for fewer autoscalers. With `null`, the cluster keeps the value
    it has, which is 15 seconds at creation. Before the tier can be `standard` again, state 15 and deploy."""

    terminated_pod_gc_threshold: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """Number of terminated pods that can exist before the oldest are deleted (`TerminatedPodGcThreshold`). The Amazon
    EKS API Reference has it, and the list of parameters in the user guide does not (November 2026). With `null`, the
    cluster keeps the value it has."""
