"""Rules of EKS access entries."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.control_plane_options import CHANGES_WORKLOADS
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule, warning

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
    "CreateAccessEntry, Amazon EKS API Reference; terraform-provider-aws issue 36447", keys=(f"{_ENTRY}.principal_arn",)
)
def principal_is_no_service_linked_role(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses an access entry for a role that is linked to a service."""
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        if ":role/aws-service-role/" in entry.principal_arn:
            yield Problem(
                path=("eks", "access_entries", name, "principal_arn"),
                value=entry.principal_arn,
                allowed="an IAM user, or a role that is not linked to a service",
            )


@rule("AccessScope, Amazon EKS API Reference", keys=(f"{_ENTRY}.namespaces[]",))
def namespace_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses an access scope that has one namespace twice."""
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        yield from come_once(("eks", "access_entries", name, "namespaces"), entry.namespaces)


@warning("Review access policy permissions, Amazon EKS User Guide", keys=(f"{_ENTRY}.policy", f"{_ENTRY}.namespaces"))
def changes_of_workloads_are_in_namespaces(environment: Environment) -> Iterator[Problem]:
    """In the whole cluster, it includes kube-system, whose pods have the roles of the network and of storage."""
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        if entry.policy in CHANGES_WORKLOADS and not entry.namespaces:
            yield Problem(
                path=("eks", "access_entries", name, "policy"),
                finding=f"{entry.policy} applies to every namespace",
                fix="state namespaces, or acknowledge that the principal administers the cluster",
            )
