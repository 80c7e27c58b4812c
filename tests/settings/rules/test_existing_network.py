"""Rules of a VPC that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CONTAINER, LOAD_BALANCER, MANAGED, PRIVATE_ACCESS, RulePair, eks, network

A = "eu-west-1a: {subnet_id: subnet-0000000a, cidr: 10.7.0.0/19}"
B = "eu-west-1b: {subnet_id: subnet-0000000b, cidr: 10.7.32.0/19}"
C = "eu-west-1c: {subnet_id: subnet-0000000c, cidr: 10.7.64.0/19}"
PUBLIC_A = "eu-west-1a: {subnet_id: subnet-000000aa, cidr: 10.7.128.0/24}"
PUBLIC_B = "eu-west-1b: {subnet_id: subnet-000000bb, cidr: 10.7.129.0/24}"
CIDRS = "[10.7.0.0/16]"
SERVICE = "  services:\n    web:\n" + CONTAINER + "      routing: {path_patterns: [/*]}\n"
WITH_ADDRESS = "ecs:\n  services:\n    web:\n" + CONTAINER + "      assign_public_ip: true\n"
INTERNET_FACING = "ecs:\n" + LOAD_BALANCER.replace("{plain", "{scheme: internet-facing, plain")
NEEDED = "s3, dynamodb"
IMAGES = "ecr.api, ecr.dkr, ec2, eks-auth"


def existing(*keys: str, private: str = f"{A}, {B}", public: str = "", cidrs: str = CIDRS) -> str:
    return network(
        "existing:",
        "  vpc_id: vpc-00000001",
        f"  cidrs: {cidrs}",
        f"  private_subnets: {{{private}}}",
        f"  public_subnets: {{{public}}}",
        *(f"  {key}" for key in keys),
    )


def closed(endpoints: str, gateways: str) -> str:
    return existing("internet_access: false", f"interface_endpoints: [{endpoints}]", f"gateway_endpoints: [{gateways}]")


PAIRS = (
    RulePair(
        rule="existing_vpc_is_not_shaped",
        rejected=existing() + "  nat_gateways: one\n",
        accepted=existing(),
        message=(
            "network.nat_gateways: nat_gateways is of a new VPC, but there is network.existing\n"
            "fix: remove nat_gateways, or remove existing\n"
            "why: The VPC is what its owner made of it, so a key that shapes a new one would do nothing."
        ),
    ),
    RulePair(
        rule="existing_subnets_are_in_the_zones",
        rejected=existing(private=f"{A}, {B}, {C}"),
        accepted=existing(private=f"{A}, {B}"),
        message=(
            "network.existing.private_subnets.eu-west-1c: eu-west-1c is none of availability_zones\n"
            "fix: add eu-west-1c to availability_zones, or remove the subnet\n"
            "why: Tasks, nodes, and endpoints run in a private subnet of each Availability Zone of the environment."
        ),
    ),
    RulePair(
        rule="existing_subnets_are_in_the_zones: of which none is left out",
        rejected=existing(private=f"{A}, {B}").replace("eu-west-1b]", "eu-west-1b, eu-west-1c]"),
        accepted=existing(private=f"{A}, {B}, {C}").replace("eu-west-1b]", "eu-west-1b, eu-west-1c]"),
        message=(
            "network.existing.private_subnets: eu-west-1c is one of availability_zones, and has no private subnet\n"
            "fix: add the private subnet in eu-west-1c, or remove the zone from availability_zones\n"
            "why: Tasks, nodes, and endpoints run in a private subnet of each Availability Zone of the environment."
        ),
    ),
    RulePair(
        rule="existing_subnet_comes_once",
        rejected=existing(public=PUBLIC_A.replace("000000aa", "0000000a")),
        accepted=existing(public=PUBLIC_A),
        message=(
            "network.existing.public_subnets.eu-west-1a.subnet_id: subnet-0000000a is private_subnets.eu-west-1a "
            "already\n"
            "fix: state the ID of another subnet\n"
            "why: A subnet is in one Availability Zone, and it is either public or private."
        ),
    ),
    RulePair(
        rule="existing_ranges_fit_each_other",
        rejected=existing(private=f"{A}, {B.replace('10.7.32.0/19', '10.7.16.0/20')}"),
        accepted=existing(private=f"{A}, {B.replace('10.7.32.0/19', '10.7.32.0/20')}"),
        message=(
            "network.existing.private_subnets.eu-west-1b.cidr: '10.7.16.0/20' overlaps 10.7.0.0/19\n"
            "fix: state the CIDR block as AWS has it\n"
            "why: CIDR blocks of a VPC do not overlap, and those of its subnets are parts of them that do not overlap "
            "either."
        ),
    ),
    RulePair(
        rule="existing_ranges_fit_each_other: of the VPC",
        rejected=existing(cidrs="[10.7.0.0/16, 10.7.128.0/17]"),
        accepted=existing(cidrs="[10.7.0.0/16, 100.64.0.0/17]"),
        message=(
            "network.existing.cidrs[1]: '10.7.128.0/17' overlaps 10.7.0.0/16\n"
            "fix: state the CIDR block as AWS has it\n"
            "why: CIDR blocks of a VPC do not overlap, and those of its subnets are parts of them that do not overlap "
            "either."
        ),
    ),
    RulePair(
        rule="existing_ranges_fit_each_other: subnets of their VPC",
        rejected=existing(cidrs="[10.7.0.0/17]", public=PUBLIC_A),
        accepted=existing(cidrs="[10.7.0.0/17, 10.7.128.0/17]", public=PUBLIC_A),
        message=(
            "network.existing.public_subnets.eu-west-1a.cidr: '10.7.128.0/24' is not allowed\n"
            "allowed: a part of 10.7.0.0/17\n"
            "why: CIDR blocks of a VPC do not overlap, and those of its subnets are parts of them that do not overlap "
            "either."
        ),
    ),
    RulePair(
        rule="load_balancer_has_existing_subnets",
        rejected=existing(public=PUBLIC_A) + INTERNET_FACING + SERVICE,
        accepted=existing(public=f"{PUBLIC_A}, {PUBLIC_B}") + INTERNET_FACING + SERVICE,
        message=(
            "network.existing.public_subnets: the load balancer is internet-facing, and there are 1 public_subnets\n"
            "fix: add the public subnets of two zones, or set ecs.load_balancer.scheme to internal\n"
            "why: Elastic Load Balancing refuses a load balancer with subnets of one zone, or with a subnet smaller "
            "than a /27."
        ),
    ),
    RulePair(
        rule="task_with_a_public_address_has_public_subnets",
        rejected=existing() + WITH_ADDRESS,
        accepted=existing(public=PUBLIC_A) + WITH_ADDRESS,
        message=(
            "ecs.services.web.assign_public_ip: there are no public_subnets in network.existing\n"
            "fix: add them, or leave assign_public_ip out\n"
            "why: A public address is of use in a subnet with a route to an internet gateway only."
        ),
    ),
    RulePair(
        rule="load_balancer_has_existing_subnets: of this size",
        rejected=existing(public=f"{PUBLIC_A}, {PUBLIC_B.replace('/24', '/28')}") + INTERNET_FACING + SERVICE,
        accepted=existing(public=f"{PUBLIC_A}, {PUBLIC_B.replace('/24', '/27')}") + INTERNET_FACING + SERVICE,
        message=(
            "network.existing.public_subnets.eu-west-1b.cidr: '10.7.129.0/28' is not allowed\n"
            "allowed: a prefix length of at most /27 for the load balancer\n"
            "why: Elastic Load Balancing refuses a load balancer with subnets of one zone, or with a subnet smaller "
            "than a /27."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_eks_nodes: in a VPC that exists",
        rejected=eks(MANAGED, PRIVATE_ACCESS, head=closed(IMAGES.replace(", ec2", ""), "s3")),
        accepted=eks(MANAGED, PRIVATE_ACCESS, head=closed(IMAGES, "s3")),
        message=(
            "network.existing.interface_endpoints: existing.internet_access is false, but there is no endpoint ec2 "
            "(nodes, which ask for their names and addresses)\n"
            "fix: add ec2, or give the private subnets a route to the internet and set existing.internet_access to "
            "true\n"
            "why: Without NAT gateways, nodes join the cluster, pods get their role, and people get in, only by VPC "
            "endpoints."
        ),
    ),
    RulePair(
        rule="endpoints_replace_nat_for_images_and_logs: layers in a VPC that exists",
        rejected=eks(MANAGED, PRIVATE_ACCESS, head=closed(IMAGES, "dynamodb")),
        accepted=eks(MANAGED, PRIVATE_ACCESS, head=closed(IMAGES, NEEDED)),
        message=(
            "network.existing.gateway_endpoints: existing.internet_access is false, but there is no endpoint s3 "
            "(layers of images)\n"
            "fix: add s3, or give the private subnets a route to the internet and set existing.internet_access to "
            "true\n"
            "why: Without NAT gateways, no task and no node can pull an image or write logs except through "
            "VPC endpoints."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: in a VPC that exists",
        rejected=eks(MANAGED, head=existing(private=f"{A}, {B}".replace("/19", "/27"))),
        accepted=eks(MANAGED, head=existing(private=f"{A}, {B}".replace("/19", "/25"))),
        message=(
            "network.existing.private_subnets: 2 private subnets of size /27 have 54 usable addresses, but tasks, "
            "pods, and instances can take 116\n"
            "fix: use larger subnets, or lower the maximum number of tasks or nodes, or max_pods of nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it does not "
            "start."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
