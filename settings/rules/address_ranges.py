"""Rules of the CIDR block of the VPC, and of the addresses in its subnets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from facts import InstanceTypeFacts, instance_types
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups, instance_nodes, private_tasks

# Ranges of "IPv4 CIDR block association restrictions", Amazon VPC User Guide, without public ones.
PRIVATE_RANGES = tuple(
    IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.19.0.0/16")
)
# No host has such an address: RFC 1122, RFC 3927, RFC 5771.
RANGES_OF_NO_HOST = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")))
DOCKER_BRIDGE = IPv4Network("172.17.0.0/16")
# "Subnet CIDR blocks", Amazon VPC User Guide.
RESERVED_ADDRESSES = 5
# With any of these, or with prefixes, the VPC CNI keeps another number of addresses than those of a spare interface.
WARM_TARGETS = frozenset({"WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_ENI_TARGET", "ENABLE_PREFIX_DELEGATION"})


_CIDRS = ("network.cidr", "network.existing.cidrs[]")
_PRIVATE = ("network.private_prefix_length", "network.existing.private_subnets")


@rule("VPC CIDR blocks, Amazon VPC User Guide", keys=("network.cidr",))
def cidr_has_a_size_that_a_vpc_can_have(environment: Environment) -> Iterator[Problem]:
    """Amazon VPC refuses an IPv4 CIDR block that is larger than a /16 or smaller than a /28."""
    cidr = environment.network.cidr
    if not 16 <= cidr.prefixlen <= 28:
        yield Problem(path=("network", "cidr"), value=str(cidr), allowed="a prefix length from /16 to /28")


@rule("VPC CIDR blocks, Amazon VPC User Guide; RFC 1122, RFC 3927, RFC 5771", keys=("network.cidr",))
def cidr_has_addresses_of_hosts(environment: Environment) -> Iterator[Problem]:
    """These addresses mean this host, this link, or a group of hosts, so no instance, task, or pod can have one."""
    cidr = environment.network.cidr
    if any(cidr.overlaps(each) for each in RANGES_OF_NO_HOST):
        ranges = listed(PRIVATE_RANGES, "or")
        yield Problem(path=("network", "cidr"), value=str(cidr), allowed=f"a CIDR block within {ranges}")


@warning("VPC CIDR blocks, Amazon VPC User Guide", keys=_CIDRS)
def cidr_is_private(environment: Environment) -> Iterator[Problem]:
    """In a VPC with public addresses, the owners of these addresses on the internet cannot be reached."""
    for path, cidr in _cidrs(environment):
        if not any(cidr.overlaps(each) for each in (*PRIVATE_RANGES, *RANGES_OF_NO_HOST)):
            yield Problem(
                path=path,
                finding=f"{str(cidr)!r} is not within {listed(PRIVATE_RANGES, 'or')}",
                fix="use a CIDR block within one of these, unless the addresses are yours",
            )


@warning("VPC CIDR blocks, Amazon VPC User Guide: 172.17.0.0/16", keys=_CIDRS)
def cidr_is_not_that_of_docker(environment: Environment) -> Iterator[Problem]:
    """On hosts with Docker, 172.17.0.0/16 is the network of the host's own containers, so others are not reached."""
    for path, cidr in _cidrs(environment):
        if cidr.overlaps(DOCKER_BRIDGE):
            yield Problem(path=path, finding=f"{str(cidr)!r} overlaps {DOCKER_BRIDGE}", fix="use another CIDR block")


@rule(
    "Subnet CIDR blocks, Amazon VPC User Guide",
    keys=(
        "network.cidr",
        "network.max_availability_zones",
        "network.public_prefix_length",
        "network.private_prefix_length",
    ),
)
def subnets_fit_the_cidr(environment: Environment) -> Iterator[Problem]:
    """The CIDR block of the VPC must contain the subnets of all Availability Zones."""
    network = environment.network
    if network.existing is not None or not 16 <= network.cidr.prefixlen <= 28:
        return
    public, private = network.public_prefix_length, network.private_prefix_length
    needed = network.max_availability_zones * (2 ** (32 - public) + 2 ** (32 - private))
    if needed > network.cidr.num_addresses:
        yield Problem(
            path=("network", "cidr"),
            finding=f"{str(network.cidr)!r} has {network.cidr.num_addresses} addresses, but a /{public} and a "
            f"/{private} in each of {network.max_availability_zones} zones take {needed}",
            fix="use a larger cidr, longer prefixes of subnets, or a smaller max_availability_zones",
        )


