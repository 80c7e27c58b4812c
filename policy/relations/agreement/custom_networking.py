"""Custom networking of the VPC CNI plugin has its subnets."""

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
