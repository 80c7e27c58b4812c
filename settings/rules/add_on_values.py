"""Rules of values in the configuration of add-ons that Kubernetes has for many of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule

_CONFIGURATION = "eks.add_ons.<name>.configuration"


@rule("PodDisruptionBudget, Kubernetes; Scale CoreDNS Pods for high DNS traffic", keys=(_CONFIGURATION,))
def add_on_values_fit_each_other(environment: Environment) -> Iterator[Problem]:
    """Kubernetes refuses the objects of the add-on, which becomes degraded and fails the deployment."""
    for name, add_on in ((environment.eks and environment.eks.add_ons) or {}).items():
        for path, values in _mappings(("eks", "add_ons", name, "configuration"), add_on.configuration):
            if values.get("minAvailable") is not None and values.get("maxUnavailable") is not None:
                yield Problem(
                    path=(*path, "maxUnavailable"),
                    finding="there are minAvailable and maxUnavailable",
                    fix="remove one of the two",
                )
            least, most = values.get("minReplicas"), values.get("maxReplicas")
            if isinstance(least, int) and isinstance(most, int) and least > most:
                yield Problem(path=(*path, "minReplicas"), value=least, allowed=f"at most maxReplicas, which is {most}")


def _mappings(path: KeyPath, values: Mapping[str, object]) -> Iterator[tuple[KeyPath, Mapping[str, object]]]:
    yield path, values
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _mappings((*path, key), value)
