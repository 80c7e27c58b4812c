"""A VPC as `aws ec2 describe-...` shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Item = Mapping[str, Any]

# What each command answers with, and the command to run where it is missing.
VPC_COMMANDS: Final = {
    "Vpcs": "ec2 describe-vpcs",
    "Subnets": "ec2 describe-subnets",
    "RouteTables": "ec2 describe-route-tables",
    "VpcEndpoints": "ec2 describe-vpc-endpoints",
}
LOAD_BALANCER_COMMANDS: Final = {
    "LoadBalancers": "elbv2 describe-load-balancers",
    "Listeners": "elbv2 describe-listeners --load-balancer-arn ARN",
    "Rules": "elbv2 describe-rules --listener-arn ARN",
}
_ANYWHERE: Final = "0.0.0.0/0"
# Names of Local Zones and Wavelength Zones are none.
_AVAILABILITY_ZONE: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9][a-z]")


class UnusableAnswerError(Exception):
    """What was read does not describe one VPC."""


def read(texts: Iterable[str]) -> dict[str, list[Item]]:
    """The items of all answers, by what they are.

    Args:
        texts: JSON documents, one after another in any number of texts.

    Raises:
        UnusableAnswerError: If a text is no answer of the AWS CLI, or an answer is missing: those about the load
            balancer only if there is one of them, those about the VPC unless there are only those.
    """
    found: dict[str, list[Item]] = {}
    for text in texts:
        for document in _documents(text):
            for key, items in document.items():
                found.setdefault(key, []).extend(items if isinstance(items, list) else [])
    wanted: dict[str, str] = {}
    if LOAD_BALANCER_COMMANDS.keys() & found.keys():
        wanted |= LOAD_BALANCER_COMMANDS
    if VPC_COMMANDS.keys() & found.keys() or not wanted:
        wanted |= VPC_COMMANDS
    if missing := [f"aws {command} --output json" for key, command in wanted.items() if key not in found]:
        raise UnusableAnswerError(f"there is no answer of: {'; '.join(missing)}")
    return found


def _documents(text: str) -> Iterator[Mapping[str, object]]:
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        try:
            document, end = decoder.raw_decode(rest)
        except json.JSONDecodeError as error:
            raise UnusableAnswerError(f"this is no JSON, which --output json gives: {error}") from None
        if isinstance(document, Mapping):
            yield document
        rest = rest[end:].strip()


@dataclass(frozen=True)
class Vpc:
    """One VPC, with what belongs to it of the answers.

    Attributes:
        vpc_id: Its ID.
        answers: The items of all answers.
    """

    vpc_id: str
    answers: Mapping[str, Sequence[Item]]

    @classmethod
    def choose(cls, answers: Mapping[str, Sequence[Item]], vpc_id: str | None) -> Vpc:
        """The VPC of that ID, or the only one.

        Raises:
            UnusableAnswerError: If there is none, or more than one to choose from.
        """
        known = [str(each["VpcId"]) for each in answers["Vpcs"]]
        if vpc_id is None and len(known) == 1:
            vpc_id = known[0]
        if vpc_id not in known:
            raise UnusableAnswerError(f"choose one VPC of: {', '.join(known) or 'none'}")
        return cls(str(vpc_id), answers)

    def _items(self, key: str) -> list[Item]:
        return [each for each in self.answers[key] if each.get("VpcId") == self.vpc_id]

    @property
    def cidrs(self) -> list[str]:
        """IPv4 CIDR blocks that are associated."""
        (vpc,) = self._items("Vpcs")
        associations = vpc.get("CidrBlockAssociationSet", [])
        stated = [str(each["CidrBlock"]) for each in associations if each["CidrBlockState"]["State"] == "associated"]
        return stated or [str(vpc["CidrBlock"])]

    @property
    def subnets(self) -> list[Item]:
        """Subnets in Availability Zones, those with most free addresses first."""
        return sorted(
            (each for each in self._items("Subnets") if _AVAILABILITY_ZONE.fullmatch(str(each["AvailabilityZone"]))),
            key=lambda each: (each["AvailabilityZone"], -int(each["AvailableIpAddressCount"]), each["SubnetId"]),
        )

    @property
    def subnets_elsewhere(self) -> list[Item]:
        """Subnets in Local Zones and the like, and on Outposts."""
        return [each for each in self._items("Subnets") if each not in self.subnets]

    def route_table(self, subnet: Item) -> Item:
        """The route table of a subnet, which is the main one unless another is associated."""
        main: Item = {}
        for table in self._items("RouteTables"):
            for association in table.get("Associations", []):
                if association.get("SubnetId") == subnet["SubnetId"]:
                    return table
                if association.get("Main"):
                    main = table
        return main

    def way_out(self, subnet: Item) -> str:
        """ID of where the default route leads; empty without one that works."""
        for route in self.route_table(subnet).get("Routes", []):
            if route.get("DestinationCidrBlock") == _ANYWHERE and route.get("State") == "active":
                targets = ("GatewayId", "NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "LocalGatewayId")
                return next((str(route[key]) for key in targets if route.get(key)), "another target")
        return ""

    def is_public(self, subnet: Item) -> bool:
        """Whether the default route leads to an internet gateway."""
        return self.way_out(subnet).startswith("igw-")

    def interface_endpoints(self) -> list[str]:
        """Services with an interface endpoint that SDKs use without being told, such as `ecr.api`."""
        return sorted(
            _service(each) for each in self._endpoints("Interface") if each.get("PrivateDnsEnabled") and _service(each)
        )

    def gateway_endpoints(self, subnets: Iterable[Item]) -> list[str]:
        """Services with a gateway endpoint that the route tables of all these subnets have."""
        tables = set(self.route_table_ids(subnets))
        return sorted(
            _service(each) for each in self._endpoints("Gateway") if tables <= set(each.get("RouteTableIds", []))
        )

    def route_table_ids(self, subnets: Iterable[Item]) -> list[str]:
        """IDs of the route tables of these subnets."""
        return sorted({str(self.route_table(subnet).get("RouteTableId")) for subnet in subnets})

    def _endpoints(self, kind: str) -> list[Item]:
        return [
            each
            for each in self._items("VpcEndpoints")
            if each.get("VpcEndpointType") == kind and str(each.get("State")).lower() == "available"
        ]


def _service(endpoint: Item) -> str:
    """Name of a service of AWS without its Region; empty for one of somebody else."""
    match = re.fullmatch(r"(?:com\.amazonaws|cn\.com\.amazonaws)\.[a-z0-9-]+\.(.+)", str(endpoint["ServiceName"]))
    return match[1] if match else ""
