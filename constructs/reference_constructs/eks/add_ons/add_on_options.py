"""Options of the EKS add-ons of a cluster."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.add_ons.pods import NAMESPACE
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.options import Options, in_words


def _in_the_catalog(name: str) -> str:
    if name not in CATALOG:
        raise ValueError(f"one of {', '.join(CATALOG)}")
    return name


AddOnName = Annotated[str, AfterValidator(_in_the_catalog), Field(json_schema_extra={"enum": list(CATALOG)})]


class AddOnOptions(Options):
    """EKS add-on. Without any key (`{}`), it has the version and the configuration values of the catalog."""

    version: (
        Annotated[
            str,
            Field(
                pattern=r"^v\d+\.\d+\.\d+-eksbuild\.\d+$",
                examples=["v1.14.3-eksbuild.23"],
                json_schema_extra=in_words("version of an EKS add-on, including the EKS build"),
            ),
        ]
        | None
    ) = None
    """Version to install. With `null`, `add_on_versions` decides."""

    configuration: dict[str, JsonValue] = {}
    """Configuration values of the add-on (`ConfigurationValues`). Each top-level key replaces the default value of that
    key."""


class AddOnsOptions(Options):
    """EKS add-ons of a cluster."""

    add_ons: dict[AddOnName, AddOnOptions] | None = None
    """EKS add-ons to install in addition to those that are always installed, by name. With `null`, the add-ons that the
    catalog marks *by default* are installed."""

    add_on_versions: Literal["pinned", "default"] = "pinned"
    """Versions of add-ons without a `version`. `pinned`: the versions in the catalog, so that the same commit installs
    the same software. `default`: the default version that Amazon EKS has for the Kubernetes version at the time of the
    deployment."""

    @property
    def network_settings(self) -> Mapping[str, str]:
        """Environment variables of the VPC CNI that are stated, such as `WARM_IP_TARGET`."""
        stated = (self.add_ons or {}).get("vpc-cni")
        variables = stated.configuration.get("env") if stated else None
        return {name: str(value) for name, value in variables.items()} if isinstance(variables, dict) else {}

    @property
    def gives_pods_network_interfaces(self) -> bool:
        """Whether pods can have security groups of their own ("Assign security groups to individual Pods")."""
        return self.network_settings.get("ENABLE_POD_ENI", "").lower() in ("1", "t", "true")

    def installed_add_ons(self, nodes: Collection[NodeOptions]) -> list[AddOn]:
        """The rows of the catalog to install in a cluster with these nodes, in the order of the catalog."""
        return [row for row in CATALOG.values() if self._is_wanted(row) and can_run(row, nodes)]

    def _is_wanted(self, row: AddOn) -> bool:
        if row.installed == "always" or (self.add_ons is None and row.installed == "by_default"):
            return True
        return self.add_ons is not None and row.name in self.add_ons

    def version_of(self, row: AddOn, kubernetes_version: str) -> str | None:
        """The version to install; None leaves it to EKS.

        Raises:
            ValueError: If none is pinned for the Kubernetes version; a guess would fail in the middle of a deployment.
        """
        stated = (self.add_ons or {}).get(row.name)
        if stated is not None and stated.version is not None:
            return stated.version
        if self.add_on_versions == "default":
            return None
        if row.name not in PINNED_VERSIONS.get(kubernetes_version, {}):
            raise ValueError(
                f"no version of {row.name} is pinned for Kubernetes {kubernetes_version}, only for "
                f"{', '.join(PINNED_VERSIONS)}: add it to versions.py, state a version, or set add_on_versions: default"
            )
        return PINNED_VERSIONS[kubernetes_version][row.name]

    def configuration_of(self, row: AddOn, nodes: Collection[NodeOptions]) -> dict[str, object]:
        """The configuration values: those of the catalog, replaced key by key by what is stated.

        Args:
            row: The add-on.
            nodes: All nodes of the cluster, among which may be Fargate profiles that take its pods.
        """
        default = row.configuration
        if row.fargate_configuration is not None and _runs_on_fargate(row, nodes):
            default = row.fargate_configuration
        if any(isinstance(each, HybridNodesOptions) for each in nodes):
            default = {**default, **row.hybrid_configuration}
        if _has_windows_nodes(nodes):
            default = {**default, **row.windows_configuration}
        stated = (self.add_ons or {}).get(row.name)
        return {**default, **(stated.configuration if stated else {})}


def can_run(row: AddOn, nodes: Collection[NodeOptions]) -> bool:
    """Whether some node supports all that an add-on requires.

    What nodes wait for is installed for Windows nodes too, though its pods are of Linux: the VPC CNI plugin configures
    their addresses, and Linux nodes that come later find all of it.
    """
    if row.before_nodes and _has_windows_nodes(nodes):
        return True
    return any(row.requires <= each.capabilities for each in nodes)


def _has_windows_nodes(nodes: Collection[NodeOptions]) -> bool:
    return any("windows_pods" in each.capabilities for each in nodes)


def _runs_on_fargate(row: AddOn, nodes: Collection[NodeOptions]) -> bool:
    """Because there is nothing else, or because profiles take its pods from the other nodes."""
    if not any("daemon_sets" in each.capabilities for each in nodes):
        return True
    return bool(row.pods) and all(any(each.takes(NAMESPACE, pods.labels) for each in nodes) for pods in row.pods)
