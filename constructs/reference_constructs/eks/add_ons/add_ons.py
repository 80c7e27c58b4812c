"""The EKS add-ons of a cluster, in the order in which they work."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.add_ons.add_on_options import AddOnRole, AddOnsOptions, can_run
from reference_constructs.eks.add_ons.add_on_policy import AddOnPolicy
from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.add_ons.ipv6_cni_policy import Ipv6CniPolicy
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.eks.pod_identity_role import PodIdentityRole
from reference_constructs.security.acknowledgements import (
    acknowledge,
    acknowledge_guard_rule,
    acknowledge_literal_texts,
    acknowledge_relation,
)
from reference_constructs.security.stated_permissions import (
    acknowledge_stated,
    acknowledge_stated_policies,
    managed_policies,
    policy_statements,
)


class AddOns(Construct):
    """Network, DNS, credentials, storage, and metrics of a cluster, as far as its nodes can run them.

    What nodes need to become ready comes before them; everything else comes after them, because it is degraded, and so
    failed, with nowhere to run (terraform-aws-eks issue 3001). Deletion goes the other way: the VPC CNI outlives the
    nodes, so that it can give their network interfaces back, which would hold up subnets and security groups otherwise.

    Fargate brings its own networking and runs no DaemonSets, so the add-ons that need them would have no pod there
    ("Amazon EKS add-ons", compute types).

    Each add-on that calls AWS has a role of its own by EKS Pod Identity; nodes have none of these permissions.

    Attributes:
        before_nodes: Those that EC2 nodes wait for.
        after_nodes: Those that wait for nodes of all kinds.
    """

    before_nodes: list[eks.CfnAddon]
    after_nodes: list[eks.CfnAddon]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: AddOnsOptions,
        control_plane: ControlPlane,
        nodes: Sequence[NodeOptions],
        bound_nodes: Sequence[BoundNodes],
        pod_subnets: Mapping[str, str] = {},
        policies: Mapping[str, Sequence[iam.IManagedPolicy]] = {},
    ) -> None:
        """Define the add-ons.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Which add-ons, their versions, and their configuration values.
            control_plane: The cluster.
            nodes: Options of all nodes: what can run on them.
            pod_subnets: Ids of subnets for pods alone, by zone (`EksCluster`).
            policies: Further managed policies of the roles of add-ons, by name of the add-on.
            bound_nodes: The nodes themselves, which come between the two stages.

        Raises:
            ValueError: If an add-on is listed that no node can run, or no version of one is pinned.
        """
        super().__init__(scope, construct_id)
        _check_that_nodes_can_run(options, nodes)
        self._options = options
        self._control_plane = control_plane
        self._nodes = nodes
        self._pod_subnets = pod_subnets
        self._policies = policies
        rows = options.installed_add_ons(nodes)
        defined = {row.name: self._define(row) for row in rows}
        self.before_nodes = [defined[row.name] for row in rows if row.before_nodes]
        self.after_nodes = [defined[row.name] for row in rows if not row.before_nodes]
        for row in rows:
            for earlier in (name for name in row.after if name in defined):
                defined[row.name].add_resource_dependency(defined[earlier])
        self._order(bound_nodes)
        self._acknowledge_versions_of_eks()

    def _define(self, row: AddOn) -> eks.CfnAddon:
        """One add-on; L1, because the L2 supports neither Pod Identity nor the resolution of conflicts."""
        configuration = self._options.configuration_of(row, self._nodes)
        if row.name == "vpc-cni" and self._pod_subnets:
            configuration = self._with_pod_subnets(configuration)
        values = json.dumps(configuration) if configuration else None
        add_on = eks.CfnAddon(
            self,
            row.name,
            addon_name=row.name,
            addon_version=self._options.version_of(row, self._control_plane.kubernetes_version),
            cluster_name=self._control_plane.cluster.cluster_name,
            configuration_values=values,
            pod_identity_associations=self._associations(row),
            # What somebody changed by hand goes back to what the template says.
            resolve_conflicts="OVERWRITE",
        )
        stated = (self._options.add_ons or {}).get(row.name)
        for key, value in stated.tags.items() if stated else ():
            cdk.Tags.of(add_on).add(key, value)
        acknowledge_literal_texts(
            add_on,
            [values or ""],
            reason="The add-on gets its configuration values as they were stated; what looks like a parameter is for "
            "its pods to read.",
        )
        if row.name == "vpc-cni" and "eniConfig" not in (configuration or {}):
            self._acknowledge_custom_networking(add_on, configuration or {})
        return add_on

    def _acknowledge_custom_networking(self, add_on: eks.CfnAddon, configuration: Mapping[str, object]) -> None:
        variables = configuration.get("env")
        if isinstance(variables, Mapping) and variables.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") == "true":
            acknowledge_relation(
                add_on,
                "custom_networking_has_its_subnets",
                reason="Custom networking was stated in the configuration values of the add-on, without eniConfig, of "
                "which the file is warned: an ENIConfig for each zone is created in Kubernetes instead.",
            )

    def _with_pod_subnets(self, configuration: Mapping[str, object]) -> dict[str, object]:
        """Custom networking: an ENIConfig for each zone, which the add-on makes, and nodes choose theirs by their zone.

        "Deploy pods in alternate subnets with custom networking", Amazon EKS User Guide. Pods keep the security group
        of the cluster. What is stated for the add-on stays.
        """
        cluster = self._control_plane.cluster
        stated = configuration.get("env")
        return {
            "eniConfig": {
                "create": True,
                "region": cdk.Stack.of(self).region,
                "subnets": {
                    zone: {"id": subnet_id, "securityGroups": [cluster.cluster_security_group_id]}
                    for zone, subnet_id in self._pod_subnets.items()
                },
            },
            **configuration,
            "env": {
                "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
                "ENI_CONFIG_LABEL_DEF": "topology.kubernetes.io/zone",
                **(stated if isinstance(stated, Mapping) else {}),
            },
        }

    def _associations(self, row: AddOn) -> list[eks.CfnAddon.PodIdentityAssociationProperty] | None:
        role = self._options.role_of(row, has_policies=bool(self._policies.get(row.name)))
        if role is None:
            return None
        return [
            eks.CfnAddon.PodIdentityAssociationProperty(
                role_arn=self._define_role(row.name, role).role_arn, service_account=role.service_account
            )
        ]

    def _define_role(self, add_on: str, options: AddOnRole) -> iam.Role:
        # The managed policy of the add-on assigns IPv4 addresses ("Configure Amazon VPC CNI plugin to use IRSA").
        assigns_ipv6 = add_on == "vpc-cni" and self._control_plane.ip_family == "ipv6" and bool(options.policies)
        managed = () if assigns_ipv6 else options.policies
        role = PodIdentityRole(
            self,
            f"{add_on}-role",
            cluster_arn=self._control_plane.cluster_arn,
            namespace=options.namespace,
            service_account=options.service_account,
            managed_policies=[
                *(iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in managed),
                *([Ipv6CniPolicy(self, f"{add_on}-policy")] if assigns_ipv6 else []),
                *self._define_policies(add_on, options),
                *self._policies.get(add_on, ()),
            ],
        )
        for name in managed:
            acknowledge(
                role,
                f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]",
                packs=("AwsSolutions",),
                reason=f"AWS changes this policy together with the {add_on} add-on, whose versions it goes with; "
                f"a copy would break an update. Only service account {options.service_account} of this cluster assumes "
                "the role.",
            )
        acknowledge_stated_policies(role, options.policy_arns, key=f"eks.add_ons.{add_on}.policy_arns")
        if (row := CATALOG.get(add_on)) is not None and self._replaces_policies(row, options):
            self._acknowledge_other_policies(role, row)
        return role

    @staticmethod
    def _replaces_policies(row: AddOn, options: AddOnRole) -> bool:
        """Statements in place of permissions are none of these: they are what is looked for."""
        by_default = row.policies or (row.permissions and not options.statements)
        return bool(by_default) and not (options.policies or options.permissions)

    def _acknowledge_other_policies(self, role: iam.Role, add_on: AddOn) -> None:
        relations = ["add_on_role_has_its_policy"]
        if add_on.name == "vpc-cni":
            relations.append("plugin_may_assign_addresses_of_the_family")
        for relation in relations:
            acknowledge_relation(
                role,
                relation,
                reason=f"Other policies were asked for explicitly (eks.add_ons.{add_on.name}.policy_arns), in place of "
                f"{', '.join(add_on.policies) or 'the permissions that it has by default'}: whoever states them sees "
                "to it that they allow what the add-on does.",
            )

    def _define_policies(self, add_on: str, options: AddOnRole) -> list[iam.IManagedPolicy]:
        policies: list[iam.IManagedPolicy] = managed_policies(self, add_on, options.policy_arns)
        if options.permissions:
            policies.append(AddOnPolicy(self, f"{add_on}-policy", permissions=options.permissions))
        if options.statements:
            stated = iam.ManagedPolicy(
                self, f"{add_on}-stated-policy", statements=policy_statements(options.statements)
            )
            acknowledge_stated(
                stated,
                options.statements,
                key=f"eks.add_ons.{add_on}.statements",
                needed_by=f"what the add-on needs of what it names. Only service account {options.service_account} of "
                "this cluster assumes the role.",
            )
            policies.append(stated)
        return policies

    def _order(self, bound_nodes: Sequence[BoundNodes]) -> None:
        self._control_plane.network_add_ons.add(*self.before_nodes)
        ready = [construct for nodes in bound_nodes for construct in nodes.ready]
        for add_on in self.after_nodes:
            add_on.node.add_dependency(*ready)

    def _acknowledge_versions_of_eks(self) -> None:
        """Where some versions are stated and the others left to EKS, that was asked for."""
        add_ons = [*self.before_nodes, *self.after_nodes]
        left_to_eks = [add_on for add_on in add_ons if add_on.addon_version is None]
        for add_on in left_to_eks if len(left_to_eks) < len(add_ons) else ():
            acknowledge_guard_rule(
                add_on,
                "eks_add_on_version_is_stated_like_the_others",
                reason="The options leave versions to EKS (add_on_versions: default) and state those of other add-ons.",
            )


def _check_that_nodes_can_run(options: AddOnsOptions, nodes: Sequence[NodeOptions]) -> None:
    impossible = [name for name in options.add_ons or () if not can_run(options.add_on(name), nodes)]
    if impossible:
        raise ValueError(f"no node of the cluster can run {', '.join(impossible)}")
