"""Pod Security Standards, Kubernetes: the level `restricted`, control by control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.objects import Container, Pods

_VOLUMES: Final = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_SECCOMP: Final = ("RuntimeDefault", "Localhost")
_LEVEL: Final = "pod-security.kubernetes.io/enforce"


@check
def namespace_enforces_restricted(cluster: Cluster) -> Iterator[Complaint]:
    """Without the label, a pod that is not restricted is admitted."""
    for each in cluster.of_kind("Namespace"):
        if each.labels.get(_LEVEL) != "restricted":
            path = ("metadata", "labels", _LEVEL)
            yield Complaint(each, path, "its pods may be anything", f"set the label {_LEVEL} to restricted")


@check
def pod_has_namespaces_of_its_own(cluster: Cluster) -> Iterator[Complaint]:
    """In those of the node, it sees the processes of the node, and reaches its metadata service."""
    for pods in cluster.pods:
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pods.spec.get(key):
                yield Complaint(pods.owner, (*pods.path, key), f"{key} is true", f"remove {key}")


@check
def container_is_not_privileged(cluster: Cluster) -> Iterator[Complaint]:
    """A privileged container is root on the node."""
    for pods, each in _containers(cluster):
        for key in ("privileged",):
            if each.security.get(key):
                yield _of(pods, each, key, "the container is privileged", "remove privileged")
        if ((each.security.get("windowsOptions") or pods.security.get("windowsOptions")) or {}).get("hostProcess"):
            yield _of(pods, each, "windowsOptions", "the container is a process of the host", "remove hostProcess")


@check
def container_does_not_gain_privileges(cluster: Cluster) -> Iterator[Complaint]:
    """A program with the setuid bit would have more rights than the container."""
    for pods, each in _linux_containers(cluster):
        if each.security.get("allowPrivilegeEscalation") is not False:
            key = "allowPrivilegeEscalation"
            yield _of(pods, each, key, "the container can gain privileges", f"set {key}: false")


@check
def container_drops_capabilities(cluster: Cluster) -> Iterator[Complaint]:
    """Those that the runtime gives include raw sockets and the change of owners."""
    for pods, each in _linux_containers(cluster):
        capabilities = each.security.get("capabilities") or {}
        if "ALL" not in (capabilities.get("drop") or ()):
            yield _of(pods, each, "capabilities", "the container keeps Linux capabilities", "set drop: [ALL]")
        if set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
            yield _of(pods, each, "capabilities", "the container adds capabilities", "add NET_BIND_SERVICE at most")


@check
def container_runs_as_non_root(cluster: Cluster) -> Iterator[Complaint]:
    """Root in the container is root on the node after an escape."""
    for pods, each in _containers(cluster):
        if not each.security.get("runAsNonRoot", pods.security.get("runAsNonRoot")):
            yield _of(pods, each, "runAsNonRoot", "the container can run as root", "set runAsNonRoot: true")
        if each.security.get("runAsUser", pods.security.get("runAsUser")) == 0:
            yield _of(pods, each, "runAsUser", "the container runs as user 0", "set another runAsUser, such as 65532")


@check
def container_has_a_seccomp_profile(cluster: Cluster) -> Iterator[Complaint]:
    """Without one, the container can make every system call."""
    for pods, each in _linux_containers(cluster):
        profile = each.security.get("seccompProfile") or pods.security.get("seccompProfile") or {}
        if profile.get("type") not in _SECCOMP:
            fix = "set seccompProfile: {type: RuntimeDefault} in the securityContext of the pod"
            yield _of(pods, each, "seccompProfile", "the container has no seccomp profile", fix)


@check
def container_uses_no_host_port(cluster: Cluster) -> Iterator[Complaint]:
    """One pod on each node can have it, and network policies do not hold it."""
    for pods, each in _containers(cluster):
        for index, port in enumerate(each.content.get("ports") or ()):
            if port.get("hostPort"):
                path = (*each.path, "ports", index, "hostPort")
                yield Complaint(pods.owner, path, "the port is one of the node", "remove hostPort; make a Service")


@check
def volume_is_of_an_allowed_kind(cluster: Cluster) -> Iterator[Complaint]:
    """A path of the node gives away the node; drivers of other kinds are gone from Kubernetes."""
    for pods in cluster.pods:
        for index, volume in enumerate(pods.volumes):
            for kind in set(volume) - {"name"} - _VOLUMES:
                path = (*pods.path, "volumes", index, kind)
                yield Complaint(pods.owner, path, f"the volume is a {kind}", "use a claim, or an emptyDir")


@check
def kernel_settings_are_the_default(cluster: Cluster) -> Iterator[Complaint]:
    """They weaken what separates containers, or change the node for all of its pods."""
    for pods in cluster.pods:
        if pods.security.get("sysctls"):
            path = (*pods.path, "securityContext", "sysctls")
            yield Complaint(pods.owner, path, "the pod sets kernel parameters", "remove sysctls")
    for pods, each in _linux_containers(cluster):
        if each.security.get("procMount", "Default") != "Default":
            yield _of(pods, each, "procMount", "/proc of the container is not masked", "remove procMount")
        profile = each.security.get("appArmorProfile") or pods.security.get("appArmorProfile") or {}
        if profile.get("type") == "Unconfined":
            yield _of(pods, each, "appArmorProfile", "AppArmor does not confine the container", "use RuntimeDefault")


def _containers(cluster: Cluster) -> Iterator[tuple[Pods, Container]]:
    yield from ((pods, each) for pods in cluster.pods for each in pods.containers)


def _linux_containers(cluster: Cluster) -> Iterator[tuple[Pods, Container]]:
    yield from ((pods, each) for pods, each in _containers(cluster) if not pods.is_windows)


def _of(pods: Pods, container: Container, key: str, reason: str, fix: str) -> Complaint:
    """Where the container says it, or the pod for all of its containers."""
    is_of_pod = key not in container.security and key in pods.security
    path = (*(pods.path if is_of_pod else container.path), "securityContext", key)
    return Complaint(pods.owner, path, f"{container.name}: {reason}", fix)
