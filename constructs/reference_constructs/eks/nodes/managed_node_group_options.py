"""Options of a managed node group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.eks.nodes.instance_needs import what_instances_lack
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeNeed
from reference_constructs.eks.nodes.scheduling import can_be_scheduled
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Percent

# With more, an update takes most of a group away before the first new node is ready.
MOST_NODES_OF_AN_UPDATE_PERCENT: Final = 50

# What managed node groups can do, and those of this project do not.
_NOT_HERE: Final[Mapping[NodeNeed, str]] = {
    "launch_template": "the launch template is made here",
    "instance_metadata": "the hop limit is 1, so that pods cannot take the role of the node",
    "ssh": "nodes are reached with Session Manager",
}

# "Amazon EKS optimized Amazon Linux AMI versions", Bottlerocket releases, and "Amazon EKS optimized Windows AMI
# versions", in this order.
ReleaseVersion = Annotated[
    str,
    Field(
        pattern=r"^(1\.\d+\.\d+-\d{8}|\d+\.\d+\.\d+-[0-9a-f]{8}|1\.\d+-\d{4}\.\d{2}\.\d{2})$",
        examples=["1.36.0-20261106"],
        json_schema_extra=in_words("release version of an AMI of Amazon EKS, in the form of its operating system"),
    ),
]
Word = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9]{0,99}$",
        examples=["AcceleratedHardwareReady"],
        json_schema_extra=in_words("letters and digits"),
    ),
]


class RepairOverrideOptions(Options):
    """What is done about one problem of a node instead of what Amazon EKS does."""

    condition: Word
    """Condition that the node monitoring agent reports (`NodeMonitoringCondition`)."""

    reason: Word
    """Reason that it reports for the condition (`NodeUnhealthyReason`)."""

    wait_minutes: Annotated[int, Field(ge=1, le=1440)]
    """Number of minutes for which the problem must last (`MinRepairWaitTimeMins`)."""

    action: Literal["no_action", "reboot", "replace"]
    """Action to take."""


class NodeRepairOptions(Options):
    """Node auto repair, which replaces or reboots nodes that do not recover. It is always on."""

    max_unhealthy_count: Annotated[int, Field(ge=1)] | None = None
    """Number of unhealthy nodes above which nothing is repaired, because the cause is likely to be elsewhere."""

    max_unhealthy_percent: Percent | None = None
    """Percentage of unhealthy nodes above which nothing is repaired, instead of a number."""

    max_parallel_count: Annotated[int, Field(ge=1)] | None = None
    """Maximum number of nodes that are repaired at the same time."""

    max_parallel_percent: Percent | None = None
    """Maximum percentage of the unhealthy nodes that are repaired at the same time, instead of a number."""

    overrides: Annotated[tuple[RepairOverrideOptions, ...], Field(max_length=20)] = ()
    """What is done about certain problems instead of what Amazon EKS does."""


class WarmPoolOptions(Options):
    """Warm pool: instances that have booted already and join the cluster when nodes are added."""

    state: Literal["stopped", "running", "hibernated"] = "stopped"
    """State of the instances in the pool. Stopped ones cost only their volumes; running ones are ready first."""

    min_size: Annotated[int, Field(ge=0, le=5000)] = 0
    """Minimum number of instances in the pool."""

    max_prepared: Annotated[int, Field(ge=0, le=5000)] | None = None
    """Maximum number of instances in the pool and in the node group together (`MaxGroupPreparedCapacity`). With `null`,
    it is the maximum number of nodes."""

    reuse_on_scale_in: bool = False
    """Whether instances return to the pool when there are fewer nodes, instead of being terminated."""


class ManagedNodeGroupOptions(InstanceNodeOptions):
    """Managed node group: EC2 instances that Amazon EKS provisions, updates, and terminates."""

    kind: Literal["managed"] = "managed"
    """Kind of nodes: a managed node group."""

    location: Literal["region", "local_zone"] = "region"
    """Where `subnet_ids` are: in an Availability Zone of the Region, or in a Local Zone. Amazon EKS has no managed node
    groups on AWS Outposts and in AWS Wavelength."""

    capacity_type: Literal["on_demand", "spot", "capacity_block"] = "on_demand"
    """On-Demand Instances, Spot Instances, or a Capacity Block for ML, which `capacity_reservation_id` names. Spot
    Instances can be interrupted with a two-minute warning. Amazon EKS drains the nodes 40 minutes before the end of a
    Capacity Block; set `desired_size` to 0 before an update of such nodes."""

    min_size: Annotated[int, Field(ge=0, le=5000)] = 1
    """Minimum number of nodes."""

    desired_size: Annotated[int, Field(ge=0, le=5000)] = 2
    """Number of nodes at creation. An update sets this number again only if the value has changed."""

    max_size: Annotated[int, Field(ge=1, le=5000)] = 4
    """Maximum number of nodes."""

    release_version: ReleaseVersion | None = None
    """Release version of the AMI, such as `1.36.0-20261106` for Amazon Linux 2023, `1.50.0-0a1b2c3d` for Bottlerocket,
    and `1.36-2026.11.10` for Windows. With `null`, it is the newest at each deployment that changes the version or the
    launch template."""

    max_unavailable_percent: Percent = 33
    """Maximum percentage of nodes that an update replaces at the same time. The default keeps two of three nodes
    available."""

    max_unavailable: Annotated[int, Field(ge=1, le=100)] | None = None
    """Maximum number of nodes that an update replaces at the same time, instead of a percentage."""

    update_strategy: Literal["default", "minimal"] = "default"
    """Strategy of an update. `default`: new nodes start before old ones end. `minimal`: old nodes end first, for
    capacity that there is no more of, such as that of a Capacity Reservation."""

    node_repair: NodeRepairOptions = NodeRepairOptions()
    """Node auto repair, which replaces or reboots nodes that do not recover. It is always on."""

    warm_pool: WarmPoolOptions | None = None
    """Warm pool: instances that have booted already and join the cluster when nodes are added. With `null`, there is
    none."""

    def lacks(self, need: NodeNeed) -> str:
        """Why these nodes cannot do something that managed node groups can; empty if they can."""
        if need == "spot":
            return "" if self.uses_spot else f"capacity_type is {self.capacity_type}"
        if need == "warm_pool":
            return "" if self.warm_pool else "warm_pool is null"
        if need == "local_zones":
            return "" if self.location == "local_zone" else f"location is {self.location}"
        if need == "public_subnets":
            return "" if self.subnet_ids else "nodes are in private subnets, unless subnet_ids names others"
        return what_instances_lack(self, need) or _NOT_HERE.get(need, "")

    def accepts(self, tolerations: Sequence[Mapping[str, object]], node_selector: Mapping[str, object] = {}) -> bool:
        """Whether there are nodes after creation that no taint keeps a pod off, except while they start."""
        given = {"eks.amazonaws.com/capacityType": [self.capacity_type.upper()]}
        return self.desired_size > 0 and can_be_scheduled(self, tolerations, node_selector, given)

    @property
    def replaces_most_nodes_at_once(self) -> bool:
        """Whether an update takes most of the nodes away at the same time, or all of several."""
        if self.max_unavailable is not None:
            return 1 < self.desired_size <= self.max_unavailable
        return self.max_unavailable_percent > MOST_NODES_OF_AN_UPDATE_PERCENT

    @property
    def initial_nodes(self) -> int:
        """Number of nodes at creation."""
        return self.desired_size

    @property
    def max_nodes(self) -> int:
        """Maximum number of nodes."""
        return self.max_size

    @property
    def uses_spot(self) -> bool:
        """Whether the nodes are Spot Instances."""
        return self.capacity_type == "spot"
