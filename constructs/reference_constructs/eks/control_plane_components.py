"""The components of the control plane, as CloudFormation configures them; the L2 has no properties for them."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_eks_v2 as eks

from reference_constructs.eks.control_plane_component_options import (
    KubeApiServerOptions,
    KubeControllerManagerOptions,
    KubeSchedulerOptions,
)
from reference_constructs.eks.control_plane_options import ControlPlaneOptions


def configure_components(resource: eks.CfnCluster, options: ControlPlaneOptions) -> None:
    """State what the options state of kube-apiserver, kube-scheduler, and kube-controller-manager.

    Nothing else: Amazon EKS keeps each value that it is not told, and its defaults differ between Kubernetes versions.

    Args:
        resource: The cluster.
        options: Of its control plane.
    """
    parts: Mapping[str, object] = {
        "KubeApiServerConfig": _api_server(options.kube_api_server),
        "KubeSchedulerConfig": _scheduler(options.kube_scheduler),
        "KubeControllerManagerConfig": _controller_manager(options.kube_controller_manager),
    }
    for name, part in parts.items():
        if part:
            resource.add_property_override(name, part)


def _api_server(options: KubeApiServerOptions | None) -> dict[str, object]:
    found: dict[str, object] = {}
    if options is not None and options.event_ttl_minutes is not None:
        found["EventTtl"] = f"{options.event_ttl_minutes}m"
    if options is not None and (ports := options.service_node_port_range) is not None:
        found["ServiceNodePortRange"] = {"MinPort": ports.min_port, "MaxPort": ports.max_port}
    return found


def _scheduler(options: KubeSchedulerOptions | None) -> dict[str, object]:
    if options is None:
        return {}
    strategy: dict[str, object] = {"Type": options.scoring_strategy}
    if options.resource_weights:
        strategy["Resources"] = [{"Name": name, "Weight": weight} for name, weight in options.resource_weights.items()]
    return {"NodeResourcesFit": {"ScoringStrategy": strategy}}


def _controller_manager(options: KubeControllerManagerOptions | None) -> dict[str, object]:
    found: dict[str, object] = {}
    if options is None:
        return found
    if (seconds := options.horizontal_pod_autoscaler_sync_period_seconds) is not None:
        found["HorizontalPodAutoscalerControllerConfig"] = {"HorizontalPodAutoscalerSyncPeriod": f"{seconds}s"}
    if (pods := options.terminated_pod_gc_threshold) is not None:
        found["PodGcControllerConfig"] = {"TerminatedPodGcThreshold": pods}
    return found
