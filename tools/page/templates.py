"""What connections are computed from: the templates, read once in each way."""

from __future__ import annotations

from functools import cached_property

from assembly import Graph
from tools.page.addresses import Block
from tools.page.connections import Outside
from tools.page.forwarding import Forwards
from tools.page.network import Network
from tools.page.outsiders import Outsiders
from tools.page.places import places
from tools.page.rules import Rules


class Templates:
    """Places of an environment, rules of their security groups, routes, and targets of load balancers."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self.graph = graph
        self.places = places(graph)
        self.in_vpc = [each for each in self.places if each.is_in_vpc]
        self.network = Network(graph)
        self.rules = Rules(graph)
        self.forwards = Forwards(graph)
        self.outsiders = Outsiders(graph, self.rules)

    @cached_property
    def sources(self) -> dict[Outside, list[Block]]:
        """Everybody outside whom a rule lets in, and the internet."""
        return self.outsiders.sources(self.in_vpc)
