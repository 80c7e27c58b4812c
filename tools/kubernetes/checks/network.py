"""Who may connect to whom, how requests get in, and how pods get credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final

from tools.kubernetes.checks.check import Cluster, Complaint, check, matches
from tools.kubernetes.objects import KubernetesObject, Pods

# "Understand how EKS Pod Identity works".
_POD_IDENTITY: Final = "169.254.170.23"
_POD_IDENTITY_IPV6: Final = "fd00:ec2::23"
_ROLE_ARN: Final = "eks.amazonaws.com/role-arn"
_CONTROLLER: Final = ("kube-system", "aws-load-balancer-controller")
_ALB: Final = "alb.ingress.kubernetes.io/"


@check
def namespace_denies_by_default(cluster: Cluster) -> Iterator[Complaint]:
    """Every pod of the cluster could connect to these, and these to everything."""
    for namespace in cluster.of_kind("Namespace"):
        if not any(each.namespace == namespace.name for each in cluster.pods):
            continue
        for direction in ("Ingress", "Egress"):
            if not any(_denies(each, direction) for each in _policies(cluster, namespace.name)):
                reason = f"no network policy denies {direction.lower()} by default"
                fix = f"add one with podSelector: {{}} and policyTypes: [{direction}]"
                yield Complaint(namespace, ("metadata", "name"), reason, fix)


@check
def pods_reach_dns(cluster: Cluster) -> Iterator[Complaint]:
    """Nothing has a name any more; without TCP, long answers are cut off."""
    for pods in cluster.pods:
        if not _is_denied(cluster, pods):
            continue
        rules = [rule for rule in _egress(cluster, pods) if _is_to_dns(rule)]
        missing = [each for each in ("UDP", "TCP") if not any(allows_port(rule, 53, each) for rule in rules)]
        if missing:
            path = (*pods.template_path, "metadata", "labels")
            reason = "no network policy lets its pods reach DNS"
            reason += f" by {missing[0]}" if len(missing) == 1 else ""
            yield Complaint(pods.owner, path, reason, f"allow port 53 ({', '.join(missing)}) to kube-system")


@check
def pods_reach_their_credentials(cluster: Cluster) -> Iterator[Complaint]:
    """The SDK says that it cannot find credentials."""
    is_ipv6 = cluster.environment.eks is not None and cluster.environment.eks.ip_family == "ipv6"
    address = _POD_IDENTITY_IPV6 if is_ipv6 else _POD_IDENTITY
    for pods in cluster.pods:
        if _credentials(cluster, pods) == "pod_identity" and _is_denied(cluster, pods):
            rules = _egress(cluster, pods)
            if not any(allows_port(rule, 80) and _reaches(rule, address) for rule in rules):
                path = (*pods.path, "serviceAccountName")
                reason = f"no network policy lets its pods reach {address}, which gives them credentials"
                yield Complaint(pods.owner, path, reason, f"allow port 80 to {address}")


@check
def role_has_its_service_account(cluster: Cluster) -> Iterator[Complaint]:
    """A role of the file for a service account that is not there is nobody's."""
    eks = cluster.environment.eks
    for namespace in cluster.of_kind("Namespace"):
        for name, identity in (eks.pod_identities if eks else {}).items():
            if identity.namespace == namespace.name:
                account = cluster.find("ServiceAccount", identity.namespace, identity.service_account)
                if account is None:
                    reason = f"eks.pod_identities.{name} is for a service account that is not here"
                    fix = f"add the ServiceAccount {identity.service_account}, or correct the file"
                    yield Complaint(namespace, ("metadata", "name"), reason, fix)


@check
def pod_with_aws_programs_has_a_role(cluster: Cluster) -> Iterator[Complaint]:
    """The AWS CLI without a role ends with an error, as does a log router that writes to CloudWatch Logs."""
    for pods in cluster.pods:
        for each in pods.containers:
            is_aws = "aws-cli/aws-cli:" in str(each.content.get("image", ""))
            if is_aws and _credentials(cluster, pods) is None:
                path = (*pods.path, "serviceAccountName")
                reason = f"{each.name} calls AWS, and the service account {pods.service_account} has no role"
                yield Complaint(pods.owner, path, reason, "add it to eks.pod_identities of the environment file")


@check
def role_of_a_fargate_pod_is_annotated(cluster: Cluster) -> Iterator[Complaint]:
    """AWS Fargate has no EKS Pod Identity; with IAM roles for service accounts, the account names the role."""
    for pods in cluster.pods:
        account = cluster.find("ServiceAccount", pods.namespace, pods.service_account)
        if account is not None and _credentials(cluster, pods) == "irsa" and _ROLE_ARN not in account.annotations:
            path = ("metadata", "annotations")
            yield Complaint(account, path, "it does not name the role of its pods", f"add the annotation {_ROLE_ARN}")


