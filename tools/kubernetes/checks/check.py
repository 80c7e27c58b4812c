"""What a check is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from settings import Environment
from tools.kubernetes.findings import Finding, ObjectPath, dotted
from tools.kubernetes.nodes import Place, places
from tools.kubernetes.objects import KubernetesObject, Pods, pods_of


class Complaint(NamedTuple):
    """What a check says of an object."""

    subject: KubernetesObject
    path: ObjectPath
    reason: str
    fix: str


@dataclass(frozen=True, eq=False)
class Cluster:
    """Everything that is to be in a cluster, and the file that the cluster is made from."""

    environment: Environment
    objects: Sequence[KubernetesObject]
    """Those of the overlay."""

    manifests: Sequence[KubernetesObject] = ()
    """Those of `make manifests`, and of everything else that is applied before."""

    @cached_property
    def pods(self) -> list[Pods]:
        """Pods of the overlay."""
        return list(pods_of(self.objects))

    @cached_property
    def places(self) -> list[Place]:
        """Where pods can run."""
        return places(self.environment)

    def of_kind(self, *kinds: str) -> list[KubernetesObject]:
        """Objects of the overlay.

        Args:
            kinds: Their kinds.
        """
        return [each for each in self.objects if each.kind in kinds]

    def find(self, kind: str, namespace: str, name: str) -> KubernetesObject | None:
        """An object of the overlay or of the manifests.

        Args:
            kind: Its kind.
            namespace: Its namespace; empty for one of the cluster.
            name: Its name.
        """
        for each in (*self.objects, *self.manifests):
            if (each.kind, each.namespace, each.name) == (kind, namespace, name):
                return each
        return None

    def places_for(self, pods: Pods) -> list[Place]:
        """Where pods are scheduled, whatever their size: on Fargate alone if a profile takes them.

        Args:
            pods: The pods.
        """
        able = [each for each in self.places if not each.why_not(pods)]
        return [each for each in able if each.is_fargate] or able

    def replicas(self, owner: KubernetesObject) -> tuple[int, int]:
        """Fewest and most pods of an object.

        Args:
            owner: What makes the pods.
        """
        for scaler in self.of_kind("HorizontalPodAutoscaler"):
            target = scaler.spec.get("scaleTargetRef") or {}
            if (target.get("kind"), target.get("name"), scaler.namespace) == (owner.kind, owner.name, owner.namespace):
                return int(scaler.spec.get("minReplicas", 1)), int(scaler.spec.get("maxReplicas", 1))
        number = int(owner.spec.get("replicas", 1)) if owner.kind in ("Deployment", "StatefulSet") else 1
        return number, number


Check = Callable[[Cluster], Iterator[Complaint]]
CHECKS: Final[dict[str, Check]] = {}


def check(function: Check) -> Check:
    """Make a function a check, by its name.

    Args:
        function: It yields what is wrong; its docstring says what happens otherwise.
    """
    CHECKS[function.__name__] = function
    return function


def findings(cluster: Cluster, *, is_sound: bool = True) -> list[Finding]:
    """What every check says, in the order of the files.

    Args:
        cluster: What is to be in the cluster.
        is_sound: Whether the objects are what their schemas allow; otherwise, a check that cannot read one is left out.
    """
    return sorted({each for name, function in CHECKS.items() for each in _findings(name, function, cluster, is_sound)})


def _findings(name: str, function: Check, cluster: Cluster, is_sound: bool) -> Iterator[Finding]:
    try:
        yield from (finding(name, each) for each in function(cluster))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        if is_sound:
            raise


def finding(name: str, complaint: Complaint) -> Finding:
    """A complaint with its place.

    Args:
        name: Name of the check.
        complaint: What it says.
    """
    subject, path, reason, fix = complaint
    file, line = subject.place(path)
    return Finding(file=file, line=line, subject=str(subject), path=dotted(path), reason=reason, fix=fix, check=name)


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector selects labels.

    Args:
        selector: With `matchLabels` and `matchExpressions`.
        labels: Those of an object.
    """
    selector = selector or {}
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_meets(each, labels) for each in selector.get("matchExpressions") or ())


def _meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression.get("key", ""), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels
