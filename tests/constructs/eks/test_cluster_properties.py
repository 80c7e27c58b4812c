"""Every property of a cluster is in some template, or is left out with a reason that can be read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

from aws_cdk import aws_eks_v2 as eks

from reference_constructs.eks.control_plane_component_options import (
    KubeApiServerOptions,
    KubeControllerManagerOptions,
    KubeSchedulerOptions,
    NodePortRangeOptions,
)
from reference_constructs.eks.control_plane_options import EndpointOptions, RemoteNetworkOptions
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from reference_constructs.eks.outpost_options import OutpostOptions
from tests.support.assertions import properties
from tests.support.eks_synthesis import cluster_template

LEFT_OUT = {
    "ActiveCertificateAuthorityId",
    "CertificateAuthority",
    "Force",
    "KubernetesNetworkConfig.ServiceIpv6Cidr",
    "OutpostConfig.ControlPlanePlacement.SpreadLevel",
    "OutpostConfig.EtcdInstanceType",
    "OutpostConfig.EtcdPlacement",
}
# Stacks have the tags, and a test of one construct has none.
OF_THE_STACK = {"Tags"}
DECISION = Path("docs/adr/0009-eks-on-the-v2-constructs.md")
OFFICE = IPv4Network("192.31.196.0/24")
PLANT = IPv4Network("192.168.0.0/24")
PLANT_PODS = IPv4Network("192.168.1.0/24")
SUBNET = "subnet-0123456789abcdef0"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _known(of: type, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Paths of the properties that the installed CDK knows, those within properties too."""
    for name, parameter in inspect.signature(vars(of)["__init__"]).parameters.items():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        here = (*path, _camel(name))
        nested = re.search(r"CfnCluster\.(\w+Property)", str(parameter.annotation))
        yield ".".join(here)
        if nested:
            yield from _known(getattr(eks.CfnCluster, nested[1]), here)


def _stated(value: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _stated(each, path)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield ".".join((*path, name))
            yield from _stated(part, (*path, name))


def test_every_property_that_the_cdk_knows_is_stated_or_left_out_with_a_reason() -> None:
    templates = (
        cluster_template(
            control_plane_scaling_tier="tier-xl",
            control_plane_egress_mode="CUSTOMER_ROUTED",
            rollback_timeout_minutes=720,
            kube_api_server=KubeApiServerOptions(
                event_ttl_minutes=10, service_node_port_range=NodePortRangeOptions(min_port=30000, max_port=31000)
            ),
            kube_scheduler=KubeSchedulerOptions(resource_weights={"cpu": 1}),
            kube_controller_manager=KubeControllerManagerOptions(
                horizontal_pod_autoscaler_sync_period_seconds=10, terminated_pod_gc_threshold=1
            ),
            remote_networks=RemoteNetworkOptions(node_cidrs=(PLANT,), pod_cidrs=(PLANT_PODS,)),
            endpoint=EndpointOptions(access="public_and_private", public_access_cidrs=(OFFICE,)),
            service_cidr="172.20.0.0/16",
            nodes={"auto": AutoModeOptions()},
        ),
        cluster_template(
            outpost=OutpostOptions(
                arn="arn:aws:outposts:eu-west-1:111122223333:outpost/op-0123456789abcdef0",
                subnet_ids=(SUBNET,),
                control_plane_instance_type="m5.xlarge",
                control_plane_placement_group="spread",
            ),
            kubernetes_version="1.32",
            service_cidr="172.20.0.0/16",
            nodes={
                "floor": SelfManagedNodesOptions(
                    location="outpost", subnet_ids=(SUBNET,), architecture="x86_64", instance_types=("m5.large",)
                )
            },
        ),
    )
    stated = {path for each in templates for path in _stated(properties(each, "AWS::EKS::Cluster"))}
    missing = {each for each in _known(eks.CfnCluster) if each not in stated | OF_THE_STACK}

    assert {each for each in missing if not each.startswith(tuple(f"{parent}." for parent in LEFT_OUT))} == LEFT_OUT


def test_the_reasons_are_in_the_decision() -> None:
    decision = DECISION.read_text()

    assert [each for each in LEFT_OUT if f"`{each.rpartition('.')[2]}`" not in decision] == []
