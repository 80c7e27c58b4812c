"""Amazon VPC Lattice: which services a service network has, where they listen, and who may invoke them."""

from __future__ import annotations

from typing import Final

from assembly import Graph, Resource
from assembly.policies import statements
from tools.page.statements import statement_in_words

NETWORK: Final = "Service network"
SERVICE: Final = "VPC Lattice service"
_PORTS: Final = {"HTTP": 80}
_TYPE: Final = "AWS::VpcLattice::"


def key(graph: Graph, identifier: object) -> str:
    """The same for every way to name one: by a reference, by its ID, or by its ARN, which ends with the ID."""
    found = graph.find(identifier)
    return found.reference if found else str(identifier).rpartition("/")[2]


def networks(graph: Graph, service: Resource) -> list[str]:
    """Keys of the service networks that a service is in."""
    return [
        key(graph, each.get("ServiceNetworkIdentifier"))
        for each in graph.of_type(f"{_TYPE}ServiceNetworkServiceAssociation")
        if graph.find(each.get("ServiceIdentifier")) == service
    ]


def services(graph: Graph, network: str) -> list[Resource]:
    """Those that a service network has, by its key."""
    return [each for each in graph.of_type(f"{_TYPE}Service") if network in networks(graph, each)]


def listeners(graph: Graph, service: Resource) -> list[Resource]:
    """Those of a service."""
    return [each for each in graph.of_type(f"{_TYPE}Listener") if graph.find(each.get("ServiceIdentifier")) == service]


def listener_port(listener: Resource) -> int:
    """What it states, or that of its protocol."""
    return int(listener.get("Port") or _PORTS.get(str(listener.get("Protocol")), 443))


def ports(graph: Graph, service: Resource) -> list[int]:
    """Ports at which a service is called."""
    return sorted({listener_port(each) for each in listeners(graph, service)})


def auth_in_words(graph: Graph, resource: Resource | None) -> str:
    """Auth type and auth policy of a service or service network.

    "Control access to VPC Lattice services using auth policies". Which requests a policy allows is not decided.
    """
    if resource is None:
        return "made elsewhere, with whatever auth policy it has there"
    if resource.get("AuthType", "NONE") != "AWS_IAM":
        return "auth type NONE, every client may invoke"
    policies = [
        each for each in graph.of_type(f"{_TYPE}AuthPolicy") if graph.find(each.get("ResourceIdentifier")) == resource
    ]
    said = [statement_in_words(graph, one) for each in policies for one in statements(each.get("Policy"))]
    return f"auth type AWS_IAM, auth policy: {'; '.join(said) or 'none in the templates'}"
