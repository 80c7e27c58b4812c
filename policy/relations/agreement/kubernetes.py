"""Versions and names of a cluster, its nodes and its add-ons agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_network

import facts
from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_MEMBERS = ("AWS::EKS::Nodegroup", "AWS::EKS::Addon", "AWS::EKS::FargateProfile", "AWS::EKS::AccessEntry")
# Add-ons whose version begins with that of Kubernetes.
_OF_A_MINOR = ("kube-proxy",)


def minor(version: object) -> int | None:
    """The 36 of 1.36, 1.36.2, and v1.36.0-eksbuild.25."""
    found = re.match(r"v?1\.(\d+)", str(version))
    return int(found[1]) if found else None


def _cluster(graph: Graph, member: Resource) -> Resource | None:
    name = member.get("ClusterName")
    named = [each for each in graph.of_type("AWS::EKS::Cluster") if each.get("Name") == name]
    return graph.find(name) or (named[0] if named else None)


@relation("Kubernetes version skew policy; Update existing cluster to new Kubernetes version, Amazon EKS User Guide")
def nodes_are_not_newer_than_their_control_plane(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses nodes that are newer than the control plane, or more than three versions older."""
    for member in graph.of_type("AWS::EKS::Nodegroup", "AWS::EKS::Addon"):
        if member.type == "AWS::EKS::Addon" and member.get("AddonName") not in _OF_A_MINOR:
            continue
        cluster = _cluster(graph, member)
        theirs = minor(member.get("Version") or member.get("AddonVersion"))
        ours = minor(cluster.get("Version")) if cluster else None
        if theirs is not None and ours is not None and not ours - 3 <= theirs <= ours:
            yield Misfit(
                resource=member,
                finding=f"the version is 1.{theirs}, and that of the cluster 1.{ours}",
                fix=f"use a version from 1.{ours - 3} to 1.{ours}",
            )


@relation("CreateNodegroup, CreateAddon, CreateFargateProfile, CreateAccessEntry, Amazon EKS API Reference")
def members_of_a_cluster_are_of_one_cluster(graph: Graph) -> Iterator[Misfit]:
    """A cluster that the stacks do not make is not found, and one in another stack is not the one that is meant."""
    clusters = graph.of_type("AWS::EKS::Cluster")
    for member in graph.of_type(*_MEMBERS):
        if clusters and _cluster(graph, member) not in clusters:
            yield Misfit(
                resource=member,
                finding=f"ClusterName is {member.get('ClusterName')}, which is no cluster of the stacks",
                fix="refer to the cluster",
            )


