"""Images, resources, probes, and file systems of containers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reference_constructs.registry.upstream_registries import UPSTREAM_HOSTS, cached_registry
from tools.kubernetes.checks.check import Cluster, Complaint, check
from tools.kubernetes.objects import Container

_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")
_MOVING_TAGS: Final = ("latest", "stable", "edge", "main", "master", "nightly")
_ECR: Final = re.compile(r"^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")
# Amazon ECR has no pull-through cache for these: "Sync an upstream registry with an Amazon ECR private registry".
_WITHOUT_CACHE: Final = ("mcr.microsoft.com",)
_SECRET_NAMES: Final = re.compile(r"PASSWORD|SECRET|TOKEN|PRIVATE_KEY|API_KEY|ACCESS_KEY", re.IGNORECASE)
_SECRET_VALUES: Final = re.compile(r"^(AKIA|ASIA)[A-Z0-9]{16}$|-----BEGIN |^gh[pousr]_[A-Za-z0-9]{36}|^xox[bp]-")


@check
def image_is_pinned(cluster: Cluster) -> Iterator[Complaint]:
    """A tag that moves is another program on the next node."""
    for pods in cluster.pods:
        for each in pods.containers:
            image = str(each.content.get("image", ""))
            tag = image.rpartition("/")[2].partition(":")[2]
            is_moving = not tag or tag in _MOVING_TAGS or not any(letter.isdigit() for letter in tag)
            if not _DIGEST.search(image) and is_moving:
                path = (*each.path, "image")
                yield Complaint(
                    pods.owner, path, f"{image} can become another image", "state a full version or a digest"
                )


@check
def image_comes_through_the_cache(cluster: Cluster) -> Iterator[Complaint]:
    """Public registries throttle, fail, and cannot be reached from a network without a way to the internet."""
    caches = cluster.environment.registry.pull_through_cache
    for pods in cluster.pods:
        for each in pods.containers:
            image = str(each.content.get("image", ""))
            if _ECR.match(image) or image.startswith(_WITHOUT_CACHE) or ("@" in image and _is_cacheable(image)):
                continue
            hosts = ", ".join(UPSTREAM_HOSTS[name] for name in caches) or "none"
            reason = f"{image} comes neither through a cache ({hosts}) nor from a repository of the account"
            yield Complaint(
                pods.owner, (*each.path, "image"), reason, "use an image that does, or copy it to Amazon ECR"
            )


def _is_cacheable(image: str) -> bool:
    return cached_registry(image.partition("@")[0], tuple(UPSTREAM_HOSTS)) is not None


@check
def image_is_pulled_for_a_tag_once(cluster: Cluster) -> Iterator[Complaint]:
    """Tags of the cache do not move, so that pulling them again costs a start and gains nothing."""
    for pods in cluster.pods:
        for each in pods.containers:
            if each.content.get("imagePullPolicy") == "Always":
                path = (*each.path, "imagePullPolicy")
                yield Complaint(pods.owner, path, "the image is looked for at every start", "remove imagePullPolicy")


@check
def container_states_requests_and_limits(cluster: Cluster) -> Iterator[Complaint]:
    """Without requests, the scheduler packs nodes until they fail; without limits, one pod takes the node down."""
    for pods in cluster.pods:
        for each in pods.containers:
            for kind in ("requests", "limits"):
                for resource in ("cpu", "memory"):
                    if each.amount(kind, resource) is None:
                        path = (*each.path, "resources", kind, resource)
                        reason = f"{each.name} has no {resource} in {kind}"
                        yield Complaint(pods.owner, path, reason, f"state resources.{kind}.{resource}")


@check
def request_is_within_the_limit(cluster: Cluster) -> Iterator[Complaint]:
    """The API server refuses it."""
    for pods in cluster.pods:
        for each in pods.containers:
            for resource in ("cpu", "memory"):
                asked, most = each.amount("requests", resource), each.amount("limits", resource)
                if asked is not None and most is not None and asked > most:
                    path = (*each.path, "resources", "requests", resource)
                    yield Complaint(pods.owner, path, f"the request exceeds the limit of {resource}", "raise the limit")


@check
def container_has_probes(cluster: Cluster) -> Iterator[Complaint]:
    """A roll-out goes on to the next pod before this one answers, and one that hangs stays."""
    for pods in cluster.pods:
        if pods.owner.kind not in ("Deployment", "StatefulSet", "DaemonSet"):
            continue
        for each in pods.containers:
            for probe in _wanted_probes(each):
                if not each.content.get(probe):
                    reason = f"{each.name} has no {probe}"
                    yield Complaint(pods.owner, (*each.path, probe), reason, f"add a {probe}")


def _wanted_probes(container: Container) -> tuple[str, ...]:
    if container.is_init:
        return ("startupProbe",) if container.is_sidecar else ()
    return ("readinessProbe", "livenessProbe") if container.content.get("ports") else ("livenessProbe",)


@check
def probe_asks_a_port_of_the_container(cluster: Cluster) -> Iterator[Complaint]:
    """A probe of a port that is not there fails for ever."""
    for pods in cluster.pods:
        for each in pods.containers:
            ports = each.content.get("ports") or ()
            known = {port.get("name") for port in ports} | {port.get("containerPort") for port in ports}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                content = each.content.get(probe) or {}
                for way in ("httpGet", "tcpSocket", "grpc"):
                    port = (content.get(way) or {}).get("port")
                    if port is not None and port not in known:
                        path = (*each.path, probe, way, "port")
                        reason = f"{each.name} has no port {port}"
                        yield Complaint(pods.owner, path, reason, "name a port of the container")


@check
def root_file_system_is_read_only(cluster: Cluster) -> Iterator[Complaint]:
    """What an attacker writes there runs next."""
    for pods in cluster.pods:
        for each in pods.containers if not pods.is_windows else ():
            if each.security.get("readOnlyRootFilesystem") is not True:
                path = (*each.path, "securityContext", "readOnlyRootFilesystem")
                reason = f"{each.name} can write to its root file system"
                yield Complaint(pods.owner, path, reason, "set it to true, and mount an emptyDir where it writes")


@check
def secret_is_not_in_the_manifest(cluster: Cluster) -> Iterator[Complaint]:
    """Whoever reads the repository has it."""
    for pods in cluster.pods:
        for each in pods.containers:
            for index, variable in enumerate(each.content.get("env") or ()):
                value = str(variable.get("value") or "")
                if _SECRET_VALUES.search(value) or (value and _SECRET_NAMES.search(str(variable.get("name")))):
                    path = (*each.path, "env", index, "value")
                    reason = f"{variable.get('name')} is a secret"
                    yield Complaint(pods.owner, path, reason, "read it from AWS Secrets Manager with a role of the pod")
    for secret in cluster.of_kind("Secret"):
        if (
            secret.document.get("data") or secret.document.get("stringData")
        ) and "argocd.argoproj.io/secret-type" not in (secret.labels):
            path = ("data" if secret.document.get("data") else "stringData",)
            fix = "mount it with the Secrets Store CSI Driver, or let the application read it"
            yield Complaint(secret, path, "the values of the secret are in the manifest", fix)


@check
def empty_directory_has_a_size(cluster: Cluster) -> Iterator[Complaint]:
    """It fills the disk of the node, and other pods are evicted for it."""
    for pods in cluster.pods:
        for index, volume in enumerate(pods.volumes):
            if "emptyDir" in volume and not (volume["emptyDir"] or {}).get("sizeLimit"):
                path = (*pods.path, "volumes", index, "emptyDir")
                yield Complaint(pods.owner, path, f"{volume['name']} has no limit", "state emptyDir.sizeLimit")
