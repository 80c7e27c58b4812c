"""Rules of managed policies that roles have by their ARNs."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.capability_options import CapabilitiesOptions
from settings.environment import Environment
from settings.policies import capabilities
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule
from settings.rules.subjects import instance_nodes

_KEYS = (
    *("eks.add_ons.<name>", "eks.pod_identities.<name>"),
    *(f"eks.capabilities.{name}" for name in CapabilitiesOptions.model_fields),
)


@rule("AttachRolePolicy, IAM API Reference", keys=tuple(f"{key}.policy_arns[]" for key in _KEYS))
def managed_policy_comes_once(environment: Environment) -> Iterator[Problem]:
    """A policy that is listed twice is attached once."""
    if environment.eks is None:
        return
    for name, add_on in (environment.eks.add_ons or {}).items():
        yield from come_once(("eks", "add_ons", name, "policy_arns"), add_on.policy_arns or ())
    for name, identity in environment.eks.pod_identities.items():
        yield from come_once(("eks", "pod_identities", name, "policy_arns"), identity.policy_arns)
    for path, capability in capabilities(environment):
        yield from come_once((*path, "policy_arns"), capability.policy_arns)


@rule("AWS add-ons, Amazon EKS User Guide", keys=("eks.add_ons.<name>.policy_arns", "eks.nodes.<name>.policy_arns"))
def add_on_has_a_policy(environment: Environment) -> Iterator[Problem]:
    """Without permissions, pods of the add-on are denied: nodes get no addresses, or volumes are not attached."""
    eks = environment.eks
    if eks is None:
        return
    of_nodes = {arn.rpartition("/")[2] for _, node in instance_nodes(environment) for arn in node.policy_arns}
    for row in eks.installed_add_ons(eks.nodes.values()):
        needed = {policy.rpartition("/")[2] for policy in row.policies}
        if needed and eks.role_of(row) is None and of_nodes.isdisjoint(needed):
            yield Problem(
                path=("eks", "add_ons", row.name, "policy_arns"),
                finding=f"{row.name} has no permissions",
                fix=f"leave out policy_arns, so that it has {listed(sorted(needed))}, or state a policy or statements",
            )
