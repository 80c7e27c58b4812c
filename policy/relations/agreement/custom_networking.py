"""The VPC CNI plugin is configured for the addresses that pods have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from assembly import Graph, Resource
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.relation import Misfit, relation

_ZONE_LABEL: Final = "topology.kubernetes.io/zone"


@relation("Deploy Pods in alternative subnets with custom networking, Amazon EKS User Guide")
def custom_networking_has_its_subnets(graph: Graph) -> Iterator[Misfit]:
    """Without an ENIConfig for its zone, a node gets no addresses for pods, and does not become ready."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        if add_on.get("AddonName") != "vpc-cni":
            continue
        values = json.loads(str(add_on.get("ConfigurationValues") or "{}"))
        is_on = values.get("env", {}).get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") == "true"
        made = values.get("eniConfig", {})
        if is_on and not (made.get("create") and made.get("subnets")):
            yield Misfit(
                resource=add_on,
                finding="custom networking is on, and no ENIConfig is made",
                fix="state eniConfig with a subnet for each zone, or turn custom networking off",
            )
        elif is_on and values["env"].get("ENI_CONFIG_LABEL_DEF") == _ZONE_LABEL:
            yield from _zones(graph, add_on, made["subnets"])


def _zones(graph: Graph, add_on: Resource, subnets: Mapping[str, Mapping[str, object]]) -> Iterator[Misfit]:
    """An ENIConfig has the name of a zone: each zone of nodes needs one, whose subnet is in that zone."""
    for zone, subnet in subnets.items():
        found = graph.find(subnet.get("id"))
        if found is not None and (other := found.get("AvailabilityZone")) != zone:
            finding = f"the ENIConfig {zone} has {found.logical_id}, which is in {other}"
            yield Misfit(resource=add_on, finding=finding, fix=f"name a subnet in {zone}")
    cluster = graph.find(add_on.get("ClusterName"))
    groups = [each for each in graph.of_type("AWS::EKS::Nodegroup") if graph.find(each.get("ClusterName")) == cluster]
    of_nodes = [subnet for group in groups for subnet in group.list("Subnets")]
    for nodes in self_managed_nodes(graph):
        of_nodes += nodes.group.list("VPCZoneIdentifier") if nodes.cluster(graph) == cluster else []
    zones = {str(subnet.get("AvailabilityZone")) for subnet in map(graph.find, of_nodes) if subnet is not None}
    if missing := sorted(zones - set(subnets)):
        finding = f"there are nodes in {', '.join(missing)}, and no ENIConfig"
        yield Misfit(resource=add_on, finding=finding, fix=f"add a subnet of {', '.join(missing)} to eniConfig")


@relation("Learn about IPv6 addresses to clusters, Pods, and services; amazon-vpc-cni-k8s, README: ENABLE_IPv6")
def plugin_has_prefixes_in_an_ipv6_cluster(graph: Graph) -> Iterator[Misfit]:
    """The plugin gives pods IPv6 addresses of prefixes only, and does not start without them."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        cluster = graph.find(add_on.get("ClusterName"))
        is_ipv6 = cluster is not None and cluster.get("KubernetesNetworkConfig.IpFamily") == "ipv6"
        if add_on.get("AddonName") != "vpc-cni" or not is_ipv6:
            continue
        values = json.loads(str(add_on.get("ConfigurationValues") or "{}"))
        if values.get("env", {}).get("ENABLE_PREFIX_DELEGATION", "true") != "true":
            yield Misfit(
                resource=add_on,
                finding="the cluster is of the IPv6 family, and ENABLE_PREFIX_DELEGATION is not true",
                fix='set it to "true", or leave it out',
            )
