"""Rules of labels and taints of nodes."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes, managed_node_groups

_NODE = "eks.nodes.<name>"
KEY_LENGTH = 63
EBS_STARTUP_TAINT = "ebs.csi.aws.com/agent-not-ready"
RESERVED_LABEL_DOMAINS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")
# Reserved too, but open to the kubelet of the node.
OPEN_LABEL_DOMAINS = ("node.kubernetes.io", "kubelet.kubernetes.io")


@rule(
    "NodeRestriction, Kubernetes admission controllers; terraform-aws-eks issue 3346",
    keys=("eks.nodes.<name>.labels.<name>",),
)
def label_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses the label, or the kubelet cannot set it and no node joins, which takes 25 minutes to fail."""
    for path, node in instance_nodes(environment):
        for key in node.labels:
            if _is_reserved(key):
                yield Problem(
                    path=(*path, "labels", key),
                    value=key,
                    allowed=f"a label outside {listed(RESERVED_LABEL_DOMAINS)}, or one within "
                    f"{listed(OPEN_LABEL_DOMAINS, 'or')}",
                )


@rule("Taint, Amazon EKS API Reference; Use Kubernetes taints on managed node groups", keys=(f"{_NODE}.taints[].key",))
def taint_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a taint whose key is in the domain of Kubernetes itself."""
    for path, node in managed_node_groups(environment):
        for index, taint in enumerate(node.taints):
            domain, slash, _ = taint.key.rpartition("/")
            if slash and domain in ("kubernetes.io", "k8s.io"):
                yield Problem(
                    path=(*path, "taints", index, "key"),
                    value=taint.key,
                    allowed=f"a key outside {domain}, such as example.com/{taint.key.rpartition('/')[2]}",
                )


@rule("CreateNodegroup and Taint, Amazon EKS API Reference", keys=(f"{_NODE}.labels.<name>", f"{_NODE}.taints[].key"))
def keys_of_labels_and_taints_fit(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS takes 63 characters for a key, its DNS prefix among them; Kubernetes would take more."""
    for path, node in managed_node_groups(environment):
        keys = [((*path, "labels", key), key) for key in node.labels]
        keys += [((*path, "taints", index, "key"), taint.key) for index, taint in enumerate(node.taints)]
        for place, key in keys:
            if len(key) > KEY_LENGTH:
                yield Problem(path=place, finding=f"{key!r} has {len(key)} characters", allowed=f"at most {KEY_LENGTH}")


@rule("CreateNodegroup, Amazon EKS API Reference", keys=(f"{_NODE}.labels.<name>",))
def label_has_a_value(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a label without a value; Kubernetes would take it."""
    for path, node in managed_node_groups(environment):
        for key, value in node.labels.items():
            if not value and not _is_reserved(key):
                yield Problem(path=(*path, "labels", key), value=value, allowed="1 to 63 characters")


@warning(
    "Installation, Amazon EBS CSI driver, startup taint; Taints and Tolerations, Kubernetes",
    keys=(f"{_NODE}.taints[].key", "eks.add_ons"),
)
def startup_taint_has_an_agent(environment: Environment) -> Iterator[Problem]:
    """Nothing removes the taint, so no pod without a toleration is ever scheduled on the nodes."""
    if environment.eks is None:
        return
    installed = [row.name for row in environment.eks.installed_add_ons(environment.eks.nodes.values())]
    for path, node in instance_nodes(environment):
        for index, taint in enumerate(node.taints):
            if taint.key == EBS_STARTUP_TAINT and "aws-ebs-csi-driver" not in installed:
                yield Problem(
                    path=(*path, "taints", index, "key"),
                    finding=f"there is the taint {taint.key}, but not the add-on aws-ebs-csi-driver, which removes it",
                    fix="add aws-ebs-csi-driver to eks.add_ons, or remove the taint",
                )


def _is_reserved(label: str) -> bool:
    domain = "." + label.rpartition("/")[0]
    return _within(domain, RESERVED_LABEL_DOMAINS) and not _within(domain, OPEN_LABEL_DOMAINS)


def _within(domain: str, domains: tuple[str, ...]) -> bool:
    return any(domain.endswith(f".{each}") for each in domains)


@rule("Taint, Amazon EKS API Reference", keys=("eks.nodes.<name>.taints[]",))
def taint_comes_once(environment: Environment) -> Iterator[Problem]:
    """Kubernetes refuses two taints with the same key and effect."""
    for path, node in instance_nodes(environment):
        yield from come_once((*path, "taints"), [f"{taint.key}:{taint.effect}" for taint in node.taints])
