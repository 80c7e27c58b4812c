"""Options of self-managed nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.eks.nodes.instance_needs import have_labels, what_instances_lack
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeNeed
from reference_constructs.value_types import Percent

# What self-managed nodes can do, and those of this project do not.
_NOT_HERE: Final[Mapping[NodeNeed, str]] = {
    "launch_template": "the launch template is made here",
    "warm_pool": "there is no warm pool here",
    "instance_metadata": "the hop limit is 1, so that pods cannot take the role of the node",
    "ssh": "nodes are reached with Session Manager",
    "ipv6": "the cluster is of the IPv4 family",
    "public_subnets": "nodes are in private subnets",
}


class SelfManagedNodeGroupOptions(InstanceNodeOptions):
    """Self-managed nodes: an Auto Scaling group of EC2 instances that join the cluster by an access entry. Amazon EKS
    does not drain, repair, or update them. They require `eks.service_cidr`."""

    kind: Literal["self_managed"] = "self_managed"
    """Kind of nodes: self-managed nodes."""

    min_size: Annotated[int, Field(ge=0, le=1000)] = 2
    """Minimum number of nodes, and their number at creation."""

    max_size: Annotated[int, Field(ge=1, le=1000)] = 4
    """Maximum number of nodes. The Auto Scaling group starts more than `min_size` only if something asks for them, such
    as the cluster autoscaler."""

    on_demand_base: Annotated[int, Field(ge=0, le=1000)] = 0
    """Minimum number of On-Demand Instances (`OnDemandBaseCapacity`)."""

    on_demand_percent_above_base: Annotated[int, Field(ge=0, le=100)] = 100
    """Percentage of On-Demand Instances above the base. The other instances are Spot Instances, which can be interrupted
    with a two-minute warning."""

    max_surge_percent: Percent = 33
    """Maximum percentage of nodes that an instance refresh replaces at the same time, after a change of the launch
    template. New nodes start first, then as many old nodes are terminated, without regard to pod disruption budgets."""

    cluster_autoscaler: bool = False
    """Whether the Auto Scaling group has the tags by which the Kubernetes cluster autoscaler finds it, and knows the
    labels and taints of its nodes."""

    def lacks(self, need: NodeNeed) -> str:
        """Why these nodes cannot do something that self-managed nodes can; empty if they can."""
        if need == "spot":
            return "" if self.uses_spot else "on_demand_percent_above_base is 100"
        return what_instances_lack(self, need) or _NOT_HERE.get(need, "")

    def accepts(self, tolerations: Sequence[Mapping[str, object]], node_selector: Mapping[str, object] = {}) -> bool:
        """Whether there are nodes after creation that no taint keeps a pod off, except while they start."""
        lasting = [taint for taint in self.taints if not taint.is_temporary]
        is_kept_off = any(taint.keeps_off(tolerations) for taint in lasting)
        return self.min_size > 0 and not is_kept_off and have_labels(self, node_selector)

    @property
    def max_nodes(self) -> int:
        """Maximum number of nodes."""
        return self.max_size

    @property
    def nodes_at_creation(self) -> int:
        """Number of nodes right after creation."""
        return self.min_size

    @property
    def uses_spot(self) -> bool:
        """Whether nodes above the base can be Spot Instances."""
        return self.on_demand_percent_above_base < 100
