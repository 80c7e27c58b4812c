"""Whoever writes an allow-list reads all addresses that traffic comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph
from policy.relations.relation import Misfit, relation

_OUTPUT: Final = "NatAddresses"


@relation("NAT gateway basics, Amazon VPC User Guide: Elastic IP addresses; Outputs, AWS CloudFormation User Guide")
def output_has_every_address_of_nat_gateways(graph: Graph) -> Iterator[Misfit]:
    """An allow-list that lacks an address refuses what comes from one zone, and only from there."""
    for gateway in graph.of_type("AWS::EC2::NatGateway"):
        address, outputs = graph.find(gateway.get("AllocationId")), graph.outputs(gateway.stack)
        if address is None or _OUTPUT not in outputs:
            continue
        if address not in graph.references(outputs[_OUTPUT]):
            yield Misfit(
                resource=address,
                finding=f"{gateway.logical_id} has the address, and the output {_OUTPUT} lacks it",
                fix="add it to the output",
            )
