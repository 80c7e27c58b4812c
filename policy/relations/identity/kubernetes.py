"""What nodes, pods and the control plane of an EKS cluster may do."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.self_managed_nodes import node_roles
from policy.relations.identity.images import PULL
from policy.relations.relation import Misfit, relation

# AWS managed policies that an add-on works by, one of each tuple: "AWS add-ons", Amazon EKS User Guide.
ADD_ON_POLICIES = {
    "vpc-cni": ("AmazonEKS_CNI_Policy",),
    "aws-ebs-csi-driver": ("AmazonEBSCSIDriverPolicy", "AmazonEBSCSIDriverPolicyV2"),
    "aws-efs-csi-driver": ("AmazonEFSCSIDriverPolicy",),
    "aws-fsx-csi-driver": ("AmazonFSxFullAccess",),
    "amazon-cloudwatch-observability": ("CloudWatchAgentServerPolicy",),
    "aws-network-flow-monitoring-agent": ("CloudWatchNetworkFlowMonitorAgentPublishPolicy",),
    "aws-privateca-connector-for-kubernetes": ("AWSPrivateCAConnectorForKubernetesPolicy",),
    "external-dns": ("AmazonRoute53FullAccess",),
}
SERVICE_ACCOUNTS = {
    "vpc-cni": "aws-node",
    "aws-ebs-csi-driver": "ebs-csi-controller-sa",
    "aws-efs-csi-driver": "efs-csi-controller-sa",
    "aws-fsx-csi-driver": "fsx-csi-controller-sa",
    "amazon-cloudwatch-observability": "cloudwatch-agent",
    "aws-network-flow-monitoring-agent": "aws-network-flow-monitor-agent-service-account",
    "aws-privateca-connector-for-kubernetes": "aws-privateca-issuer",
    "external-dns": "external-dns",
    "aws-mountpoint-s3-csi-driver": "s3-csi-driver-sa",
}


_PULL_POLICIES = ("AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly")
# Nodes that something else starts: EKS Auto Mode, Karpenter.
_STARTED = {"EC2": "nodes of EKS Auto Mode", "EC2_LINUX": "nodes that join by an access entry"}


def cluster_roles(graph: Graph) -> Iterator[tuple[Resource, str, tuple[str, ...], tuple[str, ...]]]:
    """(role, what it is for, managed policies of which one is enough, actions that are enough instead)."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        if role := graph.find(cluster.get("RoleArn")):
            policy = "AmazonEKSLocalOutpostClusterPolicy" if cluster.get("OutpostConfig") else "AmazonEKSClusterPolicy"
            yield role, f"cluster {cluster.get('Name')}", (policy,), ("ec2:DescribeSubnets",)
    for group, role, _ in node_roles(graph):
        what = f"nodes of {group.logical_id}"
        yield role, what, ("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"), ("ec2:DescribeInstances",)
        yield role, f"images of {what}", _PULL_POLICIES, ("ecr:GetAuthorizationToken", *PULL)
    others = {role for _, role, _ in node_roles(graph)}
    for entry in graph.of_type("AWS::EKS::AccessEntry"):
        role, what = graph.find(entry.get("PrincipalArn")), _STARTED.get(str(entry.get("Type")), "")
        if role is not None and what and role not in others:
            minimal = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEKSWorkerNodePolicy")
            joins = "eks-auth:AssumeRoleForPodIdentity" if entry.get("Type") == "EC2" else "ec2:DescribeInstances"
            yield role, what, minimal, (joins,)
            yield role, f"images of {what}", _PULL_POLICIES, ("ecr:GetAuthorizationToken", *PULL)
    for profile in graph.of_type("AWS::EKS::FargateProfile"):
        if role := graph.find(profile.get("PodExecutionRoleArn")):
            what = f"pods of {profile.logical_id}"
            yield role, what, ("AmazonEKSFargatePodExecutionRolePolicy",), ("ecr:GetAuthorizationToken", *PULL)


@relation("Amazon EKS cluster IAM role; Amazon EKS node IAM role; Amazon EKS Pod execution IAM role")
def eks_role_has_its_policies(graph: Graph) -> Iterator[Misfit]:
    """The cluster cannot manage its network interfaces, nodes do not join, or images are not pulled."""
    for role, what, policies, actions in cluster_roles(graph):
        own = graph.role_policies.statements(role)
        by_actions = all(any(each.effect == "Allow" and each.is_about(action) for each in own) for action in actions)
        if not by_actions and not set(policies) & set(graph.role_policies.aws_managed(role)):
            yield Misfit(
                resource=role,
                finding=f"the role of {what} has none of {', '.join(policies)}",
                fix=f"attach {policies[0]}, or allow {', '.join(actions)}",
            )


