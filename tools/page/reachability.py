"""Who can open a connection to whom, by which rules.

A connection needs a rule that lets it out, a rule that lets it in, a route, network ACLs that let it through in both
directions, and something that answers. Rules are those of security groups, inline and as resources of their own, with
what AWS adds; what answers are the listeners of a load balancer, and behind it the ports of its target groups. Amazon
CloudFront and VPC Lattice connect from addresses that the templates do not have. Where these do not have a rule, a
subnet, or a route either, the connection is taken to be possible, and marked so.
"""

from __future__ import annotations

from functools import cached_property

from assembly import Graph
from tools.page.connections import Connection, Outside, Path
from tools.page.distribution_connections import distribution_connections
from tools.page.forwarded_paths import ForwardedPaths
from tools.page.inbound_connections import inbound_connections
from tools.page.inside_connections import inside_connections
from tools.page.lattice_connections import lattice_connections
from tools.page.outbound_connections import outbound_connections
from tools.page.place import Place
from tools.page.templates import Templates


class Reachability:
    """Every connection that the templates of an environment allow."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._templates = Templates(graph)
        self.places = self._templates.places

    @cached_property
    def connections(self) -> list[Connection]:
        """All of them, without those that another of the same two contains."""
        return [
            *inside_connections(self._templates),
            *inbound_connections(self._templates),
            *outbound_connections(self._templates),
            *distribution_connections(self._templates),
            *lattice_connections(self._templates),
        ]

    @cached_property
    def paths(self) -> list[Path]:
        """Everybody outside who reaches a place through load balancers, Amazon CloudFront, or VPC Lattice."""
        return ForwardedPaths(self._templates, self.connections).all()

    def vpc(self, place: Place) -> str:
        """Resolved id of its VPC; empty where nothing says."""
        return self._templates.network.vpc(place)

    def network_acl(self, subnet: str) -> str:
        """Name of the network ACL of a subnet, by its resolved id; empty where everything passes."""
        found = self._templates.network.acl(subnet)
        return found.name if found else ""

    @cached_property
    def _by_target(self) -> dict[Place | Outside, list[Connection]]:
        found: dict[Place | Outside, list[Connection]] = {}
        for each in self.connections:
            found.setdefault(each.target, []).append(each)
        return found

    @cached_property
    def _by_source(self) -> dict[Place | Outside, list[Connection]]:
        found: dict[Place | Outside, list[Connection]] = {}
        for each in self.connections:
            found.setdefault(each.source, []).append(each)
        return found

    def inbound(self, place: Place) -> list[Connection]:
        """Who can connect to it."""
        return self._by_target.get(place, [])

    def outbound(self, place: Place) -> list[Connection]:
        """To whom it can connect."""
        return self._by_source.get(place, [])
