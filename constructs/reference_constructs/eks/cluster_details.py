"""What a node must know in order to join a cluster."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ClusterDetails:
    """Name, place, and addresses of a cluster, as its nodes are told them.

    Attributes:
        name: Name of the cluster.
        endpoint: URL of its API server.
        certificate_authority: Its certificate authority in Base64.
        service_cidr: Addresses of its services. CloudFormation can read those of an IPv6 cluster from it; those of an
            IPv4 cluster it cannot, so they are stated (`eks.service_cidr`).
        dns_address: Address of CoreDNS among them.
        local_cluster_id: ID of a local cluster on an Outpost, by which its nodes authenticate; None in the Region.
    """

    name: str
    endpoint: str
    certificate_authority: str
    service_cidr: str
    dns_address: str
    local_cluster_id: str | None = None
