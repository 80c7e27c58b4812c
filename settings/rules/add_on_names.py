"""Rules of add-ons that are not in the catalog, and of what add-ons need besides nodes."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.add_ons.add_on_options import AddOnOptions
from reference_constructs.eks.add_ons.catalog import CATALOG
from reference_constructs.eks.add_ons.pods import NAMESPACE
from reference_constructs.storage.drivers import S3_DRIVER
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes, some_node_supports

_ADD_ON = "eks.add_ons.<name>"


@rule(
    "CreateAddon, Amazon EKS API Reference; constructs/reference_constructs/eks/add_ons/catalog.py",
    keys=(_ADD_ON, f"{_ADD_ON}.version", "eks.add_on_versions"),
)
def add_on_is_in_the_catalog_or_has_a_version(environment: Environment) -> Iterator[Problem]:
    """Nothing is known of an add-on that is not in the catalog, so its version is not either."""
    for path, name, add_on in _add_ons(environment):
        pinned = environment.eks is not None and environment.eks.add_on_versions == "pinned"
        if name not in CATALOG and add_on.version is None and pinned:
            yield Problem(
                path=path,
                finding=f"{name} is not in the catalog of add-ons, and no version is stated",
                fix=did_you_mean(name, CATALOG)
                or "state its version, which `aws eks describe-addon-versions` lists, or use an add-on of the catalog: "
                "docs/configuration.md",
            )


@warning("CreateAddon, Amazon EKS API Reference", keys=(_ADD_ON,))
def add_on_name_is_not_misspelled(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses an add-on that it does not have, and nothing here knows its names."""
    for path, name, add_on in _add_ons(environment):
        meant = did_you_mean(name, CATALOG) if name not in CATALOG else ""
        default = environment.eks is not None and environment.eks.add_on_versions == "default"
        if meant and (add_on.version is not None or default):
            yield Problem(path=path, finding=f"{name} is not in the catalog of add-ons", fix=meant)


@rule("Retrieve IAM information about an Amazon EKS add-on; AWS add-ons", keys=(f"{_ADD_ON}.service_account",))
def add_on_has_the_service_account_of_its_pods(environment: Environment) -> Iterator[Problem]:
    """A role that is associated with another service account reaches no pod of the add-on."""
    for path, name, add_on in _add_ons(environment):
        own = CATALOG[name].service_account if name in CATALOG else None
        stated = add_on.service_account
        # The configuration of some add-ons gives their service account a name.
        if own is not None and stated not in (None, own) and str(stated) not in str(add_on.configuration):
            yield Problem(
                path=(*path, "service_account"),
                value=stated,
                allowed=f"{own}, which the pods of {name} have, or a name that its configuration states",
            )


@rule("AWS add-ons; Community add-ons, Amazon EKS User Guide", keys=(f"{_ADD_ON}.namespace",))
def add_on_has_the_namespace_of_its_pods(environment: Environment) -> Iterator[Problem]:
    """A role for a service account of another namespace reaches no pod of the add-on."""
    for path, name, add_on in _add_ons(environment):
        if name in CATALOG and add_on.namespace not in (None, CATALOG[name].namespace):
            yield Problem(
                path=(*path, "namespace"), value=add_on.namespace, allowed=f"{CATALOG[name].namespace}, or no namespace"
            )


@rule(
    "Retrieve IAM information about an Amazon EKS add-on",
    keys=(f"{_ADD_ON}.policy_arns", f"{_ADD_ON}.statements", f"{_ADD_ON}.service_account"),
)
def add_on_permissions_are_for_a_service_account(environment: Environment) -> Iterator[Problem]:
    """A role is for one service account, and without one, or without permissions, there is no role."""
    for path, name, add_on in _add_ons(environment):
        account = add_on.service_account or (CATALOG[name].service_account if name in CATALOG else None)
        key = "policy_arns" if add_on.policy_arns else "statements"
        if (add_on.policy_arns or add_on.statements) and account is None:
            yield Problem(
                path=(*path, key),
                finding=f"{name} has {key}, but no service account",
                fix="state the service_account of its pods",
            )
        elif add_on.service_account and environment.eks and not environment.eks.role_of(environment.eks.add_on(name)):
            yield Problem(
                path=(*path, "service_account"),
                finding=f"{name} has a service account, but no permissions",
                fix="state policy_arns or statements, or remove service_account",
            )


@warning("AWS add-ons, Mountpoint for Amazon S3 CSI Driver", keys=(_ADD_ON, "eks.pod_identities"))
def add_on_may_do_something(environment: Environment) -> Iterator[Problem]:
    """Nothing is allowed until the file says what, so each volume fails to mount."""
    for path, name, _ in _add_ons(environment):
        eks = environment.eks
        row = CATALOG.get(name)
        if row is None or row.policies or row.permissions:
            continue  # not in the catalog, or a rule of managed policies is about it
        has_buckets = any(each.kind == "s3_bucket" for each in environment.storage.file_systems.values())
        role = eks.role_of(row, has_policies=has_buckets and name == S3_DRIVER) if eks else None
        if eks and row.service_account and role is None and not eks.pod_identities:
            yield Problem(
                path=path,
                finding=f"{name} has no permissions",
                fix="state policy_arns or statements, such as s3:GetObject on the objects of a bucket, or a role of "
                "the pods in eks.pod_identities",
            )


@warning("AWS add-ons, Amazon EKS User Guide: requirements", keys=(_ADD_ON, "eks.add_ons"))
def add_on_has_the_add_ons_that_it_needs(environment: Environment) -> Iterator[Problem]:
    """Without it, the add-on stays degraded, and the deployment fails after 20 minutes."""
    for path, name, _ in _add_ons(environment):
        missing = [each for each in (CATALOG[name].needs if name in CATALOG else ()) if not _has(environment, each)]
        if missing:
            yield Problem(
                path=path,
                finding=f"{name} needs {listed(missing)}",
                fix=f"add {listed(missing)}, or acknowledge that it is installed by other means",
            )


@rule("Define which Pods use AWS Fargate when launched", keys=(_ADD_ON, "eks.nodes.<name>.selectors[].namespace"))
def add_on_has_a_fargate_profile(environment: Environment) -> Iterator[Problem]:
    """Without EC2 instances, a pod that no Fargate profile selects stays pending, and its add-on is degraded."""
    if environment.eks is None or not environment.eks.nodes or some_node_supports(environment, "daemon_sets"):
        return
    for path, name, _ in _add_ons(environment):
        row = environment.eks.add_on(name)
        # There is a profile for kube-system.
        taken = all(any(node.takes(row.namespace, pods.labels) for _, node in nodes(environment)) for pods in row.pods)
        if row.namespace != NAMESPACE and not row.requires and not taken:
            yield Problem(
                path=path,
                finding=f"no Fargate profile selects the pods of {name}, which are in the namespace {row.namespace}",
                fix=f"add a selector with namespace: {row.namespace}",
            )


def _add_ons(environment: Environment) -> Iterator[tuple[KeyPath, str, AddOnOptions]]:
    for name, add_on in ((environment.eks and environment.eks.add_ons) or {}).items():
        yield ("eks", "add_ons", name), name, add_on


def _has(environment: Environment, name: str) -> bool:
    return any(each == name for _, each, _ in _add_ons(environment))
