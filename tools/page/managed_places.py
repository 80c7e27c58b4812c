"""Places that services of AWS run: load balancers, endpoints, file systems, Amazon CloudFront, and VPC Lattice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from assembly import Graph, Resource
from tools.page import distributions, lattice
from tools.page.names import short_stack
from tools.page.place import Place, place_name, texts

_LB: Final = "AWS::ElasticLoadBalancingV2"


def _load_balancer(graph: Graph, balancer: Resource) -> Iterator[Place]:
    mapped = [each.get("SubnetId") for each in balancer.list("SubnetMappings")]
    listeners = [
        each for each in graph.of_type(f"{_LB}::Listener") if graph.find(each.get("LoadBalancerArn")) == balancer
    ]
    yield Place(
        balancer,
        "Load balancer",
        place_name(graph, balancer),
        texts(balancer.list("SecurityGroups")),
        texts([*balancer.list("Subnets"), *filter(None, mapped)]),
        has_public_address=balancer.get("Scheme", "internet-facing") == "internet-facing",
        ports=tuple(port for each in listeners for port in listened(each)),
        has_ipv6=str(balancer.get("IpAddressType", "ipv4")).startswith("dualstack"),
    )


_UDP: Final = {"UDP": ("udp",), "QUIC": ("udp",), "TCP_UDP": ("tcp", "udp"), "TCP_QUIC": ("tcp", "udp")}


def listened(listener: Resource) -> Iterator[tuple[str, int]]:
    """(protocol, port) of a listener."""
    for protocol in _UDP.get(str(listener.get("Protocol", "HTTP")), ("tcp",)):
        yield protocol, int(listener.get("Port", 0))


def _endpoint(graph: Graph, endpoint: Resource) -> Iterator[Place]:
    if endpoint.get("VpcEndpointType") != "Interface":
        return
    name = str(endpoint.get("ServiceName")).rpartition(f"{graph.region(endpoint.stack)}.")[2]
    yield Place(
        endpoint,
        "Endpoint",
        f"{short_stack(graph, endpoint.stack)}: endpoint {name}",
        texts(endpoint.list("SecurityGroupIds")),
        texts(endpoint.list("SubnetIds")),
        ports=(("tcp", 443),),
        opens_connections=False,
    )


def _mount_target(graph: Graph, target: Resource) -> Iterator[Place]:
    yield Place(
        target,
        "Mount target",
        place_name(graph, target),
        texts(target.list("SecurityGroups")),
        (str(target.get("SubnetId")),),
        ports=(("tcp", 2049),),
        opens_connections=False,
    )


def _file_system(graph: Graph, system: Resource) -> Iterator[Place]:
    yield Place(
        system,
        "File system",
        place_name(graph, system),
        texts(system.list("SecurityGroupIds")),
        texts(system.list("SubnetIds")),
    )


def _service_network(graph: Graph, association: Resource) -> Iterator[Place]:
    """A service network in a VPC: it has no interfaces there, and its security groups say who calls its services."""
    identifier = association.get("ServiceNetworkIdentifier")
    network = graph.find(identifier)
    same = [each for each in graph.of_type(association.type) if each.get("ServiceNetworkIdentifier") == identifier]
    services = lattice.services(graph, lattice.key(graph, identifier))
    yield Place(
        association,
        lattice.NETWORK,
        place_name(graph, network if network and len(same) == 1 else association),
        texts(association.list("SecurityGroupIds")),
        (),
        ports=tuple(sorted({("tcp", port) for each in services for port in lattice.ports(graph, each)})),
        opens_connections=False,
        vpc=str(association.get("VpcIdentifier")),
    )


def _lattice_service(graph: Graph, service: Resource) -> Iterator[Place]:
    ports = tuple(("tcp", port) for port in lattice.ports(graph, service))
    alone = len([each for each in graph.of_type(service.type) if each.stack == service.stack]) == 1
    name = f"{short_stack(graph, service.stack)} in VPC Lattice" if alone else place_name(graph, service)
    yield Place(service, lattice.SERVICE, name, (), (), ports=ports, opens_connections=False, is_in_vpc=False)


def _distribution(graph: Graph, distribution: Resource) -> Iterator[Place]:
    yield Place(
        distribution,
        distributions.DISTRIBUTION,
        place_name(graph, distribution),
        (),
        (),
        has_public_address=True,
        ports=tuple(("tcp", port) for port in distributions.viewer_ports(distribution)),
        opens_connections=False,
        is_in_vpc=False,
    )


MANAGED: Final[Mapping[str, Callable[[Graph, Resource], Iterator[Place]]]] = {
    f"{_LB}::LoadBalancer": _load_balancer,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EFS::MountTarget": _mount_target,
    "AWS::FSx::FileSystem": _file_system,
    "AWS::VpcLattice::ServiceNetworkVpcAssociation": _service_network,
    "AWS::VpcLattice::Service": _lattice_service,
    "AWS::CloudFront::Distribution": _distribution,
}
