"""What lets requests of a load balancer in, and credentials that two ways give."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final

from tools.kubernetes.checks.check import Cluster, Complaint, check, matches
from tools.kubernetes.checks.network import allows_port
from tools.kubernetes.objects import KubernetesObject, Pods

_ROLE_ARN: Final = "eks.amazonaws.com/role-arn"
_ALB: Final = "alb.ingress.kubernetes.io/"
# "Ingress annotations", AWS Load Balancer Controller. Others are taken: only what is nearly one of these is a mistake.
_ANNOTATIONS: Final = (
    *(
        "scheme",
        "target-type",
        "subnets",
        "security-groups",
        "inbound-cidrs",
        "listen-ports",
        "ssl-redirect",
        "ssl-policy",
    ),
    *("certificate-arn", "group.name", "group.order", "tags", "ip-address-type", "load-balancer-name", "success-codes"),
    *("load-balancer-attributes", "target-group-attributes", "backend-protocol", "backend-protocol-version"),
    *("healthcheck-path", "healthcheck-port", "healthcheck-protocol", "healthcheck-interval-seconds"),
    *("healthcheck-timeout-seconds", "healthy-threshold-count", "unhealthy-threshold-count", "target-node-labels"),
    *("wafv2-acl-arn", "shield-advanced-protection", "manage-backend-security-group-rules", "auth-type"),
)
_NEARLY: Final = 0.85
_NAMESPACES: Final = ("kube-system", "kube-public", "default")


@check
def load_balancer_reaches_its_pods(cluster: Cluster) -> Iterator[Complaint]:
    """Health checks fail, and the load balancer answers 503 or 504."""
    vpc = cluster.environment.network.cidrs[0]
    for ingress in cluster.of_kind("Ingress"):
        for service in _services(cluster, ingress):
            for pods in _behind(cluster, service):
                policies = _of_ingress(cluster, pods)
                for port in _ports(service, pods) if policies else ():
                    rules = [rule for each in policies for rule in each.spec.get("ingress") or ()]
                    if not any(allows_port(rule, port) and _is_from(rule, str(vpc)) for rule in rules):
                        reason = f"no network policy lets the load balancer reach port {port} of {pods.owner}"
                        fix = f"allow port {port} from the block of the VPC, {vpc}"
                        yield Complaint(ingress, ("spec", "rules"), reason, fix)


@check
def annotation_is_one_of_the_controller(cluster: Cluster) -> Iterator[Complaint]:
    """The controller ignores what it does not know."""
    for each in cluster.of_kind("Ingress"):
        for key in each.annotations:
            name = key.removeprefix(_ALB)
            near = difflib.get_close_matches(name, _ANNOTATIONS, 1, _NEARLY)
            if key.startswith(_ALB) and near and name not in _ANNOTATIONS and not name.startswith(near[0] + "."):
                path = ("metadata", "annotations", key)
                yield Complaint(each, path, f"the controller has no annotation {name}", f"write {_ALB}{near[0]}")


@check
def peer_of_a_policy_is_a_namespace(cluster: Cluster) -> Iterator[Complaint]:
    """A selector of nothing allows nothing. Namespaces of others are taken: only a slip of one here is not."""
    known = [*_NAMESPACES, *(each.name for each in cluster.of_kind("Namespace"))]
    for policy in cluster.of_kind("NetworkPolicy"):
        for direction, key in (("ingress", "from"), ("egress", "to")):
            for index, rule in enumerate(policy.spec.get(direction) or ()):
                for number, peer in enumerate(rule.get(key) or ()):
                    labels = (peer.get("namespaceSelector") or {}).get("matchLabels") or {}
                    name = str(labels.get("kubernetes.io/metadata.name", ""))
                    near = difflib.get_close_matches(name, known, 1, _NEARLY) if name not in known else ()
                    if near:
                        path = ("spec", direction, index, key, number, "namespaceSelector")
                        yield Complaint(policy, path, f"there is no namespace {name}", f"write {near[0]}")


@check
def role_is_given_once(cluster: Cluster) -> Iterator[Complaint]:
    """SDKs take the role of the annotation first, and the one of the file has no effect."""
    eks = cluster.environment.eks
    identities = eks.pod_identities.items() if eks else ()
    for account in cluster.of_kind("ServiceAccount"):
        for name, identity in identities:
            is_theirs = (identity.namespace, identity.service_account) == (account.namespace, account.name)
            way = identity.credentials_with(eks.nodes.values()) if eks else None
            if is_theirs and way == "pod_identity" and _ROLE_ARN in account.annotations:
                path = ("metadata", "annotations", _ROLE_ARN)
                reason = f"eks.pod_identities.{name} gives its pods another role"
                yield Complaint(account, path, reason, "remove the annotation, or the role of the file")


def _services(cluster: Cluster, ingress: KubernetesObject) -> Iterator[KubernetesObject]:
    for rule in ingress.spec.get("rules") or ():
        for way in (rule.get("http") or {}).get("paths") or ():
            name = ((way.get("backend") or {}).get("service") or {}).get("name")
            found = cluster.find("Service", ingress.namespace, str(name))
            if found is not None:
                yield found


def _behind(cluster: Cluster, service: KubernetesObject) -> list[Pods]:
    selector = service.spec.get("selector") or {}
    return [
        each
        for each in cluster.pods
        if selector and each.namespace == service.namespace and matches({"matchLabels": selector}, each.labels)
    ]


def _ports(service: KubernetesObject, pods: Pods) -> Iterator[int]:
    for port in service.spec.get("ports") or ():
        target = port.get("targetPort", port.get("port"))
        for each in pods.containers:
            for one in each.content.get("ports") or ():
                if target in (one.get("name"), one.get("containerPort")):
                    yield int(one["containerPort"])


def _of_ingress(cluster: Cluster, pods: Pods) -> list[KubernetesObject]:
    return [
        each
        for each in cluster.of_kind("NetworkPolicy")
        if each.namespace == pods.namespace
        and "Ingress" in (each.spec.get("policyTypes") or ("Ingress",))
        and matches(each.spec.get("podSelector"), pods.labels)
    ]


def _is_from(rule: Mapping[str, Any], block: str) -> bool:
    """Whether a part of the block may connect: the subnets of the load balancer are not known here."""
    if not rule.get("from"):
        return True
    blocks = [ip_network(each["ipBlock"]["cidr"], strict=False) for each in rule["from"] if "ipBlock" in each]
    return any(each.version == ip_network(block).version and each.overlaps(ip_network(block)) for each in blocks)
