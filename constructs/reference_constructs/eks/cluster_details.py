"""What a node must know in order to join a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network


@dataclass(frozen=True, kw_only=True)
class ClusterDetails:
    """Name, place, and addresses of a cluster, as its nodes are told them.

    Attributes:
        name: Name of the cluster.
        endpoint: URL of its API server.
        certificate_authority: Its certificate authority in Base64.
        service_cidr: Addresses of its services. CloudFormation cannot read them from the cluster, so they are stated
            (`eks.service_cidr`).
        local_cluster_id: ID of a local cluster on an Outpost, by which its nodes authenticate; None in the Region.
    """

    name: str
    endpoint: str
    certificate_authority: str
    service_cidr: IPv4Network
    local_cluster_id: str | None = None

    @property
    def dns_address(self) -> str:
        """The address of CoreDNS: the tenth of the services ("-DNSClusterIP", the same guide)."""
        return str(self.service_cidr[10])
