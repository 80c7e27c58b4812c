from __future__ import annotations

from collections.abc import Iterable

import pytest

from assembly import Graph
from tests.tools.page.random_front_doors import FrontDoors
from tests.tools.page.random_networks import PROBES, RandomNetwork
from tools.page.connections import Connection, Outside
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.reachability import Reachability

_NETWORKS = 300
_RICH_NETWORKS = 400
_FRONT_DOORS = 400
_BATCH = 50


def _name(end: Place | Outside) -> str:
    return end.resource.logical_id if isinstance(end, Place) else end.peer


def _facts(found: Iterable[Connection]) -> set[tuple[str, str, str, int]]:
    return {
        (_name(each.source), _name(each.target), protocol, port)
        for each in found
        for protocol, port in PROBES
        if each.ports.contains(Ports(protocol, port, port))
    }


def _among(found: list[Connection], things: set[str]) -> list[Connection]:
    """Without spare security groups, which are places of their own."""
    outside = {_name(end) for each in found for end in (each.source, each.target) if isinstance(end, Outside)}
    return [each for each in found if {_name(each.source), _name(each.target)} <= things | outside]


def _compare(network: RandomNetwork, seed: int) -> None:
    reachability = Reachability(Graph({"net": network.template()}))
    found = _among(reachability.connections, {each.name for each in network.things})
    arriving = [each for each in found if isinstance(each.source, Outside)]
    leaving = [each for each in found if isinstance(each.target, Outside)]
    inside = [each for each in found if isinstance(each.source, Place) and isinstance(each.target, Place)]
    sources = network.sources()
    assert _facts(inside) == network.inside(), f"inside, seed {seed}"
    certain = _facts(each for each in inside if each.is_certain)
    assert certain == network.inside(is_certain=True), f"certain, seed {seed}"
    assert _facts(arriving) == {each for each in network.from_outside() if each[0] in sources}, f"in, seed {seed}"
    assert _facts(leaving) == network.to_outside(), f"out, seed {seed}"
    paths = {
        (_name(each.first.source), each.forwarding.listener_port, _name(each.second.target), each.forwarding.port)
        for each in reachability.paths
    }
    assert paths == {each for each in network.paths() if each[0] in sources}, f"paths, seed {seed}"


def _batches(number: int) -> list[object]:
    return [pytest.param(first, marks=[pytest.mark.slow] if first else []) for first in range(0, number, _BATCH)]


@pytest.mark.parametrize("first", _batches(_NETWORKS))
def test_random_networks_are_as_an_oracle_that_tries_every_address_says(first: int) -> None:
    for seed in range(first, first + _BATCH):
        _compare(RandomNetwork.generate(seed), seed)


@pytest.mark.parametrize("first", _batches(_RICH_NETWORKS))
def test_acls_and_peering_and_clients_behind_a_load_balancer_are_as_the_oracle_says(first: int) -> None:
    for seed in range(first, first + _BATCH):
        _compare(RandomNetwork.generate_rich(seed), seed)


@pytest.mark.parametrize("first", _batches(_FRONT_DOORS))
def test_cloudfront_and_vpc_lattice_before_random_networks_are_as_the_oracle_says(first: int) -> None:
    for seed in range(first, first + _BATCH):
        doors = FrontDoors.generate(seed)
        reachability = Reachability(Graph({"net": doors.template()}))
        found = reachability.connections
        for is_certain in (True, False):
            opened = {
                name: {
                    each.ports.first for each in found if _name(each.source) == name and each.is_certain >= is_certain
                }
                for name in ("Distribution", "Service")
            }
            assert opened["Distribution"] == doors.to_balancer(is_certain=is_certain), f"seed {seed}"
            assert opened["Service"] == doors.to_task(is_certain=is_certain), f"seed {seed}"
        paths = [each for each in reachability.paths if _name(each.through[0]) == "Distribution"]
        first_ends = {(each.forwarding.listener_port, each.forwarding.port) for each in paths if len(each.through) == 1}
        reached = doors.to_balancer(is_certain=False)
        assert first_ends == {each for each in doors.requests() if each[1] in reached}, f"seed {seed}"
        behind = {
            (each.forwarding.listener_port, _name(each.second.target), each.forwarding.port)
            for each in paths
            if len(each.through) == 2
        }
        assert behind == doors.through_balancer(), f"seed {seed}"


def test_the_front_doors_are_open_often_enough() -> None:
    doors = [FrontDoors.generate(seed) for seed in range(_BATCH)]
    assert sum(bool(each.to_balancer(is_certain=True)) for each in doors) > _BATCH // 20
    assert sum(bool(each.to_balancer(is_certain=False)) for each in doors) > _BATCH // 8
    assert sum(bool(each.through_balancer()) for each in doors) > _BATCH // 20
    assert sum(bool(each.to_task(is_certain=False)) for each in doors) > _BATCH // 5


def test_the_random_networks_are_not_empty() -> None:
    networks = [RandomNetwork.generate(seed) for seed in range(_BATCH)]
    assert sum(len(each.inside()) for each in networks) > 10 * _BATCH
    assert sum(len(each.from_outside()) for each in networks) > 5 * _BATCH
    assert sum(len(each.paths()) for each in networks) > _BATCH // 5
    rich = [RandomNetwork.generate_rich(seed) for seed in range(_BATCH)]
    # What ACLs take away, what is not certain, what crosses a peering connection, and what sees clients.
    assert (
        sum(len(one.inside()) < len(other.inside()) for one, other in zip(rich, networks, strict=True)) > _BATCH // 20
    )
    assert sum(each.inside() != each.inside(is_certain=True) for each in rich) > _BATCH // 10
    assert sum(any("Peer" in each[:2] and each[0] != each[1] for each in one.inside()) for one in rich) > _BATCH // 10
    assert sum(any(each[1] in (53, 8080) for each in one.paths()) for one in rich) > _BATCH // 20