@relation("Amazon EKS User Guide, Send control plane logs to CloudWatch Logs; Set up Container Insights on Amazon ECS")
def log_group_has_the_name_that_aws_derives(graph: Graph) -> Iterator[Misfit]:
    """AWS writes to a log group of its own making, without key and retention, and the one of the stack stays empty."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        if cluster.list("Logging.ClusterLogging.EnabledTypes"):
            yield from _named(graph, cluster, f"/aws/eks/{cluster.get('Name')}/cluster", "/aws/eks/")
    for cluster in graph.of_type("AWS::ECS::Cluster"):
        settings = cluster.pairs("ClusterSettings", key="Name")
        if settings.get("containerInsights") in ("enabled", "enhanced") and cluster.get("ClusterName"):
            name = f"/aws/ecs/containerinsights/{cluster.get('ClusterName')}/performance"
            yield from _named(graph, cluster, name, "/aws/ecs/containerinsights/")


def _named(graph: Graph, cluster: Resource, name: str, start: str) -> Iterator[Misfit]:
    groups = {each: str(each.get("LogGroupName", "")) for each in graph.of_type("AWS::Logs::LogGroup")}
    near = [each for each, stated in groups.items() if stated.startswith(start)]
    if name not in groups.values():
        yield Misfit(
            resource=near[0] if near else cluster,
            finding=f"{cluster.logical_id} logs to {name}, "
            + (f"but the log group is named {groups[near[0]]}" if near else "which no stack creates"),
            fix=f"name a log group {name}",
        )


@relation("Logging AWS WAF protection pack (web ACL) traffic: log group naming; AWS::WAFv2::LoggingConfiguration")
def web_acl_logs_where_it_may(graph: Graph) -> Iterator[Misfit]:
    """AWS WAF refuses a log group whose name does not begin with aws-waf-logs-."""
    for logging in graph.of_type("AWS::WAFv2::LoggingConfiguration"):
        for destination in map(str, logging.list("LogDestinationConfigs")):
            group = graph.find(destination)
            name = (
                str(group.get("LogGroupName", "")) if group and group.type == "AWS::Logs::LogGroup" else "aws-waf-logs-"
            )
            if not name.startswith("aws-waf-logs-"):
                finding = f"the log group is named {name}" if name else "the log group has a generated name"
                yield Misfit(resource=logging, finding=finding, fix="name it aws-waf-logs-...")
            if destination.endswith(":*"):
                yield Misfit(resource=logging, finding=f"the ARN {destination} ends in :*", fix="leave out the :*")
            if destination.startswith("arn:") and not graph.is_arn_of(destination, logging.stack):
                finding = f"{destination} is of another account or Region"
                yield Misfit(resource=logging, finding=finding, fix="log to this account and Region")


@relation("AWS::WAFv2::WebACLAssociation; CreateWebACL, AWS WAFV2 API Reference: Scope")
def web_acl_protects_a_load_balancer(graph: Graph) -> Iterator[Misfit]:
    """A web ACL that is associated with nothing costs money and filters nothing; CLOUDFRONT cannot be associated."""
    associated = {
        graph.find(each.get("WebACLArn")): graph.find(each.get("ResourceArn"))
        for each in graph.of_type("AWS::WAFv2::WebACLAssociation")
    }
    for acl in graph.of_type("AWS::WAFv2::WebACL"):
        if acl.get("Scope") == "REGIONAL" and associated.get(acl) is None:
            yield Misfit(resource=acl, finding="the web ACL is associated with no resource", fix="associate it")
        if acl.get("Scope") != "REGIONAL" and acl in associated:
            finding = f"the web ACL has the scope {acl.get('Scope')}, and is associated with {associated[acl]}"
            yield Misfit(resource=acl, finding=finding, fix="set Scope to REGIONAL")


@relation("Manage CoreDNS; Define which Pods use AWS Fargate when launched; Amazon EKS User Guide")
def core_dns_has_somewhere_to_run(graph: Graph) -> Iterator[Misfit]:
    """CoreDNS stays pending, its add-on is degraded, and the deployment fails after 20 minutes."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        if add_on.get("AddonName") != "coredns":
            continue
        on_fargate = '"computeType": "Fargate"' in str(add_on.get("ConfigurationValues", "")).replace('":"', '": "')
        selectors = [
            each for profile in graph.of_type("AWS::EKS::FargateProfile") for each in profile.list("Selectors")
        ]
        profiles = [each for each in selectors if _selects_core_dns(each)]
        nodes = [each for each in graph.of_type("AWS::EKS::Nodegroup") if _takes_core_dns(each)]
        tolerates = '"tolerations"' in str(add_on.get("ConfigurationValues", ""))
        # Those of another stack are instances of Amazon ECS.
        own = [each for each in graph.of_type("AWS::AutoScaling::AutoScalingGroup") if each.stack == add_on.stack]
        auto = any(each.get("ComputeConfig.Enabled") is True for each in graph.of_type("AWS::EKS::Cluster"))
        if on_fargate and not profiles:
            finding = "CoreDNS is configured for Fargate, and no Fargate profile selects it"
            yield Misfit(resource=add_on, finding=finding, fix="add a Fargate profile for kube-system")
        elif profiles and not on_fargate and not (nodes or auto or own or graph.of_type("AWS::EKS::Nodegroup")):
            finding = "a Fargate profile selects CoreDNS, which is configured for nodes, and there are none"
            yield Misfit(resource=add_on, finding=finding, fix='set "computeType": "Fargate" in its configuration')
        elif not (on_fargate or profiles or nodes or auto or own or tolerates):
            finding = "no node group without taints has a desired size above 0, and no Fargate profile selects CoreDNS"
            yield Misfit(resource=add_on, finding=finding, fix="add nodes without taints")


