"""Rules of EKS capabilities."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.capability_options import ArgoCdOptions, CapabilitiesOptions
from reference_constructs.eks.control_plane_options import CHANGES_WORKLOADS
from settings.environment import Environment
from settings.policies import capabilities
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule, warning

_POLICIES = tuple(f"eks.capabilities.{name}.access_policies" for name in CapabilitiesOptions.model_fields)
_ROLES = ("admins", "editors", "viewers")
_ARGO_CD = "eks.capabilities.argocd"


@rule("AssociateAccessPolicy, Amazon EKS API Reference", keys=_POLICIES)
def access_policy_of_a_capability_comes_once(environment: Environment) -> Iterator[Problem]:
    """A policy that is associated again replaces the namespaces of the first association."""
    for path, capability in capabilities(environment):
        yield from come_once((*path, "access_policies"), [each.policy for each in capability.access_policies])
        for index, policy in enumerate(capability.access_policies):
            yield from come_once((*path, "access_policies", index, "namespaces"), policy.namespaces)


@warning("Review access policy permissions, Amazon EKS User Guide", keys=_POLICIES)
def capability_changes_workloads_in_namespaces(environment: Environment) -> Iterator[Problem]:
    """In the whole cluster, it includes kube-system, whose pods have the roles of the network and of storage."""
    for path, capability in capabilities(environment):
        for index, each in enumerate(capability.access_policies):
            if each.policy in CHANGES_WORKLOADS and not each.namespaces:
                yield Problem(
                    path=(*path, "access_policies", index, "policy"),
                    finding=f"{each.policy} applies to every namespace",
                    fix="state namespaces, or acknowledge that the capability administers the cluster",
                )


@warning("kro permissions; Amazon EKS capability IAM role", keys=("eks.capabilities.kro", _POLICIES[-1]))
def kro_may_create_what_it_composes(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS grants kro its own objects only, and no instance of a composed API gets its parts."""
    kro = environment.eks.capabilities.kro if environment.eks else None
    if kro is not None and not kro.access_policies:
        yield Problem(
            path=("eks", "capabilities", "kro"),
            finding="there are no access_policies",
            fix="add one for the namespaces, or acknowledge that role bindings in the cluster allow it",
        )


@rule("ArgoCdRoleMapping, Amazon EKS API Reference", keys=tuple(f"{_ARGO_CD}.{role}" for role in _ROLES))
def argo_cd_user_comes_once(environment: Environment) -> Iterator[Problem]:
    """A user or a group that is listed twice in one role says nothing more."""
    for path, capability in capabilities(environment):
        for role in _ROLES if isinstance(capability, ArgoCdOptions) else ():
            who = getattr(capability, role)
            yield from come_once((*path, role, "user_ids"), who.user_ids)
            yield from come_once((*path, role, "group_ids"), who.group_ids)


@warning(
    "Create an Argo CD capability; Configure Argo CD permissions",
    keys=(_ARGO_CD, *(f"{_ARGO_CD}.{role}" for role in _ROLES)),
)
def argo_cd_has_users(environment: Environment) -> Iterator[Problem]:
    """There are no local users, so nobody can sign in to Argo CD."""
    for path, capability in capabilities(environment):
        if isinstance(capability, ArgoCdOptions):
            people = [getattr(capability, role) for role in _ROLES]
            if not any(each.user_ids or each.group_ids for each in people):
                yield Problem(
                    path=path,
                    finding="nobody has a role of Argo CD",
                    fix="add IDs to admins, editors, or viewers, or acknowledge that only Kubernetes objects are used",
                )
