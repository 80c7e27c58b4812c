"""Rules of EKS access entries."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.registry.ecr_image import partition
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule

_ENTRY = "eks.access_entries.<name>"


@rule("CreateAccessEntry, Amazon EKS API Reference", keys=(f"{_ENTRY}.principal_arn",))
def principal_has_one_access_entry(environment: Environment) -> Iterator[Problem]:
    """A cluster has one access entry for each IAM principal; a second one fails."""
    owners: dict[str, str] = {}
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        owner = owners.setdefault(entry.principal_arn, name)
        if owner != name:
            yield Problem(
                path=("eks", "access_entries", name, "principal_arn"),
                value=entry.principal_arn,
                allowed=f"a principal other than that of access entry {owner}",
            )


@rule(
    "CreateAccessEntry, Amazon EKS API Reference; Amazon Resource Names: partitions", keys=(f"{_ENTRY}.principal_arn",)
)
def principal_is_in_the_partition(environment: Environment) -> Iterator[Problem]:
    """An IAM principal exists in one partition of AWS, and no cluster of another can have an access entry for it."""
    expected = partition(environment.region)
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        if entry.principal_arn.split(":")[1] != expected:
            yield Problem(
                path=("eks", "access_entries", name, "principal_arn"),
                value=entry.principal_arn,
                allowed=f"an ARN that begins with arn:{expected}:, as those of {environment.region} do",
            )


@rule("AccessScope, Amazon EKS API Reference", keys=(f"{_ENTRY}.namespaces[]",))
def namespace_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses an access scope that has one namespace twice."""
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        yield from come_once(("eks", "access_entries", name, "namespaces"), entry.namespaces)
