"""Rules of where, and in which Kubernetes version, Amazon EKS has local clusters on AWS Outposts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.kubernetes_values import LATEST_ON_AN_OUTPOST, OLDEST_IN_THE_REGION, minor_version
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import local_cluster

_VERSIONS: Final = "Learn Kubernetes and Amazon EKS platform versions for AWS Outposts"
_OUTPOST: Final = "eks.outpost"
# "Create local Amazon EKS clusters on AWS Outposts for high availability", read in November 2026.
_REGIONS: Final = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "me-south-1"),
        *("eu-central-1", "eu-west-1", "eu-west-2"),
        *("ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2"),
    }
)


@rule(f"Amazon EKS Kubernetes versions; {_VERSIONS}", keys=("eks.kubernetes_version", _OUTPOST))
def older_version_is_of_a_local_cluster(environment: Environment) -> Iterator[Problem]:
    """Standard support of the version has ended in the Region; local clusters on Outposts follow later."""
    eks = environment.eks
    if eks is not None and eks.outpost is None and minor_version(eks.kubernetes_version) < OLDEST_IN_THE_REGION:
        yield Problem(
            path=("eks", "kubernetes_version"),
            value=eks.kubernetes_version,
            allowed=f'"1.{OLDEST_IN_THE_REGION}" or later, because there is no eks.outpost',
        )


@warning(_VERSIONS, keys=("eks.kubernetes_version", _OUTPOST))
def version_is_listed_for_local_clusters(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses to create a local cluster of a version that has no platform version for Outposts yet."""
    eks = local_cluster(environment)
    if eks is not None and minor_version(eks.kubernetes_version) > LATEST_ON_AN_OUTPOST:
        yield Problem(
            path=("eks", "kubernetes_version"),
            finding=f"the latest version that AWS listed for local clusters in November 2026 is "
            f"1.{LATEST_ON_AN_OUTPOST}, and this is {eks.kubernetes_version}",
            fix=f'use "1.{LATEST_ON_AN_OUTPOST}", or acknowledge that the page lists this one',
        )


@warning(
    "Create local Amazon EKS clusters on AWS Outposts for high availability: supported AWS Regions",
    keys=("region", _OUTPOST),
)
def region_is_listed_for_local_clusters(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS creates local clusters in some Regions only."""
    if local_cluster(environment) is not None and environment.region not in _REGIONS:
        yield Problem(
            path=("region",),
            finding=f"AWS did not list {environment.region} for local clusters in November 2026, and there is an "
            "eks.outpost",
            fix="use the Region of an Outpost that is listed, or acknowledge that the page lists this one",
        )
