"""Rules of the Kubernetes version."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule


@rule(
    "Update existing cluster to new Kubernetes version, Amazon EKS User Guide",
    keys=("eks.kubernetes_version", "eks.deployed_kubernetes_version"),
)
def upgrade_is_one_minor_version(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS upgrades a cluster by one minor version at a time, and does not downgrade it."""
    if environment.eks is None or environment.eks.deployed_kubernetes_version is None:
        return
    deployed = int(environment.eks.deployed_kubernetes_version.partition(".")[2])
    wanted = int(environment.eks.kubernetes_version.partition(".")[2])
    if wanted not in (deployed, deployed + 1):
        yield Problem(
            path=("eks", "kubernetes_version"),
            value=environment.eks.kubernetes_version,
            allowed=f'"1.{deployed}" or "1.{deployed + 1}", because deployed_kubernetes_version is "1.{deployed}"',
        )
