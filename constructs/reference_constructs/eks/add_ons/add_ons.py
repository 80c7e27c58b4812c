"""The EKS add-ons of a cluster, in the order in which they work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.add_on_versions import AddOnName, pinned_versions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.pod_identity_role import PodIdentityRole
from reference_constructs.security.acknowledgements import acknowledge

OptionalAddOn = Literal["aws-ebs-csi-driver", "eks-node-monitoring-agent", "metrics-server"]
AddOnVersions = Literal["pinned", "default"]

_ON_NODES: tuple[OptionalAddOn, ...] = ("aws-ebs-csi-driver", "eks-node-monitoring-agent", "metrics-server")
_ON_FARGATE: tuple[OptionalAddOn, ...] = ("metrics-server",)


class AddOns(Construct):
    """Network, DNS, credentials, storage and metrics of a cluster, as far as its compute has a use for them.

    Nodes: Pod Identity agent, then VPC CNI, whose credentials come from it (its pods crash without:
    terraform-aws-eks issue 3260), and kube-proxy, all before the first node, which is ready only with them.
    CoreDNS and the rest after the nodes, because they are degraded, and so failed, with nowhere to run
    (terraform-aws-eks issue 3001). Deletion goes the other way: the CNI outlives the nodes, so that it can
    give their network interfaces back, which would hold up subnets and security groups otherwise.

    Fargate alone: CoreDNS and metrics-server. Fargate brings its own networking and runs no DaemonSets, so
    the other add-ons would have not one pod ("Amazon EKS add-ons", compute types).

    Each add-on that calls AWS has a role of its own by Pod Identity; nodes have none of these rights.

    Attributes:
        before_nodes: Those that node groups wait for.
        after_compute: Those that wait for nodes and Fargate profiles.
    """

    before_nodes: list[eks.CfnAddon]
    after_compute: list[eks.CfnAddon]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        node_groups: Sequence[eks.Nodegroup],
        fargate_profiles: Sequence[eks.FargateProfile],
        optional: Sequence[OptionalAddOn] | None = None,
        versions: AddOnVersions = "pinned",
    ) -> None:
        """Define the add-ons.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            control_plane: The cluster.
            node_groups: They come to wait for the network.
            fargate_profiles: Waited for by what may run on them.
            optional: Add-ons besides those without which no pod runs. Unset: all that fit the compute.
            versions: `pinned` by default, so that the same commit installs the same software tomorrow;
                `default` leaves the version to EKS.

        Raises:
            ValueError: If an add-on needs nodes and there are none, or if none are pinned for the version.
        """
        super().__init__(scope, construct_id)
        self._control_plane = control_plane
        self._versions: Mapping[AddOnName, str] = (
            pinned_versions(control_plane.kubernetes_version) if versions == "pinned" else {}
        )
        has_nodes = bool(node_groups)
        chosen = _optional_add_ons(optional, has_nodes=has_nodes)
        self.before_nodes = self._define_node_network() if has_nodes else []
        self.after_compute = [
            self._define_core_dns(only_fargate=not has_nodes),
            *(self._define_optional(name) for name in chosen),
        ]
        self._order(node_groups, fargate_profiles)

    def _define_node_network(self) -> list[eks.CfnAddon]:
        # Nodes with a taint need credentials and a network too, and not every build of the agent tolerates
        # all (terraform-aws-eks issue 3621); `tolerations` is in its schema (containers-roadmap issue 2261).
        pod_identity_agent = self._define(
            "eks-pod-identity-agent", configuration={"tolerations": [{"operator": "Exists"}]}
        )
        vpc_cni = self._define(
            "vpc-cni",
            # Without it a NetworkPolicy is accepted and does nothing ("Limit Pod traffic with Kubernetes
            # network policies"). A string, because the schema has no boolean here.
            configuration={"enableNetworkPolicy": "true"},
            service_account="aws-node",
            policy="AmazonEKS_CNI_Policy",
        )
        vpc_cni.add_resource_dependency(pod_identity_agent)
        return [pod_identity_agent, vpc_cni, self._define("kube-proxy")]

    def _define_core_dns(self, *, only_fargate: bool) -> eks.CfnAddon:
        """Cluster DNS.

        `Fargate` is the spelling of the AWS blog post "Amazon EKS add-ons: Advanced configuration"; the
        schema says string and nothing more. One report wants `fargate`, because the value goes where a taint
        is matched (terraform-aws-eks issue 2922); others found no toleration at all in recent builds. So the
        toleration stands here itself, and the spelling decides nothing.
        """
        if not only_fargate:
            return self._define("coredns")
        taint = {
            "key": "eks.amazonaws.com/compute-type",
            "operator": "Equal",
            "value": "fargate",
            "effect": "NoSchedule",
        }
        return self._define("coredns", configuration={"computeType": "Fargate", "tolerations": [taint]})

    def _define_optional(self, name: OptionalAddOn) -> eks.CfnAddon:
        if name == "aws-ebs-csi-driver":
            return self._define(name, service_account="ebs-csi-controller-sa", policy="AmazonEBSCSIDriverPolicyV2")
        return self._define(name)

    def _define(
        self,
        name: AddOnName,
        *,
        configuration: Mapping[str, object] | None = None,
        service_account: str | None = None,
        policy: str | None = None,
    ) -> eks.CfnAddon:
        """One add-on; L1, because the L2 knows neither Pod Identity nor conflicts."""
        associations = None
        if service_account and policy:
            role = self._define_role(name, service_account=service_account, policy=policy)
            associations = [
                eks.CfnAddon.PodIdentityAssociationProperty(role_arn=role.role_arn, service_account=service_account)
            ]
        return eks.CfnAddon(
            self,
            name,
            addon_name=name,
            addon_version=self._versions.get(name),
            cluster_name=self._control_plane.cluster.cluster_name,
            configuration_values=json.dumps(configuration) if configuration else None,
            pod_identity_associations=associations,
            # What somebody changed by hand goes back to what the template says.
            resolve_conflicts="OVERWRITE",
        )

    def _define_role(self, add_on: AddOnName, *, service_account: str, policy: str) -> iam.Role:
        role = PodIdentityRole(
            self,
            f"{add_on}-role",
            cluster_arn=self._control_plane.cluster_arn,
            namespace="kube-system",
            service_account=service_account,
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(policy)],
        )
        acknowledge(
            role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]",
            packs=("AwsSolutions",),
            reason=f"AWS changes this policy together with the {add_on} add-on, whose versions it goes with; "
            f"a copy would break an update. Only service account {service_account} of this cluster assumes "
            "the role.",
        )
        return role

    def _order(self, node_groups: Sequence[eks.Nodegroup], profiles: Sequence[eks.FargateProfile]) -> None:
        for node_group in node_groups:
            node_group.node.add_dependency(*self.before_nodes)
        for add_on in self.after_compute:
            add_on.node.add_dependency(*node_groups, *profiles)


def _optional_add_ons(optional: Sequence[OptionalAddOn] | None, *, has_nodes: bool) -> Sequence[OptionalAddOn]:
    possible = _ON_NODES if has_nodes else _ON_FARGATE
    if optional is None:
        return possible
    impossible = [name for name in optional if name not in possible]
    if impossible:
        raise ValueError(f"no pod of {', '.join(impossible)} would run without nodes; on Fargate: {_ON_FARGATE}")
    return optional
