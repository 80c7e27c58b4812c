"""What EKS Auto Mode and Karpenter may do to start nodes, and what those nodes may do."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.policies import statements, trusted
from policy.relations.relation import Misfit, relation

_AUTO_MODE_POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_NODE_ENTRY_TYPES = ("EC2_LINUX", "EC2_WINDOWS", "EC2")
_PODS = "pods.eks.amazonaws.com"


@relation("Amazon EKS Auto Mode cluster IAM role")
def auto_mode_role_has_its_policies(graph: Graph) -> Iterator[Misfit]:
    """EKS Auto Mode starts no node, attaches no volume, or makes no load balancer."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        role = graph.find(cluster.get("RoleArn"))
        if cluster.get("ComputeConfig.Enabled") is not True or role is None:
            continue
        missing = [each for each in _AUTO_MODE_POLICIES if each not in graph.role_policies.aws_managed(role)]
        if missing:
            yield Misfit(
                resource=role,
                finding=f"the cluster has EKS Auto Mode, and its role has no {', '.join(missing)}",
                fix=f"attach {', '.join(missing)}",
            )
        document = statements(role.get("AssumeRolePolicyDocument"))
        if not any(each.effect == "Allow" and each.is_about("sts:TagSession") for each in document):
            yield Misfit(
                resource=role,
                finding="the cluster has EKS Auto Mode, and eks.amazonaws.com may not sts:TagSession",
                fix="add sts:TagSession to the trust policy",
            )


@relation("Create access entries; Create a Node Class for Amazon EKS: considerations")
def access_entry_of_auto_mode_nodes_has_their_policy(graph: Graph) -> Iterator[Misfit]:
    """An instance with the role starts and never joins the cluster, and EKS Auto Mode ends it again."""
    for entry in graph.of_type("AWS::EKS::AccessEntry"):
        names = [str(each.get("PolicyArn")).rpartition("/")[2] for each in entry.list("AccessPolicies")]
        if entry.get("Type") == "EC2" and names != ["AmazonEKSAutoNodePolicy"]:
            yield Misfit(
                resource=entry,
                finding=f"the access policies of nodes of EKS Auto Mode are {', '.join(names) or 'none'}",
                fix="associate AmazonEKSAutoNodePolicy, and nothing else",
            )
        elif entry.get("Type") != "EC2" and "AmazonEKSAutoNodePolicy" in names:
            yield Misfit(
                resource=entry,
                finding=f"AmazonEKSAutoNodePolicy is for nodes of EKS Auto Mode, and the type is {entry.get('Type')}",
                fix="set Type to EC2",
            )
        elif entry.get("Type") in ("EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX") and names:
            yield Misfit(
                resource=entry,
                finding=f"an access entry of type {entry.get('Type')} has {', '.join(names)}",
                fix="associate no access policy: Amazon EKS takes none for this type",
            )


@relation("Grant a user permissions to pass a role to an AWS service, IAM User Guide; CloudFormation, karpenter.sh")
def pods_pass_roles_of_nodes_only(graph: Graph) -> Iterator[Misfit]:
    """Whoever takes over the pods can start an instance with any role that they may pass, and then has that role."""
    nodes = set(_roles_of_nodes(graph))
    for role in graph.of_type("AWS::IAM::Role"):
        if not any(kind == "Service" and name == _PODS for kind, name, _ in trusted(role)):
            continue
        for statement in graph.role_policies.statements(role):
            if statement.effect != "Allow" or not statement.is_about("iam:PassRole"):
                continue
            for resource in statement.resources or ("everything but some",):
                passed = graph.find(resource)
                if passed not in nodes:
                    yield Misfit(
                        resource=role,
                        finding=f"its pods may pass {passed.logical_id if passed else resource}, which is no role of "
                        "nodes",
                        fix="name the role of the nodes",
                    )
            if not statement.condition("iam:PassedToService"):
                yield Misfit(
                    resource=role,
                    finding="its pods may pass a role to any service",
                    fix="limit the statement by iam:PassedToService to Amazon EC2",
                )


@relation("Create access entries; EC2NodeClass, karpenter.sh: spec.instanceProfile")
def nodes_of_pods_can_join(graph: Graph) -> Iterator[Misfit]:
    """Karpenter starts instances with the role, none of them joins the cluster, and it starts others."""
    admitted = {
        graph.find(each.get("PrincipalArn"))
        for each in graph.of_type("AWS::EKS::AccessEntry")
        if each.get("Type") in _NODE_ENTRY_TYPES
    }
    admitted |= {graph.find(each.get("NodeRole")) for each in graph.of_type("AWS::EKS::Nodegroup")}
    for role in graph.of_type("AWS::IAM::Role"):
        if any(kind == "Service" and name == _PODS for kind, name, _ in trusted(role)):
            for statement in graph.role_policies.statements(role):
                for passed in map(graph.find, statement.resources if statement.is_about("iam:PassRole") else ()):
                    if passed is not None and passed not in admitted:
                        yield Misfit(
                            resource=passed,
                            finding=f"{role.logical_id} starts nodes with the role, which has no access entry",
                            fix="add an access entry of type EC2_LINUX",
                        )


def _roles_of_nodes(graph: Graph) -> Iterator[Resource]:
    """Roles that EC2 instances can have, by an instance profile or a service."""
    for resource_type, path in (
        ("AWS::IAM::InstanceProfile", "Roles"),
        ("AWS::EKS::Nodegroup", "NodeRole"),
    ):
        for resource in graph.of_type(resource_type):
            yield from filter(None, map(graph.find, resource.list(path)))
