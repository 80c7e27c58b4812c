"""Rules of EKS access entries."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.control_plane_options import CHANGES_WORKLOADS, AccessEntryOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule, warning

_ENTRY = "eks.access_entries.<name>"
_PERMISSIONS = ("policy", "policies", "namespaces", "kubernetes_groups", "username")
_GROUPS = (f"{_ENTRY}.kubernetes_groups[]", "eks.delivery_roles.<name>.kubernetes_groups[]")


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


@rule("AccessScope, Amazon EKS API Reference", keys=(f"{_ENTRY}.namespaces[]", f"{_ENTRY}.policies[].namespaces[]"))
def namespace_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses an access scope that has one namespace twice."""
    for path, entry in _entries(environment):
        yield from come_once((*path, "namespaces"), entry.namespaces)
        for index, policy in enumerate(entry.policies):
            yield from come_once((*path, "policies", index, "namespaces"), policy.namespaces)


@rule("AssociateAccessPolicy, Amazon EKS API Reference", keys=(f"{_ENTRY}.policies[].policy", f"{_ENTRY}.policy"))
def access_policy_comes_once(environment: Environment) -> Iterator[Problem]:
    """A policy that is associated again replaces the namespaces of the first association."""
    for path, entry in _entries(environment):
        seen = [entry.policy]
        for index, policy in enumerate(entry.policies):
            if policy.policy in seen:
                yield Problem(
                    path=(*path, "policies", index, "policy"),
                    value=policy.policy,
                    allowed="a policy that the access entry does not have yet",
                    fix="state all namespaces in one place",
                )
            seen.append(policy.policy)


@rule("CreateAccessEntry, Amazon EKS API Reference", keys=_GROUPS)
def kubernetes_group_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a list that has one group twice."""
    for path, groups in _groups(environment):
        yield from come_once(path, groups)


@rule("CreateAccessEntry, Amazon EKS API Reference; Create access entries", keys=_GROUPS)
def kubernetes_group_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses groups of Kubernetes itself, such as system:masters, whose permissions nothing can limit."""
    for path, groups in _groups(environment):
        for index, group in enumerate(groups):
            if group.startswith("system:"):
                yield Problem(
                    path=(*path, index),
                    value=group,
                    allowed="a group that does not begin with system:",
                    fix="use the policy AmazonEKSClusterAdminPolicy" if group == "system:masters" else "",
                )


@rule("AccessScope, Amazon EKS API Reference", keys=(f"{_ENTRY}.namespaces", f"{_ENTRY}.policy"))
def namespaces_are_those_of_a_policy(environment: Environment) -> Iterator[Problem]:
    """Namespaces limit an access policy, and the permissions of groups are not limited by them."""
    for path, entry in _entries(environment):
        if entry.namespaces and entry.policy is None and (entry.policies or entry.kubernetes_groups or entry.username):
            yield Problem(
                path=(*path, "namespaces"),
                finding="there are namespaces, but no policy that they apply to",
                fix="state policy, or namespaces in policies",
            )


@rule(
    "CreateAccessEntry, Amazon EKS API Reference: type",
    keys=(f"{_ENTRY}.type", *(f"{_ENTRY}.{key}" for key in _PERMISSIONS)),
)
def access_entry_of_nodes_has_no_permissions(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS gives nodes what they need, and refuses policies, groups, and names of an entry of their type."""
    for path, entry in _entries(environment):
        stated = [key for key in _PERMISSIONS if getattr(entry, key)]
        if entry.type != "STANDARD" and stated:
            yield Problem(
                path=(*path, stated[0]),
                finding=f"the access entry is of the type {entry.type}",
                fix=f"remove {listed(stated)}, or set type to STANDARD",
            )


@rule("CreateAccessEntry, Amazon EKS API Reference: type", keys=(f"{_ENTRY}.type", f"{_ENTRY}.principal_arn"))
def access_entry_of_nodes_is_for_a_role(environment: Environment) -> Iterator[Problem]:
    """Nodes have a role, and an IAM user can have an access entry of the type STANDARD only."""
    for path, entry in _entries(environment):
        if entry.type != "STANDARD" and ":user/" in entry.principal_arn:
            yield Problem(
                path=(*path, "principal_arn"), value=entry.principal_arn, allowed=f"a role, since type is {entry.type}"
            )


@rule("Create access entries, Amazon EKS User Guide", keys=(f"{_ENTRY}.type", f"{_ENTRY}.principal_arn", "account"))
def access_entry_of_nodes_is_of_the_account(environment: Environment) -> Iterator[Problem]:
    """Only an access entry of the type STANDARD can be for a principal of another account."""
    for path, entry in _entries(environment) if environment.account else ():
        if entry.type != "STANDARD" and entry.principal_arn.split(":")[4] != environment.account:
            yield Problem(
                path=(*path, "principal_arn"),
                value=entry.principal_arn,
                allowed=f"a role of the account {environment.account}, since type is {entry.type}",
            )


@warning("Create access entries, Amazon EKS User Guide: username", keys=(f"{_ENTRY}.username",))
def username_of_a_role_has_its_session(environment: Environment) -> Iterator[Problem]:
    """Everybody who assumes the role has one name, so that the audit log does not say who did something."""
    for path, entry in _entries(environment):
        if entry.username and ":role/" in entry.principal_arn and "{{SessionName}}" not in entry.username:
            yield Problem(
                path=(*path, "username"),
                finding=f"the name is {entry.username} for every session of the role",
                fix=f"set it to {entry.username}:{{{{SessionName}}}}, or acknowledge that one program has the role",
            )


@warning(
    "Review access policy permissions, Amazon EKS User Guide",
    keys=(f"{_ENTRY}.policy", f"{_ENTRY}.namespaces", f"{_ENTRY}.policies[].policy"),
)
def changes_of_workloads_are_in_namespaces(environment: Environment) -> Iterator[Problem]:
    """In the whole cluster, it includes kube-system, whose pods have the roles of the network and of storage."""
    for path, entry in _entries(environment):
        places: list[tuple[KeyPath, str | None, tuple[str, ...]]] = [(("policy",), entry.policy, entry.namespaces)]
        places += [
            (("policies", index, "policy"), each.policy, each.namespaces) for index, each in enumerate(entry.policies)
        ]
        for place, policy, namespaces in places:
            if policy in CHANGES_WORKLOADS and not namespaces:
                yield Problem(
                    path=(*path, *place),
                    finding=f"{policy} applies to every namespace",
                    fix="state namespaces, or acknowledge that the principal administers the cluster",
                )


def _entries(environment: Environment) -> Iterator[tuple[KeyPath, AccessEntryOptions]]:
    for name, entry in (environment.eks.access_entries if environment.eks else {}).items():
        yield ("eks", "access_entries", name), entry


def _groups(environment: Environment) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
    for path, entry in _entries(environment):
        yield (*path, "kubernetes_groups"), entry.kubernetes_groups
    for name, role in (environment.eks.delivery_roles if environment.eks else {}).items():
        yield ("eks", "delivery_roles", name, "kubernetes_groups"), role.kubernetes_groups
