"""The VPC CNI plugin is configured for the addresses that pods have."""

from __future__ import annotations

import json
from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation


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
