"""Options of the EKS add-ons of a cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn, Permission
from reference_constructs.eks.add_ons.pods import NAMESPACE
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from reference_constructs.eks.kubernetes_values import NamespaceName, ServiceAccountName
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.eks.nodes.node_values import TagValue
from reference_constructs.options import Options, in_words
from reference_constructs.security.policy_statement_options import (
    MOST_MANAGED_POLICIES,
    PolicyStatementOptions,
)
from reference_constructs.value_types import ManagedPolicyArn, TagKey

AddOnName = Annotated[
    str,
    Field(
        # CreateAddon, Amazon EKS API Reference, names no pattern; all names that there are fit, those of AWS
        # Marketplace too, such as `datadog_operator`.
        pattern=r"^[a-z0-9]([a-z0-9_-]{0,98}[a-z0-9])?$",
        examples=list(CATALOG),
        json_schema_extra=in_words("name of an EKS add-on: lowercase letters, digits, hyphens, and underscores"),
    ),
]


@dataclass(frozen=True, kw_only=True)
class AddOnRole:
    """What a role of an add-on is for, and what it may do."""

    namespace: str
    service_account: str
    policies: tuple[str, ...]
    """Names of AWS managed policies, from the catalog."""

    permissions: tuple[Permission, ...]
    """Statements from the catalog."""

    policy_arns: tuple[str, ...]
    """Managed policies that the options state."""

    statements: tuple[PolicyStatementOptions, ...]
    """Statements that the options state."""


class AddOnOptions(Options):
    """EKS add-on. Without any key (`{}`), it has what the catalog says; one that is not in it has what keys state."""

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
    """Version to install. With `null`, `add_on_versions` decides. An add-on that is not in the catalog requires it,
    unless `add_on_versions` is `default`."""

    configuration: dict[str, JsonValue] = {}
    """Configuration values of the add-on (`ConfigurationValues`). Each top-level key replaces the default value of that
    key."""

    namespace: NamespaceName | None = None
    """Kubernetes namespace of the service account, for an add-on that is not in the catalog. With `null`, it is that of
    the catalog, or `kube-system`."""

    service_account: ServiceAccountName | None = None
    """Kubernetes service account of the add-on, which gets a role by EKS Pod Identity. With `null`, it is that of the
    catalog, if the add-on has one there."""

    policy_arns: Annotated[tuple[ManagedPolicyArn, ...], Field(max_length=MOST_MANAGED_POLICIES)] | None = None
    """ARNs of the managed policies of the role. With `null`, they are those of the catalog."""

    statements: tuple[PolicyStatementOptions, ...] | None = None
    """Statements of a further policy of the role, such as access to the buckets that the Mountpoint for Amazon S3 CSI
    driver mounts. With `null`, they are those of the catalog, if it has any."""

    tags: dict[TagKey, TagValue] = {}
    """Tags of the EKS add-on, in addition to those of the environment."""


class AddOnsOptions(Options):
    """EKS add-ons of a cluster."""

    add_ons: dict[AddOnName, AddOnOptions] | None = None
    """EKS add-ons to install in addition to those that are always installed, by name. With `null`, the add-ons that the
    catalog marks *by default* are installed. Add-ons that are not in the catalog can be listed too."""

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

    def add_on(self, name: str) -> AddOn:
        """The row of an add-on: that of the catalog, or one that is made of what is stated.

        Args:
            name: Name of the add-on.
        """
        if name in CATALOG:
            return CATALOG[name]
        stated = (self.add_ons or {}).get(name)
        if stated is None or stated.service_account is None:
            return AddOn(name=name)
        return AddOn(
            name=name,
            namespace=stated.namespace or NAMESPACE,
            service_account=stated.service_account,
            requires=frozenset({"pod_identity"}),
        )

    @property
    def gives_pods_network_interfaces(self) -> bool:
        """Whether pods can have security groups of their own ("Assign security groups to individual Pods")."""
        return self.network_settings.get("ENABLE_POD_ENI", "").lower() in ("1", "t", "true")

    def installed_add_ons(self, nodes: Collection[NodeOptions]) -> list[AddOn]:
        """The add-ons to install in a cluster with these nodes: in the order of the catalog, then all others."""
        rows = [*CATALOG.values(), *(self.add_on(name) for name in self.add_ons or () if name not in CATALOG)]
        at_creation = [each for each in nodes if each.is_ready_at_creation]
        return [
            row
            for row in rows
            if can_run(row, at_creation if self._is_wanted_by_default(row) and not self._is_stated(row) else nodes)
            and (self._is_wanted_by_default(row) or self._is_stated(row))
        ]

    def _is_wanted_by_default(self, row: AddOn) -> bool:
        return row.installed == "always" or (self.add_ons is None and row.installed == "by_default")

    def _is_stated(self, row: AddOn) -> bool:
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

    def role_of(self, row: AddOn, *, has_policies: bool = False) -> AddOnRole | None:
        """The role of an add-on; None if it has no service account, or there is nothing that it may do.

        Args:
            row: The add-on.
            has_policies: Whether it may do something that neither the catalog nor the options say.
        """
        stated = (self.add_ons or {}).get(row.name) or AddOnOptions()
        service_account = stated.service_account or row.service_account
        if service_account is None:
            return None
        role = AddOnRole(
            namespace=row.namespace,
            service_account=service_account,
            policies=row.policies if stated.policy_arns is None else (),
            permissions=row.permissions if stated.statements is None else (),
            policy_arns=stated.policy_arns or (),
            statements=stated.statements or (),
        )
        return role if any((has_policies, role.policies, role.permissions, role.policy_arns, role.statements)) else None

    def add_on_roles(self, nodes: Collection[NodeOptions]) -> Iterator[tuple[AddOn, AddOnRole]]:
        """The roles of the add-ons that are installed in a cluster with these nodes."""
        for row in self.installed_add_ons(nodes):
            if (role := self.role_of(row)) is not None:
                yield row, role


def can_run(row: AddOn, nodes: Collection[NodeOptions]) -> bool:
    """Whether some node supports all that an add-on requires, and does not do its work by itself.

    What nodes wait for is installed for Windows nodes too, though its pods are of Linux: the VPC CNI plugin configures
    their addresses, and Linux nodes that come later find all of it.
    """
    if row.before_nodes and _has_windows_nodes(nodes):
        return True
    return any(row.requires <= each.capabilities and row.name not in each.built_in_add_ons for each in nodes)


def _has_windows_nodes(nodes: Collection[NodeOptions]) -> bool:
    return any("windows_pods" in each.capabilities for each in nodes)


def _runs_on_fargate(row: AddOn, nodes: Collection[NodeOptions]) -> bool:
    """Because there is nothing else, or because profiles take its pods from the other nodes."""
    if not any("daemon_sets" in each.capabilities and each.is_ready_at_creation for each in nodes):
        return True
    return bool(row.pods) and all(any(each.takes(row.namespace, pods.labels) for each in nodes) for pods in row.pods)
