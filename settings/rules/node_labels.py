"""Rules of labels and taints of nodes."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule
from settings.rules.subjects import instance_nodes

RESERVED_LABEL_DOMAINS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")
# Reserved too, but open to the kubelet of the node.
OPEN_LABEL_DOMAINS = ("node.kubernetes.io", "kubelet.kubernetes.io")


@rule(
    "NodeRestriction, Kubernetes admission controllers; terraform-aws-eks issue 3346",
    keys=("eks.nodes.<name>.labels.<name>",),
)
def label_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """A kubelet cannot give its node such a label: no node joins, and the deployment fails after 25 minutes."""
    for path, node in instance_nodes(environment):
        for key in node.labels:
            domain = "." + key.rpartition("/")[0]
            if _within(domain, RESERVED_LABEL_DOMAINS) and not _within(domain, OPEN_LABEL_DOMAINS):
                yield Problem(
                    path=(*path, "labels", key),
                    value=key,
                    allowed=f"a label outside {listed(RESERVED_LABEL_DOMAINS)}, or one within "
                    f"{listed(OPEN_LABEL_DOMAINS, 'or')}",
                )


def _within(domain: str, domains: tuple[str, ...]) -> bool:
    return any(domain.endswith(f".{each}") for each in domains)


@rule("Taint, Amazon EKS API Reference", keys=("eks.nodes.<name>.taints[]",))
def taint_comes_once(environment: Environment) -> Iterator[Problem]:
    """Kubernetes refuses two taints with the same key and effect."""
    for path, node in instance_nodes(environment):
        yield from come_once((*path, "taints"), [f"{taint.key}:{taint.effect}" for taint in node.taints])
