"""Rules of subnets for pods alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from facts import InstanceTypeFacts, instance_types
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.address_ranges import PRIVATE_RANGES, RESERVED_ADDRESSES
from settings.rules.comparisons import is_on, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes

_CUSTOM = "Deploy pods in alternate subnets with custom networking, Amazon EKS User Guide"
_SWITCH = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_PODS = ("network.pod_cidr", "network.existing.pod_subnets")
# Every VPC may have a secondary block of these.
_SHARED_ADDRESS_SPACE = PRIVATE_RANGES[3]


@rule("VPC CIDR blocks, Amazon VPC User Guide: IPv4 CIDR block association restrictions", keys=_PODS[:1])
def pod_cidr_can_be_added(environment: Environment) -> Iterator[Problem]:
    """Amazon VPC refuses a secondary CIDR block that overlaps the first, or that is of another private range."""
    pod_cidr, cidr = environment.network.pod_cidr, environment.network.cidr
    if pod_cidr is None:
        return
    path: KeyPath = ("network", "pod_cidr")
    if not 16 <= pod_cidr.prefixlen <= 28:
        yield Problem(path=path, value=str(pod_cidr), allowed="a prefix length from /16 to /28")
    elif pod_cidr.overlaps(cidr):
        yield Problem(path=path, finding=f"{str(pod_cidr)!r} overlaps {cidr}, the cidr", fix="use another CIDR block")
    elif not pod_cidr.subnet_of(_SHARED_ADDRESS_SPACE) and any(
        pod_cidr.subnet_of(each) and not cidr.subnet_of(each) for each in PRIVATE_RANGES
    ):
        own = next((each for each in PRIVATE_RANGES[:3] if cidr.subnet_of(each)), None)
        allowed = f"a CIDR block within {listed([each for each in (own, _SHARED_ADDRESS_SPACE) if each], 'or')}"
        yield Problem(path=path, value=str(pod_cidr), allowed=f"{allowed} beside {cidr}")


@rule(
    "Subnet CIDR blocks, Amazon VPC User Guide",
    keys=("network.pod_cidr", "network.pod_prefix_length", "network.max_availability_zones"),
)
def pod_subnets_fit_the_pod_cidr(environment: Environment) -> Iterator[Problem]:
    """The secondary CIDR block must contain a subnet for each Availability Zone that the address plan reserves."""
    network = environment.network
    if network.pod_cidr is None:
        return
    needed: int = network.max_availability_zones * 2 ** (32 - network.pod_prefix_length)
    if needed > network.pod_cidr.num_addresses:
        yield Problem(
            path=("network", "pod_prefix_length"),
            finding=f"{str(network.pod_cidr)!r} has {network.pod_cidr.num_addresses} addresses, but a "
            f"/{network.pod_prefix_length} in each of {network.max_availability_zones} zones takes {needed}",
            fix="use a larger pod_cidr, a longer pod_prefix_length, or a smaller max_availability_zones",
        )


@rule(_CUSTOM, keys=("availability_zones", "network.existing.pod_subnets"))
def pods_have_a_subnet_in_each_zone(environment: Environment) -> Iterator[Problem]:
    """A node finds the subnet of its pods by its zone; without one, its pods get no address."""
    existing = environment.network.existing
    if existing is None or not existing.pod_subnets:
        return
    for zone in environment.availability_zones:
        if zone not in existing.pod_subnets:
            yield Problem(
                path=("network", "existing", "pod_subnets"),
                finding=f"{zone} is one of availability_zones, and has no subnet for pods",
                fix=f"add the subnet for pods in {zone}, or remove pod_subnets",
            )


@rule(f"{_CUSTOM}; Learn about IPv6 addresses to clusters, Pods, and services", keys=(*_PODS, "eks.ip_family"))
def ipv6_pods_have_no_subnets_of_their_own(environment: Environment) -> Iterator[Problem]:
    """Custom networking gives pods IPv4 addresses of other subnets, and pods of an IPv6 cluster have IPv6 alone."""
    if environment.eks is not None and environment.eks.ip_family == "ipv6" and environment.pod_prefix_lengths:
        yield Problem(
            path=_path(environment),
            finding="there are subnets for pods, but eks.ip_family is ipv6",
            fix="remove the key, or set eks.ip_family to ipv4",
        )


@rule(_CUSTOM, keys=(*_PODS, "network.pod_prefix_length", "eks.nodes.<name>"))
def pod_subnets_have_an_address_for_every_pod(environment: Environment) -> Iterator[Problem]:
    """A pod without a free address in the subnet of its zone does not start."""
    lengths = environment.pod_prefix_lengths
    available = sum(2 ** (32 - length) - RESERVED_ADDRESSES for length in lengths)
    needed = 0
    for _, node in _linux_nodes(environment):
        known = [instance_types()[name] for name in node.instance_types if name in instance_types()]
        needed += node.max_nodes * max(
            (node.max_pods or _pods_without_first_interface(each) for each in known), default=0
        )
    if lengths and needed > available:
        yield Problem(
            path=_path(environment),
            finding=f"the subnets for pods have {available} usable addresses, but pods can take {needed}",
            fix="use larger subnets for pods, or lower the maximum number of nodes or max_pods",
        )


@warning(_CUSTOM, keys=("eks.nodes.<name>.max_pods", *_PODS))
def max_pods_leaves_out_the_first_interface(environment: Environment) -> Iterator[Problem]:
    """With custom networking, no pod has an address of a node's first interface, which Amazon EKS counts as usual."""
    settings = environment.eks.network_settings if environment.eks else {}
    if not environment.pod_prefix_lengths or is_on(settings.get("ENABLE_PREFIX_DELEGATION")):
        return
    for path, node in _linux_nodes(environment):
        known = [instance_types()[name] for name in node.instance_types if name in instance_types()]
        room = min(map(_pods_without_first_interface, known), default=None)
        most = node.max_pods or max((each.max_pods for each in known), default=0)
        if room is not None and most > room:
            yield Problem(
                path=(*path, "max_pods"),
                finding=f"nodes take {most} pods, and there are addresses for {room}",
                fix=f"set max_pods to {room}, or set ENABLE_PREFIX_DELEGATION in eks.add_ons.vpc-cni.configuration.env "
                "and max_pods to what the nodes can run",
            )