@check
def ingress_has_a_controller(cluster: Cluster) -> Iterator[Complaint]:
    """Without one, there is no load balancer."""
    eks = cluster.environment.eks
    identities = eks.pod_identities.values() if eks else ()
    has_controller = any((each.namespace, each.service_account) == _CONTROLLER for each in identities)
    is_auto = any(place.options.kind == "auto_mode" for place in cluster.places)
    for each in cluster.of_kind("Ingress"):
        name = str(each.spec.get("ingressClassName", ""))
        found = cluster.find("IngressClass", "", name)
        if found is None and (name != "alb" or not has_controller):
            reason = f"nothing in this environment makes load balancers of the class {name or '(none)'}"
            fix = "use EKS Auto Mode, or add kube-system/aws-load-balancer-controller to eks.pod_identities"
            yield Complaint(each, ("spec", "ingressClassName"), reason, fix)
        if found is not None and found.spec.get("controller") == "eks.amazonaws.com/alb" and not is_auto:
            reason = "the controller of the class is part of EKS Auto Mode, which the file does not have"
            yield Complaint(found, ("spec", "controller"), reason, "add nodes of the kind auto_mode")
        if is_auto and f"{_ALB}group.name" in each.annotations:
            path = ("metadata", "annotations", f"{_ALB}group.name")
            yield Complaint(each, path, "EKS Auto Mode ignores it", "state group.name in IngressClassParams")


@check
def ingress_sends_to_pods(cluster: Cluster) -> Iterator[Complaint]:
    """Targets of the type instance are node ports, which AWS Fargate and hybrid nodes do not have."""
    for each in cluster.of_kind("Ingress"):
        key = f"{_ALB}target-type"
        if each.annotations.get(key) != "ip":
            path = ("metadata", "annotations", key)
            yield Complaint(each, path, "the load balancer sends to node ports", f"set {key}: ip")


@check
def ingress_of_the_internet_is_encrypted(cluster: Cluster) -> Iterator[Complaint]:
    """Whoever is between reads and changes requests."""
    for each in cluster.of_kind("Ingress"):
        found = cluster.find("IngressClass", "", str(each.spec.get("ingressClassName", "")))
        name = ((found.spec.get("parameters") or {}).get("name") if found else None) or ""
        parameters = cluster.find("IngressClassParams", "", str(name))
        scheme = (parameters.spec.get("scheme") if parameters else None) or each.annotations.get(f"{_ALB}scheme")
        has_certificate = f"{_ALB}certificate-arn" in each.annotations or bool(
            parameters and parameters.spec.get("certificateARNs")
        )
        if scheme == "internet-facing" and not has_certificate:
            path = ("metadata", "annotations", f"{_ALB}scheme")
            yield Complaint(each, path, "it is open to the internet without TLS", f"state {_ALB}certificate-arn")


@check
def service_opens_no_port_of_its_own(cluster: Cluster) -> Iterator[Complaint]:
    """A load balancer for each Service costs, and a node port is open on every node."""
    for each in cluster.of_kind("Service"):
        if each.spec.get("type", "ClusterIP") not in ("ClusterIP", "ExternalName"):
            reason = f"the Service is of the type {each.spec['type']}"
            yield Complaint(each, ("spec", "type"), reason, "use ClusterIP, and an Ingress")


def _policies(cluster: Cluster, namespace: str) -> list[KubernetesObject]:
    return [each for each in cluster.of_kind("NetworkPolicy") if each.namespace == namespace]


def _denies(policy: KubernetesObject, direction: str) -> bool:
    types = policy.spec.get("policyTypes") or ()
    return not policy.spec.get("podSelector") and direction in types and not policy.spec.get(direction.lower())


def _is_denied(cluster: Cluster, pods: Pods) -> bool:
    return any(
        "Egress" in (each.spec.get("policyTypes") or ()) and matches(each.spec.get("podSelector"), pods.labels)
        for each in _policies(cluster, pods.namespace)
    )


def _egress(cluster: Cluster, pods: Pods) -> list[Mapping[str, Any]]:
    return [
        rule
        for each in _policies(cluster, pods.namespace)
        if matches(each.spec.get("podSelector"), pods.labels)
        for rule in each.spec.get("egress") or ()
    ]


def allows_port(rule: Mapping[str, Any], port: int, protocol: str = "TCP") -> bool:
    """Whether a rule of a network policy is of a port.

    Args:
        rule: Of `ingress` or `egress`.
        port: By its number; ports by name are not known here.
        protocol: TCP or UDP.
    """
    ports = rule.get("ports")
    return not ports or any(
        each.get("port") is None or each["port"] <= port <= each.get("endPort", each["port"])
        for each in ports
        if not isinstance(each.get("port"), str) and each.get("protocol", "TCP") == protocol
    )


def _is_to_dns(rule: Mapping[str, Any]) -> bool:
    """Whether a rule may be of DNS: of the namespace of CoreDNS, or of addresses, as EKS Auto Mode needs them."""
    labels = {"kubernetes.io/metadata.name": "kube-system"}
    return not rule.get("to") or any(
        "ipBlock" in each or ("namespaceSelector" in each and matches(each["namespaceSelector"], labels))
        for each in rule["to"]
    )


def _reaches(rule: Mapping[str, Any], address: str) -> bool:
    if not rule.get("to"):
        return True
    blocks = [each["ipBlock"] for each in rule["to"] if "ipBlock" in each]
    return any(
        ip_address(address) in ip_network(block["cidr"], strict=False)
        and not any(ip_address(address) in ip_network(out, strict=False) for out in block.get("except") or ())
        for block in blocks
    )


def _credentials(cluster: Cluster, pods: Pods) -> str | None:
    """How the pods get credentials of AWS; None for those without a role in the file."""
    eks = cluster.environment.eks
    for identity in eks.pod_identities.values() if eks else ():
        if (identity.namespace, identity.service_account) == (pods.namespace, pods.service_account):
            return identity.credentials_with(eks.nodes.values() if eks else ())
    return None