# Of its pods; a selector may name each of them, and have `*` and `?`.
_CORE_DNS_LABELS = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": "coredns"}


def _selects_core_dns(selector: dict[str, object]) -> bool:
    labels = selector.get("Labels")
    wanted = [(str(each.get("Key")), str(each.get("Value"))) for each in labels] if isinstance(labels, list) else []
    return fnmatchcase("kube-system", str(selector.get("Namespace"))) and all(
        any(fnmatchcase(name, key) and fnmatchcase(has, value) for name, has in _CORE_DNS_LABELS.items())
        for key, value in wanted
    )


def _takes_core_dns(group: Resource) -> bool:
    hard = [str(each.get("Key")) for each in group.list("Taints") if each.get("Effect") != "PREFER_NO_SCHEDULE"]
    # An agent on the node removes a startup taint once it is ready.
    tolerated = all(key == "CriticalAddonsOnly" or key.endswith("/agent-not-ready") for key in hard)
    return tolerated and int(group.get("ScalingConfig.DesiredSize", 1)) > 0


@relation("AccessConfig, Amazon EKS API Reference; Grant IAM users access to Kubernetes with EKS access entries")
def access_entries_are_for_a_cluster_that_reads_them(graph: Graph) -> Iterator[Misfit]:
    """With CONFIG_MAP, Amazon EKS refuses access entries, and associations of Pod Identity roles that need them."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        mode = cluster.get("AccessConfig.AuthenticationMode", "CONFIG_MAP")
        entries = [each for each in graph.of_type("AWS::EKS::AccessEntry") if _cluster(graph, each) == cluster]
        if entries and "API" not in str(mode):
            yield Misfit(
                resource=cluster,
                finding=f"AuthenticationMode is {mode}, and there is {entries[0].logical_id}",
                fix="set AuthenticationMode to API",
            )


@relation("Customize managed nodes with launch templates: launch template configuration basics")
def node_group_and_launch_template_state_each_thing_once(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a launch template that states what the node group states, or what Amazon EKS decides."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        template = graph.find(group.get("LaunchTemplate.Id"))
        data = template.get("LaunchTemplateData", {}) if template else {}
        for key, own in _STATED_ONCE:
            if key == "InstanceMarketOptions" and group.get("CapacityType") == "CAPACITY_BLOCK":
                continue
            if key in data and (own is None or group.get(own)):
                why = f"the node group states as {own}" if own else "is not allowed there"
                finding = f"the launch template has {key}, which {why}"
                yield Misfit(resource=group, finding=finding, fix=f"remove {key} from the launch template")


# "Create a managed node group with Capacity Blocks for ML" wants the market in the launch template.
_STATED_ONCE = (
    ("IamInstanceProfile", None),
    ("InstanceMarketOptions", None),
    ("HibernationOptions", None),
    ("InstanceType", "InstanceTypes"),
    ("ImageId", "AmiType"),
    ("ImageId", "ReleaseVersion"),
    ("ImageId", "Version"),
    ("ImageId", "WarmPoolConfig"),
)


@relation("KubernetesNetworkConfigRequest, Amazon EKS API Reference: serviceIpv4Cidr")
def service_addresses_are_apart_from_the_vpc(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a range of Service addresses that overlaps the VPC: traffic to some hosts would be lost."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        stated = cluster.get("KubernetesNetworkConfig.ServiceIpv4Cidr")
        subnets = filter(None, map(graph.find, cluster.list("ResourcesVpcConfig.SubnetIds")))
        for vpc in {graph.find(subnet.get("VpcId")) for subnet in subnets}:
            if stated and vpc and ip_network(str(stated)).overlaps(ip_network(str(vpc.get("CidrBlock")))):
                finding = f"Services have addresses of {stated}, and the VPC is {vpc.get('CidrBlock')}"
                yield Misfit(resource=cluster, finding=finding, fix="use a range outside the VPC")


_ON_EVERY_NODE = (
    "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "eks-node-monitoring-agent",
    "aws-ebs-csi-driver", "aws-efs-csi-driver",
)  # fmt: skip


@relation("Choose an optimal Amazon EC2 node instance type: maximum number of Pods")
def nodes_have_room_for_their_agents(graph: Graph) -> Iterator[Misfit]:
    """The pods that run on every node fill it, so that nothing else, such as CoreDNS, finds a place."""
    agents = [each for each in graph.of_type("AWS::EKS::Addon") if each.get("AddonName") in _ON_EVERY_NODE]
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        for name in map(str, group.list("InstanceTypes")):
            known = facts.instance_types().get(name)
            room = known.max_pods if known else len(agents) + 1
            if len(agents) >= room:
                finding = f"a {name} has room for {room} pods, and {len(agents)} add-ons have one on every node"
                yield Misfit(resource=group, finding=finding, fix="use a larger instance type")


# CoreDNS, the controller of the EBS CSI driver, and metrics-server.
_REPLICAS_BY_DEFAULT = 2


@relation("Understand each phase of node updates: PodEvictionFailure; Specifying a Disruption Budget, Kubernetes")
def add_on_lets_its_pods_be_moved(graph: Graph) -> Iterator[Misfit]:
    """A node with a pod that may not be evicted cannot be replaced, and the update of its node group fails."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        values = re.sub(r"\s", "", str(add_on.get("ConfigurationValues", "")))
        replicas = re.search(r'"replica(?:Count|s)":(\d+)', values)
        kept = re.search(r'"minAvailable":(\d+)[,}]', values)
        keeps_all = kept is not None and int(kept[1]) >= (int(replicas[1]) if replicas else _REPLICAS_BY_DEFAULT)
        if keeps_all or re.search(r'"maxUnavailable":"?0(%|"|,|})', values) or '"minAvailable":"100%"' in values:
            finding = f"the disruption budget of {add_on.get('AddonName')} allows no eviction"
            yield Misfit(resource=add_on, finding=finding, fix="allow at least one pod to be unavailable")


