"""What platforms need to know of a VPC, whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from aws_cdk import aws_ec2 as ec2
from constructs import Construct


class Network(Protocol):
    """A VPC with private subnets, and public ones where something is to be reached from the internet."""

    @property
    def vpc(self) -> ec2.IVpc:
        """The VPC."""

    @property
    def cidrs(self) -> Sequence[str]:
        """Its IPv4 CIDR blocks, as plain text: other stacks need no reference for them."""

    @property
    def dual_stack(self) -> bool:
        """Whether its subnets have IPv6 addresses too."""

    @property
    def public_subnets(self) -> Sequence[ec2.ISubnet]:
        """One per zone, for load balancers."""

    @property
    def private_subnets(self) -> Sequence[ec2.ISubnet]:
        """One per zone, for everything else."""

    @property
    def pod_subnets(self) -> Mapping[str, str]:
        """Ids of subnets for pods alone, by zone; empty without any."""


NetworkSource = Callable[[Construct], Network]
"""Gives the network to a stack: one that another stack defines is the same for all, an existing one is imported into
each."""