def _linux_nodes(environment: Environment) -> Iterator[tuple[KeyPath, InstanceNodeOptions]]:
    """Pods on Windows nodes have addresses of the node's subnet ("Deploy Windows nodes on EKS clusters")."""
    return ((path, node) for path, node in instance_nodes(environment) if not node.is_windows)


def _path(environment: Environment) -> KeyPath:
    return ("network", "pod_cidr") if environment.network.existing is None else ("network", "existing", "pod_subnets")


def _pods_without_first_interface(facts: InstanceTypeFacts) -> int:
    """(interfaces - 1) x (addresses - 1) + 2, within Kubernetes' limits."""
    room = (facts.network_interfaces - 1) * (facts.ipv4_addresses_per_interface - 1) + 2
    return min(facts.max_pods, room)


@rule(_CUSTOM, keys=("eks.add_ons.<name>.configuration", *_PODS))
def custom_networking_is_on_for_pod_subnets(environment: Environment) -> Iterator[Problem]:
    """Pods take addresses of the private subnets while it is off, and the subnets for pods are never used."""
    add_on = ((environment.eks and environment.eks.add_ons) or {}).get("vpc-cni")
    stated = add_on.configuration.get("env") if add_on is not None else None
    value = stated.get(_SWITCH) if isinstance(stated, Mapping) else None
    if value is not None and not is_on(value) and environment.pod_prefix_lengths:
        yield Problem(
            path=("eks", "add_ons", "vpc-cni", "configuration", "env", _SWITCH),
            finding="there are subnets for pods, and custom networking is off",
            fix=f"remove {_SWITCH}, or the subnets for pods",
        )