_WITHOUT_PODS_OF_ITS_OWN = ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "eks-node-monitoring-agent")


@relation("Define which Pods use AWS Fargate when launched: Fargate profile selectors")
def add_on_without_nodes_has_a_profile(graph: Graph) -> Iterator[Misfit]:
    """A pod that no Fargate profile selects stays pending where there are no nodes, and its add-on is degraded."""
    nodes = (*graph.of_type("AWS::EKS::Nodegroup"), *graph.of_type("AWS::AutoScaling::AutoScalingGroup"))
    auto = any(each.get("ComputeConfig.Enabled") is True for each in graph.of_type("AWS::EKS::Cluster"))
    selectors = [each for profile in graph.of_type("AWS::EKS::FargateProfile") for each in profile.list("Selectors")]
    whole = any(
        each.get("Namespace") in ("kube-system", "kube-*", "*") and not each.get("Labels") for each in selectors
    )
    labels = {
        str(label.get("Value"))
        for each in selectors
        if each.get("Namespace") == "kube-system"
        for label in each.get("Labels", [])
    }
    for add_on in graph.of_type("AWS::EKS::Addon") if selectors and not nodes and not auto else ():
        name = str(add_on.get("AddonName"))
        if name not in _WITHOUT_PODS_OF_ITS_OWN and not whole and name not in labels:
            finding = f"no Fargate profile selects the pods of {name}, and there are no nodes"
            yield Misfit(resource=add_on, finding=finding, fix="add a selector for them")
