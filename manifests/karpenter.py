"""Karpenter: values of its Helm chart, and its node pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from manifests.manifest import Chart, Manifest, ManifestFile, Values
from manifests.node_pools import NodeClassKind, network_of, node_pool, requirement
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions, KarpenterPoolOptions
from settings import Environment

CHART: Final = "oci://public.ecr.aws/karpenter/karpenter"
IMAGE: Final = "public.ecr.aws/karpenter/controller"
_CACHED_IMAGE: Final = "ecr-public/karpenter/controller"
_NODE_CLASS: Final = NodeClassKind(group="karpenter.k8s.aws", kind="EC2NodeClass", labels="karpenter.k8s.aws")
# Bottlerocket keeps its own system on the first volume, as `compute/block_devices.py` says.
_BOTTLEROCKET_SYSTEM_GIB: Final = 4


def karpenter_files(environment: Environment, values: Values) -> Iterator[ManifestFile]:
    """The values of the chart, and an EC2NodeClass and a NodePool for each pool."""
    for options in environment.eks.nodes.values() if environment.eks else ():
        if isinstance(options, KarpenterOptions) and environment.eks is not None:
            version = options.version_for(environment.eks.kubernetes_version)
            chart = Chart(release="karpenter", reference=CHART, version=version, namespace="kube-system")
            yield ManifestFile(
                path="helm/karpenter.yaml",
                chart=chart,
                about=[
                    f"Values of the Helm chart of Karpenter {version}, which brings its custom resource definitions:",
                    *chart.command(),
                ],
                documents=[_chart_values(options, version, environment, values)],
            )
            yield ManifestFile(
                path="karpenter.yaml",
                about=["Karpenter: node pools. Apply them after the Helm chart:", "kubectl apply --filename ..."],
                documents=list(_node_pools(options, environment, values)),
            )


def _chart_values(options: KarpenterOptions, version: str, environment: Environment, values: Values) -> Manifest:
    chart: Manifest = {
        "replicas": options.controller_replicas,
        # The role is associated with this service account.
        "serviceAccount": {"name": "karpenter"},
        "settings": {
            "clusterName": environment.name,
            "interruptionQueue": values["KarpenterInterruptionQueue"],
            # Prices and instance profiles are asked for at endpoints that no VPC endpoint leads to.
            "isolatedVPC": environment.network.nat_gateways == "none",
        },
        # "Getting started", karpenter.sh; without them, the controller is the first to be evicted.
        "controller": {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}},
    }
    repository = options.image_repository
    if repository is None and "ecr-public" in environment.registry.pull_through_cache:
        repository = f"{values['ImageCache']}/{_CACHED_IMAGE}"
    if repository is not None:
        # The chart's digest is that of the public image, which a cache cannot be asked for at the first pull.
        chart["controller"]["image"] = {"repository": repository, "tag": version, "digest": ""}
    return chart


def _node_pools(options: KarpenterOptions, environment: Environment, values: Values) -> Iterator[Manifest]:
    for name, pool in options.node_pools.items():
        yield _node_class(name, pool, environment, values)
        yield node_pool(
            name,
            pool,
            _NODE_CLASS,
            expire_after_hours=pool.expire_after_hours,
            requirements=[requirement("kubernetes.io/os", "In", "linux")],
        )


def _node_class(name: str, pool: KarpenterPoolOptions, environment: Environment, values: Values) -> Manifest:
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": name},
        "spec": {
            "amiSelectorTerms": [{"alias": pool.ami_alias}],
            "instanceProfile": values["KarpenterInstanceProfile"],
            **network_of(values),
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpProtocolIPv6": "disabled",
                "httpPutResponseHopLimit": 1,
                "httpTokens": "required",
            },
            "blockDeviceMappings": list(_volumes(pool, environment, values)),
            "detailedMonitoring": True,
            **({"kubelet": {"maxPods": pool.max_pods}} if pool.max_pods is not None else {}),
            "tags": {**environment.resource_tags, "Name": f"{environment.name}-{name}"},
        },
    }


def _volumes(pool: KarpenterPoolOptions, environment: Environment, values: Values) -> Iterator[Manifest]:
    is_bottlerocket = pool.operating_system == "bottlerocket"
    sizes = {"/dev/xvda": _BOTTLEROCKET_SYSTEM_GIB, "/dev/xvdb": pool.volume_gib}
    for device, size in sizes.items() if is_bottlerocket else [("/dev/xvda", pool.volume_gib)]:
        volume = {"volumeSize": f"{size}Gi", "volumeType": "gp3", "encrypted": True, "deleteOnTermination": True}
        if environment.customer_managed_keys:
            volume["kmsKeyID"] = values["VolumeKey"]
        yield {"deviceName": device, "ebs": volume}
