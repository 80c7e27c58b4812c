"""Rules of the IAM roles that pods have."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.add_ons.pods import NAMESPACE
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from settings.environment import Environment
from settings.policies import pod_identities
from settings.problems import Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes, some_node_supports

_IDENTITY = "eks.pod_identities.<name>"
_RESTRICTIONS = "Learn how EKS Pod Identity grants pods access to AWS services: EKS Pod Identity restrictions"


@rule(
    "CreatePodIdentityAssociation, Amazon EKS API Reference; EKS Pod Identity restrictions",
    keys=(f"{_IDENTITY}.service_account", f"{_IDENTITY}.namespace", "eks.nodes"),
)
def service_account_has_one_role(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a second association of a service account, and a pod has one role."""
    if environment.eks is None:
        return
    owners = {
        (role.namespace, role.service_account): f"add-on {row.name}"
        for row, role in environment.eks.add_on_roles(environment.eks.nodes.values())
    }
    for _, node in nodes(environment):
        if isinstance(node, KarpenterOptions):
            owners[(NAMESPACE, "karpenter")] = "Karpenter"
    for path, name, identity in pod_identities(environment):
        owner = owners.setdefault((identity.namespace, identity.service_account), name)
        if owner != name:
            yield Problem(
                path=(*path, "service_account"),
                value=identity.service_account,
                allowed=f"a service account of {identity.namespace} other than that of {owner}",
                fix=f"state policy_arns or statements of the {owner}" if owner.startswith("add-on ") else "",
            )


@rule(_RESTRICTIONS, keys=(f"{_IDENTITY}.credentials", f"{_IDENTITY}.role_arn", "eks.nodes"))
def pods_on_fargate_have_irsa(environment: Environment) -> Iterator[Problem]:
    """Fargate has no EKS Pod Identity, so its pods get no credentials that way."""
    for path, _, identity in pod_identities(environment):
        if identity.credentials_with([node for _, node in nodes(environment)]) != "pod_identity":
            continue
        profile = next((path[-1] for path, node in nodes(environment) if node.takes(identity.namespace, {})), None)
        if profile is not None:
            finding = f"Fargate profile {profile} takes every pod of {identity.namespace}"
        elif any(True for _ in nodes(environment)) and not some_node_supports(environment, "pod_identity"):
            finding = "there are no nodes that support EKS Pod Identity"
        else:
            continue
        if identity.role_arn is not None:
            fix = "annotate the service account with it instead of naming it here, or let the pods run on other nodes"
            yield Problem(path=(*path, "role_arn"), value=identity.role_arn, finding=finding, fix=fix)
        else:
            yield Problem(path=(*path, "credentials"), value="pod_identity", finding=finding, fix="use irsa")


@warning(_RESTRICTIONS, keys=(f"{_IDENTITY}.namespace", "eks.nodes.<name>.selectors[].labels"))
def pods_with_labels_on_fargate_have_irsa(environment: Environment) -> Iterator[Problem]:
    """Fargate has no EKS Pod Identity: pods that its profile selects by their labels get no credentials there."""
    if environment.eks is None:
        return
    for path, _, identity in pod_identities(environment):
        if identity.credentials or identity.credentials_with(environment.eks.nodes.values()) == "irsa":
            continue
        for (*_, profile), node in nodes(environment):
            for selector in node.selectors if isinstance(node, FargateProfileOptions) else ():
                if selector.matches(identity.namespace, selector.labels):
                    yield Problem(
                        path=(*path, "namespace"),
                        finding=f"Fargate profile {profile} takes some pods of {identity.namespace}",
                        fix="set credentials to irsa, or to pod_identity if the pods have none of its labels",
                    )


@rule(_RESTRICTIONS, keys=("eks.add_ons.<name>.service_account", "eks.nodes"))
def add_on_with_a_role_runs_on_nodes(environment: Environment) -> Iterator[Problem]:
    """The role of an add-on comes by EKS Pod Identity, which Fargate does not have."""
    eks = environment.eks
    if eks is None or not eks.nodes or some_node_supports(environment, "pod_identity"):
        return
    for row, role in eks.add_on_roles(eks.nodes.values()):
        if row.before_nodes:
            continue  # it configures Windows nodes, where no pod of it runs
        yield Problem(
            path=("eks", "add_ons", row.name, "service_account"),
            value=role.service_account,
            finding="there are no nodes that support EKS Pod Identity",
            fix="add nodes that are EC2 instances, or leave out what the role is for",
        )
