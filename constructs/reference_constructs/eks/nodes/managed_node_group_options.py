"""Options of a managed node group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeNeed
from reference_constructs.value_types import Percent

# With more, an update takes most of a group away before the first new node is ready.
MOST_NODES_OF_AN_UPDATE_PERCENT: Final = 50
# Well-Known Labels, Annotations and Taints, Kubernetes; the others of AWS are of the VPC CNI plugin and the like.
_GIVEN_LABELS: Final = (".kubernetes.io", ".k8s.io", ".amazonaws.com", ".k8s.aws")

# What managed node groups can do, and those of this project do not.
_AMI: Final = "the AMI types here are Amazon Linux 2023 and Bottlerocket without accelerators"
_TEMPLATE: Final = "the launch template is made here"
_NOT_HERE: Final[Mapping[NodeNeed, str]] = {
    "windows": _AMI,
    "gpu": _AMI,
    "neuron": _AMI,
    "custom_ami": _AMI,
    "launch_template": _TEMPLATE,
    "kubelet_configuration": _TEMPLATE,
    "warm_pool": _TEMPLATE,
    "instance_metadata": "the hop limit is 1, so that pods cannot take the role of the node",
    "ssh": "nodes are reached with Session Manager",
    "security_groups_for_pods": "the role of the control plane does not allow it",
    "public_subnets": "nodes are in private subnets",
    "local_zones": "subnets are in the Availability Zones of the Region",
}

_CHOSEN_BY: Final[Mapping[NodeNeed, str]] = {
    "al2023": "operating_system",
    "bottlerocket": "operating_system",
    "arm64": "architecture",
    "spot": "capacity_type",
}


class ManagedNodeGroupOptions(InstanceNodeOptions):
    """Managed node group: EC2 instances that Amazon EKS provisions, updates, and terminates."""

    kind: Literal["managed"] = "managed"
    """Kind of nodes: a managed node group."""

    capacity_type: Literal["on_demand", "spot"] = "on_demand"
    """On-Demand or Spot Instances. Spot Instances can be interrupted with a two-minute warning."""

    min_size: Annotated[int, Field(ge=0, le=5000)] = 1
    """Minimum number of nodes."""

    desired_size: Annotated[int, Field(ge=0, le=5000)] = 2
    """Number of nodes at creation. An update sets this number again only if the value has changed."""

    max_size: Annotated[int, Field(ge=1, le=5000)] = 4
    """Maximum number of nodes."""

    max_unavailable_percent: Percent = 33
    """Maximum percentage of nodes that an update replaces at the same time. The default keeps two of three nodes
    available."""

    def lacks(self, need: NodeNeed) -> str:
        """Why these nodes cannot do something that managed node groups can; empty if they can."""
        key = _CHOSEN_BY.get(need)
        if key is not None and (value := getattr(self, key)) != need:
            return f"{key} is {value}"
        return _NOT_HERE.get(need, "")

    def accepts(self, tolerations: Sequence[Mapping[str, object]], node_selector: Mapping[str, object] = {}) -> bool:
        """Whether there are nodes after creation that no taint keeps a pod off, except while they start."""
        lasting = [taint for taint in self.taints if not taint.is_temporary]
        is_kept_off = any(taint.keeps_off(tolerations) for taint in lasting)
        return self.desired_size > 0 and not is_kept_off and self._has_labels(node_selector)

    def _has_labels(self, node_selector: Mapping[str, object]) -> bool:
        """Whether nodes can have these labels; not every value that AWS and Kubernetes give is known."""
        architecture = ["arm64" if self.architecture == "arm64" else "amd64"]
        known: dict[str, Sequence[str]] = {
            "kubernetes.io/arch": architecture,
            "beta.kubernetes.io/arch": architecture,
            "kubernetes.io/os": ["linux"],
            "beta.kubernetes.io/os": ["linux"],
            "node.kubernetes.io/instance-type": self.instance_types,
            "beta.kubernetes.io/instance-type": self.instance_types,
            "eks.amazonaws.com/capacityType": [self.capacity_type.upper()],
            **{key: [value] for key, value in self.labels.items()},
        }
        return all(value in known[key] if key in known else _is_given(key) for key, value in node_selector.items())

    @property
    def max_nodes(self) -> int:
        """Maximum number of nodes."""
        return self.max_size

    @property
    def uses_spot(self) -> bool:
        """Whether the nodes are Spot Instances."""
        return self.capacity_type == "spot"


def _is_given(label: str) -> bool:
    """Whether AWS or Kubernetes gives such labels to nodes."""
    return f".{label.partition('/')[0]}".endswith(_GIVEN_LABELS) and "/" in label