@rule(
    "Choosing an Amazon EC2 instance type, maximum Pods; Task networking, Amazon ECS Developer Guide",
    keys=(*_PRIVATE, "eks.nodes.<name>.max_pods"),
)
def subnets_have_an_address_for_every_task_and_pod(environment: Environment) -> Iterator[Problem]:
    """Every task and every pod takes an address of a private subnet; without a free address it does not start."""
    available, needed = _addresses_available(environment), _addresses_of_tasks(environment)
    for node in _nodes(environment):
        known = [instance_types()[name] for name in node.instance_types if name in instance_types()]
        needed += node.max_nodes * max((_pods_with_address(environment, node, each) for each in known), default=0)
    if needed > available:
        yield Problem(
            path=_private_subnets(environment),
            finding=f"{_subnets(environment)} have {available} usable addresses, but tasks, pods, and instances can "
            f"take {needed}",
            fix=f"{_larger(environment)}, or lower the maximum number of tasks or nodes, or max_pods of nodes",
        )


@warning(
    "Optimizing IP Address Utilization, Amazon EKS Best Practices Guide; amazon-vpc-cni-k8s, docs/eni-and-ip-target.md",
    keys=(*_PRIVATE, "eks.nodes.<name>.max_pods", "eks.add_ons.<name>.configuration"),
)
def subnets_have_addresses_for_spare_interfaces(environment: Environment) -> Iterator[Problem]:
    """Nodes attach whole network interfaces, one of them spare, so that addresses run out before there are the pods."""
    available, needed = _addresses_available(environment), _addresses_of_tasks(environment)
    pods = needed
    if environment.eks is None or environment.eks.ip_family == "ipv6" or environment.pod_prefix_lengths:
        return
    if WARM_TARGETS & environment.eks.network_settings.keys():
        return
    for node in _nodes(environment):
        known = [instance_types()[name] for name in node.instance_types if name in instance_types()]
        most = [(_pods_with_address(environment, node, each), each) for each in known]
        pods += node.max_nodes * max((number for number, _ in most), default=0)
        needed += node.max_nodes * max((_addresses_for(number, each, node) for number, each in most), default=0)
    if pods <= available < needed:
        yield Problem(
            path=_private_subnets(environment),
            finding=f"{_subnets(environment)} have {available} usable addresses, but tasks, and instances with all "
            f"their network interfaces, can take {needed}",
            fix=f"{_larger(environment)}, lower the maximum number of nodes or max_pods, or set "
            "WARM_IP_TARGET and MINIMUM_IP_TARGET in eks.add_ons.vpc-cni.configuration.env",
        )


def _nodes(environment: Environment) -> Iterator[InstanceNodeOptions]:
    """Those in the subnets of the environment."""
    yield from (node for _, node in instance_nodes(environment) if not node.subnet_ids)


def _addresses_for(pods: int, facts: InstanceTypeFacts, node: InstanceNodeOptions) -> int:
    """Windows nodes attach no further interfaces."""
    return facts.ipv4_addresses_per_interface if node.is_windows else facts.addresses_for(pods)


def _pods_with_address(environment: Environment, node: InstanceNodeOptions, facts: InstanceTypeFacts) -> int:
    settings = environment.eks.network_settings if environment.eks else {}
    if environment.pod_prefix_lengths or (environment.eks is not None and environment.eks.ip_family == "ipv6"):
        return 1  # that of the node
    if node.is_windows:
        return min(node.max_pods or facts.max_windows_pods, facts.max_windows_pods)
    if node.max_pods and settings.get("ENABLE_PREFIX_DELEGATION") == "true":
        return node.max_pods
    return min(node.max_pods or facts.max_pods, facts.max_pods)


def _cidrs(environment: Environment) -> Iterator[tuple[KeyPath, IPv4Network]]:
    existing = environment.network.existing
    if existing is None:
        yield ("network", "cidr"), environment.network.cidr
    for index, cidr in enumerate(existing.cidrs if existing else ()):
        yield ("network", "existing", "cidrs", index), cidr


def _private_subnets(environment: Environment) -> KeyPath:
    existing = environment.network.existing
    return ("network", "private_prefix_length") if existing is None else ("network", "existing", "private_subnets")


def _larger(environment: Environment) -> str:
    return "use a smaller private_prefix_length" if environment.network.existing is None else "use larger subnets"


def _subnets(environment: Environment) -> str:
    lengths = environment.private_prefix_lengths
    sizes = listed(f"/{length}" for length in sorted(set(lengths)))
    return f"{len(lengths)} private subnets of size {sizes}"


def _addresses_available(environment: Environment) -> int:
    return sum(2 ** (32 - length) - RESERVED_ADDRESSES for length in environment.private_prefix_lengths)


def _addresses_of_tasks(environment: Environment) -> int:
    """Those of ECS: tasks and instances."""
    needed = sum(group.max_size for _, group in capacity_groups(environment))
    return needed + sum(task.most_tasks_in_deployment for _, task in private_tasks(environment))
