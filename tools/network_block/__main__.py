"""Command line: `python -m tools.network_block [--vpc ID] [FILE ...]`; `make network-block FILES="..."`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, get_args

from reference_constructs.network.vpc_options import InterfaceEndpoint
from tools.network_block import load_balancer
from tools.network_block.load_balancer import LoadBalancer
from tools.network_block.vpc import Item, UnusableAnswerError, Vpc, read

# By which load balancer controllers find subnets.
_TAGS: Final = {"public_subnets": "kubernetes.io/role/elb", "private_subnets": "kubernetes.io/role/internal-elb"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the keys to paste into an environment file.

    Returns:
        0: they were printed. 2: the answers do not describe one VPC, or one load balancer.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.network_block", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="JSON answers of the AWS CLI; without any, standard input")
    parser.add_argument("--vpc", help="ID of the VPC, if the answers are about several")
    parser.add_argument("--load-balancer", help="name of the load balancer, if the answers are about several")
    parser.add_argument("--port", type=int, help="port of its listener, if not that for HTTPS")
    options = parser.parse_args(arguments)
    try:
        texts = [file.read_text(encoding="utf-8") for file in options.files] or [sys.stdin.read()]
        answers = read(texts)
        lines, vpc_id = [], options.vpc
        if "Vpcs" in answers:
            vpc = Vpc.choose(answers, vpc_id)
            lines, vpc_id = [*block(vpc)], vpc.vpc_id
        if "LoadBalancers" in answers:
            balancer = LoadBalancer.choose(answers, vpc_id, options.load_balancer)
            lines += [*([""] if lines else []), *load_balancer.block(balancer, options.port)]
    except (OSError, UnusableAnswerError) as error:
        print(f"nothing is printed: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def block(vpc: Vpc) -> Iterator[str]:
    """The lines of the file.

    Raises:
        UnusableAnswerError: If there are private subnets in fewer than two zones.
    """
    private = _one_of_each_zone(each for each in vpc.subnets if not vpc.is_public(each))
    public = _one_of_each_zone(each for each in vpc.subnets if vpc.is_public(each))
    if len(private) < 2:
        raise UnusableAnswerError(
            f"{vpc.vpc_id} has private subnets in {', '.join(private) or 'no zone'}; two are needed"
        )
    yield f"availability_zones: [{', '.join(private)}]"
    yield ""
    yield "network:"
    yield "  existing:"
    yield f"    vpc_id: {vpc.vpc_id}"
    yield f"    cidrs: [{', '.join(vpc.cidrs)}]"
    yield from _group("private_subnets", private, vpc)
    yield from _group("public_subnets", {zone: each for zone, each in public.items() if zone in private}, vpc)
    ways = {zone: vpc.way_out(subnet) for zone, subnet in private.items()}
    closed = [zone for zone, way in ways.items() if not way]
    comment = f"   # there is no default route in {', '.join(closed)}" if closed else ""
    yield f"    internet_access: {'false' if closed else 'true'}{comment}"
    endpoints = vpc.interface_endpoints()
    known = [name for name in endpoints if name in get_args(InterfaceEndpoint)]
    yield f"    interface_endpoints: [{', '.join(known)}]"
    yield f"    gateway_endpoints: [{', '.join(vpc.gateway_endpoints(private.values()))}]"
    yield f"    route_table_ids: [{', '.join(vpc.route_table_ids(private.values()))}]"
    if others := [name for name in endpoints if name not in known]:
        yield f"    # endpoints that no rule asks for: {', '.join(others)}"
    for zone, subnet in sorted((str(each["AvailabilityZone"]), each["SubnetId"]) for each in vpc.subnets_elsewhere):
        yield f"    # not in an Availability Zone: {subnet} in {zone}"


def _one_of_each_zone(subnets: Iterable[Item]) -> dict[str, Item]:
    chosen: dict[str, Item] = {}
    for subnet in subnets:
        chosen.setdefault(str(subnet["AvailabilityZone"]), subnet)
    return chosen


def _group(key: str, subnets: Mapping[str, Item], vpc: Vpc) -> Iterator[str]:
    if not subnets:
        return
    yield f"    {key}:"
    for zone, subnet in subnets.items():
        others = [
            f"{each['SubnetId']} ({each['CidrBlock']})"
            for each in vpc.subnets
            if each["AvailabilityZone"] == zone and each != subnet and vpc.is_public(each) == vpc.is_public(subnet)
        ]
        choice = f"   # or {', '.join(others)}" if others else ""
        yield f"      {zone}:{choice}"
        tags = {str(tag["Key"]) for tag in subnet.get("Tags", [])}
        missing = "" if _TAGS[key] in tags else f"   # without the tag {_TAGS[key]}"
        yield f"        subnet_id: {subnet['SubnetId']}{missing}"
        yield f"        cidr: {subnet['CidrBlock']}"


if __name__ == "__main__":
    sys.exit(main())
