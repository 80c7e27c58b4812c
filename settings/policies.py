"""The statements of every IAM policy that a file states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.capability_options import CapabilitiesOptions, CapabilityOptions
from reference_constructs.eks.pod_identity_options import PodIdentityOptions
from reference_constructs.security.policy_statement_options import PolicyStatementOptions
from settings.environment import Environment
from settings.problems import KeyPath

CAPABILITIES: Final[KeyPath] = ("eks", "capabilities")


def policies(environment: Environment) -> Iterator[tuple[KeyPath, tuple[PolicyStatementOptions, ...]]]:
    """The path of each list of statements, with the statements: of tasks, pods, add-ons, and capabilities."""
    if environment.ecs is not None:
        for path, task in environment.ecs.tasks():
            yield (*path, "task_role_statements"), task.task_role_statements
    if environment.eks is not None:
        for name, identity in environment.eks.pod_identities.items():
            yield ("eks", "pod_identities", name, "statements"), identity.statements
        for name, add_on in (environment.eks.add_ons or {}).items():
            yield ("eks", "add_ons", name, "statements"), add_on.statements or ()
        for path, capability in capabilities(environment):
            yield (*path, "statements"), capability.statements


def capabilities(environment: Environment) -> Iterator[tuple[KeyPath, CapabilityOptions]]:
    """Every EKS capability, with its path."""
    if environment.eks is not None:
        for name in CapabilitiesOptions.model_fields:
            if (capability := getattr(environment.eks.capabilities, name)) is not None:
                yield (*CAPABILITIES, name), capability


def pod_identities(environment: Environment) -> Iterator[tuple[KeyPath, str, PodIdentityOptions]]:
    """Every role of the pods of an application, with its path and its name."""
    for name, identity in (environment.eks.pod_identities if environment.eks else {}).items():
        yield ("eks", "pod_identities", name), name, identity
