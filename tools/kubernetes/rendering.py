"""What is applied to the cluster of an environment: its overlay, with the values of the environment."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from manifests.files import manifest_files
from manifests.manifest import ManifestFile, Values
from reference_constructs.registry.upstream_registries import UPSTREAM_HOSTS, cached_registry
from settings import Environment
from tools.kubernetes.kubectl import ProgramError, find, run
from tools.kubernetes.kustomizations import sources_of
from tools.kubernetes.objects import KubernetesObject
from tools.kubernetes.sources import Source

KUBERNETES: Final = Path(__file__).parents[2] / "kubernetes"
_IMAGE: Final = re.compile(r"^\s*(?:- )?image:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_LOCAL: Final = "config.kubernetes.io/local-config"
# What Amazon EKS chooses for services, the first of them beside VPCs of private class A; the tenth address is DNS.
_CLASS_A: Final = IPv4Network("10.0.0.0/8")
_SERVICES_BESIDE_CLASS_A: Final = IPv4Network("172.20.0.0/16")
_SERVICES: Final = IPv4Network("10.100.0.0/16")


class NoOverlayError(Exception):
    """An environment has no overlay."""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """Everything for one environment."""

    objects: list[KubernetesObject]
    """Of the overlay, in the order in which Kustomize prints them."""

    files: list[ManifestFile]
    """Those of `make manifests`: node pools, and values of Helm charts."""

    manifests: list[KubernetesObject]
    """Objects of these files."""

    values: Mapping[str, str]
    """What the overlay was given."""


def render(environment: Environment, outputs: Values, *, folder: Path = KUBERNETES) -> Rendering:
    """Render the overlay of an environment, and its manifests.

    Args:
        environment: The checked environment.
        outputs: Outputs of its stack `eks-cluster`.
        folder: With `overlays/`.

    Raises:
        NoOverlayError: If the environment has none.
    """
    overlay = folder / "overlays" / environment.name
    if not (overlay / "kustomization.yaml").exists():
        raise NoOverlayError(f"{environment.name} has no overlay: write {overlay}/kustomization.yaml")
    values = values_of(environment, outputs)
    text = _build(overlay, folder, environment, values)
    sources = [*sources_of(overlay, folder.parent), *_sources(folder / "values", folder.parent)]
    files = manifest_files(environment, outputs)
    return Rendering(
        objects=[KubernetesObject(each, sources) for each in _documents(text)],
        files=files,
        manifests=list(_manifests(files, environment.name)),
        values=values,
    )


def values_of(environment: Environment, outputs: Values) -> dict[str, str]:
    """What overlays use of an environment, by the names in `kubernetes/values`.

    Args:
        environment: The checked environment.
        outputs: Outputs of its stack `eks-cluster`.
    """
    eks = environment.eks
    services = (eks.service_cidr if eks else None) or _services_beside(environment.network.cidrs)
    return {
        "Environment": environment.name,
        "Region": environment.region,
        "VpcCidr": str(environment.network.cidrs[0]),
        "DnsCidr": f"{services[10]}/32",
        "VpcId": outputs["VpcId"],
        "ClusterArn": _cluster_arn(environment, outputs["ImageCache"]),
        "ImageCache": outputs["ImageCache"],
    }


def _cluster_arn(environment: Environment, image_cache: str) -> str:
    """The account is that of the registry, and so is the partition."""
    account, _, host = image_cache.partition(".")
    partition = "aws-cn" if host.partition("/")[0].endswith(".cn") else "aws"
    partition = "aws-us-gov" if environment.region.startswith("us-gov-") else partition
    return f"arn:{partition}:eks:{environment.region}:{account}:cluster/{environment.name}"


def _services_beside(cidrs: tuple[IPv4Network, ...]) -> IPv4Network:
    """The block that Amazon EKS chooses for services: one that the VPC does not have."""
    return _SERVICES_BESIDE_CLASS_A if any(each.overlaps(_CLASS_A) for each in cidrs) else _SERVICES


def _build(overlay: Path, folder: Path, environment: Environment, values: Mapping[str, str]) -> str:
    kubectl = find("kubectl", prefer_pinned=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".kubernetes-") as root:
        (Path(root) / "values.yaml").write_text(_yaml(_values_map(values)), encoding="utf-8")
        kustomization: dict[str, Any] = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [os.path.relpath(overlay, root), "values.yaml"],
            "components": [os.path.relpath(folder / "values", root)],
            "images": list(_images(folder, environment, values)),
        }
        (Path(root) / "kustomization.yaml").write_text(_yaml(kustomization), encoding="utf-8")
        try:
            return run(kubectl, ["kustomize", root])
        except ProgramError as error:
            raise ProgramError(str(error).replace(root, str(overlay.relative_to(folder.parent)))) from None


def _values_map(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "values", "annotations": {_LOCAL: "true"}},
        "data": dict(values),
    }


def _images(folder: Path, environment: Environment, values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Every image of a public registry, by its name in the cache (docs/adr/0008), or as a copy without a way out.

    A copy is in the repository `<environment>/<path>` of the account, as `registry.repositories` names it.
    """
    host = values["ImageCache"].partition("/")[0]
    images = {image for path in sorted(folder.rglob("*.yaml")) for image in _IMAGE.findall(path.read_text("utf-8"))}
    for name in sorted({_without_tag(each) for each in images if "@" not in each}):
        registry = cached_registry(name, environment.registry.pull_through_cache)
        _, _, path = name.partition("/")
        if registry is not None:
            yield {"name": name, "newName": f"{values['ImageCache']}/{registry}/{path}"}
        elif cached_registry(name, tuple(UPSTREAM_HOSTS)) is not None and environment.network.without_internet:
            yield {"name": name, "newName": f"{host}/{environment.name}/{path}"}


def _without_tag(image: str) -> str:
    head, _, tail = image.rpartition("/")
    return f"{head}/{tail.partition(':')[0]}" if head else tail.partition(":")[0]


def _manifests(files: list[ManifestFile], environment: str) -> Iterator[KubernetesObject]:
    for file in files:
        if not file.path.startswith("helm/"):
            source = Source(f"build/manifests/{environment}/{file.path}", file.text())
            yield from (KubernetesObject(each, [source]) for each in _documents(source.text))


def _sources(folder: Path, root: Path) -> list[Source]:
    return sources_of(folder, root) if (folder / "kustomization.yaml").exists() else []


def _documents(text: str) -> list[dict[str, Any]]:
    return [each for each in YAML(typ="safe", pure=False).load_all(text) if each]


def _yaml(content: Mapping[str, Any]) -> str:
    stream = StringIO()
    YAML(typ="safe").dump(dict(content), stream)
    return stream.getvalue()
