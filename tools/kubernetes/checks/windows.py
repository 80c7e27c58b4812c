"""Pods of Windows, and labels of nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tools.kubernetes.checks.check import Cluster, Complaint, check

_BUILD: Final = "node.kubernetes.io/windows-build"
# "Windows container version compatibility", Microsoft: a container runs on a host of its own build.
_BUILDS: Final = {"2019": "10.0.17763", "2022": "10.0.20348", "2025": "10.0.26100"}
_OF_IMAGE: Final = re.compile(r"ltsc(20[0-9]{2})")
# "Well-Known Labels, Annotations and Taints", Kubernetes: the names to use are beside them.
_OLD_LABELS: Final = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
}


@check
def windows_pods_say_so(cluster: Cluster) -> Iterator[Complaint]:
    """Pod Security asks for what Windows does not have without `os`; the scheduler asks the selector alone."""
    for pods in cluster.pods:
        if not pods.is_windows:
            continue
        if (pods.spec.get("os") or {}).get("name") != "windows":
            fix = "set os: {name: windows}"
            yield Complaint(pods.owner, (*pods.path, "os"), "the pod does not say os: windows", fix)
        if pods.required_labels().get("kubernetes.io/os") != "windows":
            reason = "the scheduler may give it a node of Linux"
            fix = "state kubernetes.io/os: windows"
            yield Complaint(pods.owner, (*pods.path, "nodeSelector"), reason, fix)


@check
def windows_build_is_that_of_the_image(cluster: Cluster) -> Iterator[Complaint]:
    """The container does not start: "The container operating system does not match the host operating system"."""
    for pods in cluster.pods:
        build = pods.required_labels().get(_BUILD)
        for each in pods.containers if build is not None else ():
            found = _OF_IMAGE.search(str(each.content.get("image", "")))
            wanted = _BUILDS.get(found[1]) if found else None
            if wanted is not None and not str(build).startswith(wanted):
                path = (*pods.path, "nodeSelector", _BUILD)
                reason = f"{each.name} is of the build {wanted}, and the nodes of {build}"
                yield Complaint(pods.owner, path, reason, f"set {_BUILD}: {wanted}, or use another image")


@check
def label_of_the_node_is_not_deprecated(cluster: Cluster) -> Iterator[Complaint]:
    """Kubernetes may drop the old names with any version, and new kinds of nodes do not have them."""
    for pods in cluster.pods:
        keys = [((*pods.path, "nodeSelector", key), key) for key in pods.spec.get("nodeSelector") or {}]
        keys += [
            ((*pods.path, "topologySpreadConstraints", index, "topologyKey"), str(each.get("topologyKey")))
            for index, each in enumerate(pods.spec.get("topologySpreadConstraints") or ())
        ]
        for path, key in keys:
            if key in _OLD_LABELS:
                yield Complaint(pods.owner, path, f"the label {key} is deprecated", f"use {_OLD_LABELS[key]}")
