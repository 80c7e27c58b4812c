"""Auto Scaling groups whose instances join an Amazon EKS cluster, as their launch templates tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assembly.graph import Graph
from assembly.launch_templates import launch_templates
from assembly.resource import Resource

# What nodeadm, Bottlerocket, and the script of Windows AMIs read in user data.
_NAME = re.compile(r"""(?:cluster:\s+name:\s*|cluster-name\s*=\s*|-EKSClusterName\s+)["']?([^"'\s]+)""")
_CIDR = re.compile(r"""(?:\bcidr:\s*|-ServiceCIDR\s+)["']?([\d./]+)""")
_WINDOWS = "Start-EKSBootstrap"


@dataclass(frozen=True, kw_only=True)
class SelfManagedNodes:
    """One such group.

    Attributes:
        group: The Auto Scaling group.
        template: Its launch template.
        user_data: What its instances read.
        role: Of its instances.
        cluster_name: Of the cluster that the user data names.
    """

    group: Resource
    template: Resource
    user_data: str
    role: Resource | None
    cluster_name: str

    @property
    def entry_type(self) -> str:
        """Type of the access entry by which they join."""
        return "EC2_WINDOWS" if self.is_windows else "EC2_LINUX"

    @property
    def is_windows(self) -> bool:
        """Whether the script of Windows AMIs reads the user data."""
        return _WINDOWS in self.user_data

    @property
    def has_taints(self) -> bool:
        """Whether the nodes register with taints."""
        return "register-with-taints" in self.user_data or "node-taints" in self.user_data

    @property
    def service_cidr(self) -> str | None:
        """Addresses of services, as far as the user data has them."""
        found = _CIDR.search(self.user_data)
        return found[1] if found else None

    def cluster(self, graph: Graph) -> Resource | None:
        """The cluster of that name, if the stacks make it."""
        return next(
            (each for each in graph.of_type("AWS::EKS::Cluster") if each.get("Name") == self.cluster_name), None
        )


def self_managed_nodes(graph: Graph) -> Iterator[SelfManagedNodes]:
    """Every group of self-managed nodes."""
    for group in graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
        template = next(iter(launch_templates(graph, group)), None)
        user_data = str(template.get("LaunchTemplateData.UserData", "")) if template else ""
        if template and (found := _NAME.search(user_data)):
            yield SelfManagedNodes(
                group=group,
                template=template,
                user_data=user_data,
                role=_role(graph, template),
                cluster_name=found[1],
            )


def _role(graph: Graph, template: Resource) -> Resource | None:
    stated = template.get("LaunchTemplateData.IamInstanceProfile", {})
    profile = graph.find(stated.get("Arn") or stated.get("Name"))
    roles = profile.list("Roles") if profile else []
    return graph.find(roles[0]) if roles else None


def node_roles(graph: Graph) -> Iterator[tuple[Resource, Resource, str]]:
    """(nodes, their role, name of their cluster), of managed node groups and of self-managed nodes."""
    for group in graph.of_type("AWS::EKS::Nodegroup"):
        if role := graph.find(group.get("NodeRole")):
            yield group, role, str(group.get("ClusterName"))
    for nodes in self_managed_nodes(graph):
        if nodes.role:
            yield nodes.group, nodes.role, nodes.cluster_name
