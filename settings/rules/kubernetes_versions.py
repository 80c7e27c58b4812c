"""Rules of the Kubernetes version."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from reference_constructs.eks.kubernetes_values import OLDEST_IN_THE_REGION, KubernetesVersion, minor_version
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning

_KEYS = ("eks.kubernetes_version", "eks.deployed_kubernetes_version")


@rule("Update existing cluster to new Kubernetes version; Rollback cluster to previous Kubernetes version", keys=_KEYS)
def version_is_reached_in_one_step(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS upgrades a cluster by one minor version at a time, and rolls it back by one."""
    if (versions := _minor_versions(environment)) is not None:
        deployed, wanted = versions
        if abs(wanted - deployed) > 1:
            oldest = 0 if environment.eks and environment.eks.outpost else OLDEST_IN_THE_REGION
            nearest = [deployed + step for step in (0, 1, -1) if deployed + step >= oldest]
            near = [version for minor in nearest if _is_allowed(version := f"1.{minor}")]
            because = f'deployed_kubernetes_version is "1.{deployed}"'
            yield Problem(
                path=("eks", "kubernetes_version"),
                value=f"1.{wanted}",
                allowed=f"{listed([json.dumps(each) for each in near], 'or')}, because {because}"
                if near
                else f"no version that is known here, because {because}",
                fix="" if near else "upgrade the cluster by other means first, one minor version at a time",
            )


@warning(
    "Rollback cluster to previous Kubernetes version; Best Practices for Cluster Version Rollback, Amazon EKS",
    keys=_KEYS,
)
def version_rollback_is_in_time(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS rolls back within 7 days of an upgrade, nodes first, and not because a template says so."""
    if (versions := _minor_versions(environment)) is not None:
        deployed, wanted = versions
        if wanted == deployed - 1:
            yield Problem(
                path=("eks", "kubernetes_version"),
                finding=f"the cluster runs 1.{deployed} and would be rolled back to 1.{wanted}",
                fix=f"roll back by hand within 7 days, node groups first, and set deployed_kubernetes_version to "
                f'"1.{wanted}" then: docs/operations.md#eks-cluster',
            )


def _is_allowed(version: str) -> bool:
    try:
        TypeAdapter(KubernetesVersion).validate_python(version)
    except ValidationError:
        return False
    return True


def _minor_versions(environment: Environment) -> tuple[int, int] | None:
    """What runs and what is wanted, if the file says what runs."""
    eks = environment.eks
    if eks is None or eks.deployed_kubernetes_version is None:
        return None
    return minor_version(eks.deployed_kubernetes_version), minor_version(eks.kubernetes_version)