@relation("AWS add-ons, Amazon EKS User Guide")
def add_on_role_has_its_policy(graph: Graph) -> Iterator[Misfit]:
    """The pods of the add-on are denied: nodes get no addresses, or volumes are not attached."""
    for add_on in graph.of_type("AWS::EKS::Addon"):
        name = str(add_on.get("AddonName"))
        policies = ADD_ON_POLICIES.get(name, ())
        associations = {
            each.get("ServiceAccount"): each.get("RoleArn") for each in add_on.list("PodIdentityAssociations")
        }
        for account, arn in associations.items():
            # The configuration of some add-ons gives their service account a name.
            named = f'"{account}"' in str(add_on.get("ConfigurationValues", ""))
            if name in SERVICE_ACCOUNTS and account != SERVICE_ACCOUNTS[name] and not named:
                yield Misfit(
                    resource=add_on,
                    finding=f"the pods of {name} have the service account {SERVICE_ACCOUNTS[name]}, not {account}",
                    fix=f"associate the role with {SERVICE_ACCOUNTS[name]}",
                )
            role = graph.find(arn)
            if role is not None and policies and not _has(graph, role, policies):
                yield Misfit(
                    resource=role,
                    finding=f"the role of {name} has none of {', '.join(policies)}",
                    fix=f"attach {policies[-1]}",
                )
        if (
            policies
            and not associations
            and not add_on.get("ServiceAccountRoleArn")
            and not _nodes_have(graph, policies)
        ):
            yield Misfit(
                resource=add_on,
                finding=f"neither {name} nor the role of the nodes has any of {', '.join(policies)}",
                fix="associate a role by EKS Pod Identity",
            )


def _has(graph: Graph, role: Resource, policies: tuple[str, ...]) -> bool:
    # Policies of our own may allow the same; what each add-on calls is not known here.
    return bool(graph.role_policies.statements(role) or set(policies) & set(graph.role_policies.aws_managed(role)))


def _nodes_have(graph: Graph, policies: tuple[str, ...]) -> bool:
    roles = [role for _, role, _ in node_roles(graph)]
    return bool(roles) and all(set(policies) & set(graph.role_policies.aws_managed(role)) for role in roles)


@relation("Set up the Amazon EKS Pod Identity Agent; Amazon EKS node IAM role")
def nodes_serve_pod_identity(graph: Graph) -> Iterator[Misfit]:
    """The agent on each node fetches credentials by the node's role; without either, pods get none."""
    add_ons = graph.of_type("AWS::EKS::Addon")
    asking = [each for each in add_ons if each.list("PodIdentityAssociations")]
    asking += graph.of_type("AWS::EKS::PodIdentityAssociation")
    if not asking:
        return
    # Nodes of EKS Auto Mode have the agent inside.
    auto = any(each.get("ComputeConfig.Enabled") is True for each in graph.of_type("AWS::EKS::Cluster"))
    if not auto and not any(each.get("AddonName") == "eks-pod-identity-agent" for each in add_ons):
        yield Misfit(
            resource=asking[0],
            finding="a role is associated by EKS Pod Identity, but the cluster has no eks-pod-identity-agent",
            fix="install the add-on eks-pod-identity-agent",
        )
    action, seen = "eks-auth:AssumeRoleForPodIdentity", set()
    for group, role, name in node_roles(graph):
        if role in seen or "AmazonEKSWorkerNodePolicy" in graph.role_policies.aws_managed(role):
            continue
        seen.add(role)
        about = [each for each in graph.role_policies.statements(role) if each.is_about(action)]
        cluster = graph.find(name)
        arns = [
            graph.arn(group.stack, "eks", f"cluster/{cluster.get('Name') if cluster else name}"),
            *([cluster.arn] if cluster else []),
        ]
        if not any(each.effect == "Allow" and any(each.covers(arn) for arn in arns) for each in about):
            yield Misfit(
                resource=role,
                finding=f"the nodes may not {action} for their cluster",
                fix=f"allow {action} on the cluster",
            )


@relation("Grant IAM users access to Kubernetes with EKS access entries")
def nodes_and_pods_are_no_administrators(graph: Graph) -> Iterator[Misfit]:
    """Whoever reaches the credentials of a node or of a pod has the cluster."""
    machines: set[Resource | None] = {role for _, role, _ in node_roles(graph)}
    machines |= {graph.find(role) for each in graph.of_type("AWS::IAM::InstanceProfile") for role in each.list("Roles")}
    machines |= {graph.find(each.get("PodExecutionRoleArn")) for each in graph.of_type("AWS::EKS::FargateProfile")}
    for entry in graph.of_type("AWS::EKS::AccessEntry"):
        role = graph.find(entry.get("PrincipalArn"))
        if role is not None and role in machines and entry.list("AccessPolicies"):
            yield Misfit(
                resource=entry, finding=f"{role.logical_id} is the role of nodes", fix="remove its access policies"
            )


# Whoever may change workloads in kube-system can have the roles of the pods there.
_CHANGING = ("AmazonEKSEditPolicy", "AmazonEKSAdminPolicy")


@relation("Review access policy permissions; Associate access policies with access entries: access scope")
def access_to_workloads_is_in_namespaces(graph: Graph) -> Iterator[Misfit]:
    """In the whole cluster, it includes kube-system, whose pods have the roles of the network and of storage."""
    for entry in graph.of_type("AWS::EKS::AccessEntry"):
        for policy in entry.list("AccessPolicies"):
            name = str(policy.get("PolicyArn")).rpartition("/")[2]
            if name in _CHANGING and policy.get("AccessScope", {}).get("Type") == "cluster":
                yield Misfit(
                    resource=entry,
                    finding=f"{name} applies to the whole cluster",
                    fix="name the namespaces, or say that it is for administrators (AmazonEKSClusterAdminPolicy)",
                )
