"""Rules of managed policies that roles have by their ARNs."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.capability_options import CapabilitiesOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule
from settings.rules.subjects import capabilities

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
