"""Rules of the EKS add-ons. What an add-on requires is in the catalog, which versions are pinned in the table."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.add_ons.add_on_options import can_run
from reference_constructs.eks.add_ons.catalog import CATALOG
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule


@rule("Amazon EKS add-ons", keys=("eks.add_ons.<name>", "eks.nodes"))
def add_on_can_run_on_the_nodes(environment: Environment) -> Iterator[Problem]:
    """Without a node that its pods can run on, the add-on would stay degraded and fail the deployment."""
    if environment.eks is None or not environment.eks.nodes:
        return
    nodes = environment.eks.nodes.values()
    for name in environment.eks.add_ons or {}:
        row = CATALOG[name]
        if not can_run(row, nodes):
            needed = listed(sorted(capability.replace("_", " ") for capability in row.requires))
            possible = [each.name for each in CATALOG.values() if can_run(each, nodes)]
            yield Problem(
                path=("eks", "add_ons", name),
                finding=f"there are no nodes that support {needed}, which {name} requires",
                allowed=listed(possible, "or"),
                fix="remove the add-on, or add nodes that are EC2 instances",
            )


@rule(
    "Amazon EKS add-ons; constructs/reference_constructs/eks/add_ons/versions.py",
    keys=("eks.kubernetes_version", "eks.add_on_versions", "eks.add_ons.<name>.version"),
)
def add_on_versions_are_pinned(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses an add-on version that is not for the Kubernetes version, so none is guessed."""
    eks = environment.eks
    if eks is None or eks.add_on_versions == "default":
        return
    stated = {name for name, add_on in (eks.add_ons or {}).items() if add_on.version is not None}
    installed = {row.name for row in eks.installed_add_ons(eks.nodes.values())} - stated
    unpinned = installed - set(PINNED_VERSIONS.get(eks.kubernetes_version, ()))
    if unpinned:
        complete = [f'"{version}"' for version, pins in PINNED_VERSIONS.items() if installed <= set(pins)]
        yield Problem(
            path=("eks", "kubernetes_version"),
            finding=f"no version of {listed(sorted(unpinned), 'or')} is pinned for Kubernetes {eks.kubernetes_version}",
            allowed=listed(complete, "or") if complete else "",
            fix="state eks.add_ons.<name>.version for each, or set eks.add_on_versions to default",
        )
