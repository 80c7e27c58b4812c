"""Rules of the Region and its Availability Zones."""

from __future__ import annotations

from collections.abc import Iterator

from facts import availability_zones, dated, regions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, did_you_mean, listed
from settings.rules.rule import rule, warning

_IDENTITY_CENTER = "eks.capabilities.argocd.identity_center_region"
_REPLICATION = "registry.replication[].region"


@warning(
    "Regions and Zones, Amazon EC2 User Guide; facts/aws_facts.json", keys=("region", _IDENTITY_CENTER, _REPLICATION)
)
def region_is_known(environment: Environment) -> Iterator[Problem]:
    """Nothing can be deployed to a Region that AWS does not have."""
    argocd = environment.eks.capabilities.argocd if environment.eks else None
    stated: dict[KeyPath, str | None] = {
        ("region",): environment.region,
        tuple(_IDENTITY_CENTER.split(".")): argocd.identity_center_region if argocd else None,
        **{
            ("registry", "replication", index, "region"): each.region
            for index, each in enumerate(environment.registry.replication)
        },
    }
    for path, region in stated.items():
        if region is not None and region not in regions():
            hint = did_you_mean(region, sorted(regions()))
            yield Problem(
                path=path,
                finding=f"the Region {region} is not in the data here, which is of {dated()}",
                fix=f"{hint} If AWS has opened the Region since, acknowledge this".strip(),
            )


@rule("Regions and Zones, Amazon EC2 User Guide", keys=("availability_zones[]", "region"))
def zone_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """A VPC cannot have a subnet in an Availability Zone of another Region."""
    for index, zone in enumerate(environment.availability_zones):
        if zone[:-1] != environment.region:
            yield Problem(
                path=("availability_zones", index),
                value=zone,
                allowed=f"an Availability Zone of the Region {environment.region}",
            )


@rule("Regions and Zones, Amazon EC2 User Guide", keys=("availability_zones[]",))
def zone_exists(environment: Environment) -> Iterator[Problem]:
    """A VPC cannot have a subnet in an Availability Zone that the Region does not have."""
    known = availability_zones().get(environment.region, ())
    for index, zone in enumerate(environment.availability_zones):
        # Older accounts see other letters (us-west-1c, ap-northeast-1b): only what nobody sees is refused.
        if known and zone[:-1] == environment.region and ord(zone[-1]) > ord(known[-1][-1]) + 1:
            yield Problem(path=("availability_zones", index), value=zone, allowed=listed(known, "or"))


@rule(
    "Subnets for your load balancer, Elastic Load Balancing; VPC and subnet requirements, Amazon EKS User Guide",
    keys=("availability_zones[]",),
)
def zone_comes_once(environment: Environment) -> Iterator[Problem]:
    """Load balancers and EKS clusters accept one subnet for each Availability Zone."""
    yield from come_once(("availability_zones",), environment.availability_zones)


@rule("docs/adr/0003: the address plan", keys=("network.max_availability_zones", "availability_zones"))
def address_plan_has_room_for_the_zones(environment: Environment) -> Iterator[Problem]:
    """The address plan of the VPC reserves space for that many Availability Zones and no more."""
    zones = len(environment.availability_zones)
    if environment.network.existing is None and environment.network.max_availability_zones < zones:
        yield Problem(
            path=("network", "max_availability_zones"),
            value=environment.network.max_availability_zones,
            allowed=f"at least {zones}, the number of availability_zones",
        )
