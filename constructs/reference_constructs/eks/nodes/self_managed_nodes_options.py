"""Options of self-managed nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.eks.nodes.instance_needs import what_instances_lack
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeLocation, NodeNeed
from reference_constructs.eks.nodes.scheduling import can_be_scheduled
from reference_constructs.options import in_words

# What self-managed nodes can do, and those of this project do not.
_NOT_HERE: Final[Mapping[NodeNeed, str]] = {
    "launch_template": "the launch template is made here",
    "warm_pool": "the Auto Scaling group has none",
    "instance_metadata": "the hop limit is 1, so that pods cannot take the role of the node",
    "ssh": "nodes are reached with Session Manager",
    "public_subnets": "nodes are in private subnets",
}
_LOCATIONS: Final[Mapping[NodeNeed, NodeLocation]] = {
    "local_zones": "local_zone",
    "outposts": "outpost",
    "wavelength": "wavelength_zone",
}
# "Learn about IPv6 addresses to clusters, Pods, and services"; subnets in Wavelength Zones have no IPv6 addresses
# (terraform-aws-vpc issue 893).
_WITHOUT_IPV6: Final[frozenset[NodeLocation]] = frozenset({"outpost", "wavelength_zone"})
# Of an update where old nodes end first; with more, there may be none for a while.
_MOST_OF_AN_UPDATE_PERCENT: Final = 90

SpotAllocationStrategy = Literal["price_capacity_optimized", "capacity_optimized", "lowest_price"]
# A text, as Amazon EC2 Auto Scaling takes it: no number of a computer is 0.1 exactly.
Price = Annotated[
    str,
    Field(
        pattern=r"^([1-9][0-9]{0,2}(\.[0-9]{1,6})?|0\.[0-9]{0,5}[1-9])$",
        examples=["0.017"],
        json_schema_extra=in_words("price in US dollars, in quotes"),
    ),
]


class SelfManagedNodesOptions(InstanceNodeOptions):
    """Self-managed nodes: EC2 instances of an Auto Scaling group, On-Demand and Spot together.

    They also run where managed node groups cannot: on AWS Outposts and in AWS Wavelength. They require
    `eks.service_cidr`, except in a cluster of the IPv6 family. Amazon EKS neither repairs nor drains them: when an
    update, a scale-in, or a Spot interruption terminates an instance, disruption budgets are not asked, and only the
    kubelet stops its pods (`kubelet: {shutdownGracePeriod: 90s}`), unless AWS Node Termination Handler is installed.
    """

    kind: Literal["self_managed"] = "self_managed"
    """Kind of nodes: self-managed nodes."""

    location: NodeLocation = "region"
    """Where `subnet_ids` are: in an Availability Zone of the Region, in a Local Zone, on an AWS Outpost, or in an AWS
    Wavelength Zone."""

    min_size: Annotated[int, Field(ge=0, le=5000)] = 2
    """Minimum number of nodes, and their number at creation."""

    max_size: Annotated[int, Field(ge=1, le=5000)] = 4
    """Maximum number of nodes. Kubernetes Cluster Autoscaler, or whatever else sets the number of nodes, stays below
    it."""

    on_demand_base: Annotated[int, Field(ge=0, le=5000)] = 0
    """Minimum number of On-Demand Instances (`OnDemandBaseCapacity`). Savings Plans or Reserved Instances can cover
    this number."""

    on_demand_percent_above_base: Annotated[int, Field(ge=0, le=100)] = 100
    """Percentage of On-Demand Instances above the base. The other instances are Spot Instances, which can be
    interrupted with a two-minute warning."""

    spot_allocation_strategy: SpotAllocationStrategy = "price_capacity_optimized"
    """Strategy by which Amazon EC2 Auto Scaling chooses Spot Instances (`SpotAllocationStrategy`).
    `price_capacity_optimized`: of the types that are least likely to be interrupted, the cheapest, as AWS recommends.
    `capacity_optimized`: the types with the most capacity, whatever they cost. `lowest_price`: the cheapest, which are
    interrupted most."""

    spot_instance_pools: Annotated[int, Field(ge=1, le=20)] | None = None
    """Number of the cheapest instance types of each Availability Zone among which the strategy `lowest_price` chooses
    (`SpotInstancePools`). With `null`, they are two."""

    spot_max_price: Price | None = None
    """Maximum price of one hour of a Spot Instance, in US dollars (`SpotMaxPrice`). It is a limit, not a bid: instances
    cost the Spot price, and are interrupted when that is higher. With `null`, the limit is the On-Demand price, as AWS
    recommends."""

    max_unavailable_percent: Annotated[int, Field(ge=1, le=_MOST_OF_AN_UPDATE_PERCENT)] = 33
    """Maximum percentage of nodes that an update replaces at the same time, by an instance refresh of the Auto Scaling
    group. If it fails, the deployment is rolled back, and the nodes with it."""

    update_strategy: Literal["default", "minimal"] = "default"
    """Strategy of an update. `default`: new nodes start before old ones end. `minimal`: old nodes end first, for
    capacity that there is no more of, such as that of an Outpost or of a Capacity Reservation."""

    @property
    def has_own_role(self) -> bool:
        """Always: Amazon EKS makes an access entry for the role of managed node groups, and a role has one alone."""
        return True

    def lacks(self, need: NodeNeed) -> str:
        """Why these nodes cannot do something that self-managed nodes can; empty if they can."""
        if need == "spot":
            return "" if self.uses_spot else "on_demand_percent_above_base is 100"
        if need == "ipv6" and self.location in _WITHOUT_IPV6:
            return f"location is {self.location}"
        if need in _LOCATIONS:
            return "" if self.location == _LOCATIONS[need] else f"location is {self.location}"
        return what_instances_lack(self, need) or _NOT_HERE.get(need, "")

    def accepts(self, tolerations: Sequence[Mapping[str, object]], node_selector: Mapping[str, object] = {}) -> bool:
        """Whether there are nodes after creation that no taint keeps a pod off, except while they start."""
        return self.min_size > 0 and can_be_scheduled(self, tolerations, node_selector)

    @property
    def initial_nodes(self) -> int:
        """Number of nodes at creation."""
        return self.min_size

    @property
    def max_nodes(self) -> int:
        """Maximum number of nodes."""
        return self.max_size

    @property
    def uses_spot(self) -> bool:
        """Whether nodes above the base can be Spot Instances."""
        return self.on_demand_percent_above_base < 100
