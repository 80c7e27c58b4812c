"""Which add-ons the options ask for: a list, or a default that does not grow with the catalog."""

from __future__ import annotations

from typing import ClassVar

import pytest

from reference_constructs.eks.add_ons.add_on_options import AddOnOptions, AddOnsOptions, can_run
from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions, FargateSelectorOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.node_options import Capability, NodeOptions
from tests.support.eks_synthesis import use_catalog

NODES = [ManagedNodeGroupOptions()]
FARGATE = [FargateProfileOptions(selectors=(FargateSelectorOptions(namespace="batch"),))]


class DaemonSetsOnly(NodeOptions):
    """A kind of nodes that runs DaemonSets and gives pods no credentials."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset({"daemon_sets"})


def _installed(options: AddOnsOptions, *nodes: NodeOptions) -> list[str]:
    return [row.name for row in options.installed_add_ons(nodes)]


def test_default_set_does_not_grow_with_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _installed(AddOnsOptions(), *NODES)

    use_catalog(monkeypatch, AddOn(name="first"), *CATALOG.values(), AddOn(name="last", installed="on_request"))

    assert _installed(AddOnsOptions(), *NODES) == before


def test_row_on_request_is_installed_where_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    use_catalog(monkeypatch, AddOn(name="new"), *CATALOG.values())

    found = _installed(AddOnsOptions(add_ons={"new": AddOnOptions()}), *NODES)

    assert found == ["new", "eks-pod-identity-agent", "vpc-cni", "kube-proxy", "coredns"]


def test_default_set_is_what_this_table_says() -> None:
    # Whoever changes it installs or deletes add-ons in the cluster of everybody who lists none.
    assert {row.name: row.installed for row in CATALOG.values() if row.installed != "on_request"} == {
        "eks-pod-identity-agent": "always",
        "vpc-cni": "always",
        "kube-proxy": "always",
        "coredns": "always",
        "aws-ebs-csi-driver": "by_default",
        "eks-node-monitoring-agent": "by_default",
        "metrics-server": "by_default",
    }


def test_add_on_that_needs_more_than_any_one_node_has_cannot_run() -> None:
    row = CATALOG["aws-ebs-csi-driver"]

    assert row.requires == {"daemon_sets", "pod_identity"}
    assert not can_run(row, [DaemonSetsOnly(), *FARGATE])
    assert can_run(row, [DaemonSetsOnly(), *NODES])
    assert "aws-ebs-csi-driver" not in _installed(AddOnsOptions(), DaemonSetsOnly())


def test_name_that_is_not_in_the_catalog_needs_a_version() -> None:
    options = AddOnsOptions.model_validate(
        {"add_ons": {"datadog_operator": {}, "kubecost_kubecost": {"version": "v2.8.1-eksbuild.1"}}}
    )

    assert _installed(options, *NODES)[-2:] == ["datadog_operator", "kubecost_kubecost"]
    assert options.version_of(options.add_on("kubecost_kubecost"), "1.36") == "v2.8.1-eksbuild.1"
    with pytest.raises(ValueError, match=r"^no version of datadog_operator is pinned for Kubernetes 1\.36, "):
        options.version_of(options.add_on("datadog_operator"), "1.36")


def test_add_on_outside_of_the_catalog_has_the_role_that_is_stated() -> None:
    stated = AddOnOptions.model_validate(
        {"service_account": "agent", "namespace": "agents", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
    )
    options = AddOnsOptions(add_ons={"agent": stated, "other": AddOnOptions()})

    role = options.role_of(options.add_on("agent"))

    assert role is not None
    assert (role.namespace, role.service_account) == ("agents", "agent")
    assert options.role_of(options.add_on("other")) is None
    # Its role comes by EKS Pod Identity.
    assert _installed(options, *FARGATE) == ["coredns", "other"]


def test_stated_permissions_replace_those_of_the_catalog_kind_by_kind() -> None:
    row = CATALOG["external-dns"]
    assert AddOnsOptions().role_of(row) is not None
    stated = AddOnOptions.model_validate({"statements": [{"actions": ["s3:GetObject"], "resources": ["*"]}]})

    role = AddOnsOptions(add_ons={"external-dns": stated}).role_of(row)
    driver = AddOnsOptions(add_ons={"aws-ebs-csi-driver": stated}).role_of(CATALOG["aws-ebs-csi-driver"])

    assert role is not None
    assert driver is not None
    assert (role.permissions, role.statements) == ((), stated.statements)
    assert driver.policies == ("AmazonEBSCSIDriverPolicyV2",)


@pytest.mark.parametrize("version", ["1.2.3", "v1.2.3", "latest", "v1.2-eksbuild.1", "v1.2.3-eksbuild.1 "])
def test_version_that_eks_does_not_have_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="version"):
        AddOnOptions(version=version)


def test_version_that_is_pinned_for_one_add_on_only_is_asked_of_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    use_catalog(monkeypatch, AddOn(name="new"), *CATALOG.values())
    options = AddOnsOptions(add_ons={"new": AddOnOptions()})

    assert options.version_of(CATALOG["coredns"], "1.36") == "v1.14.3-eksbuild.23"
    with pytest.raises(ValueError, match=r"^no version of new is pinned for Kubernetes 1\.36, only for 1\.35, 1\.36: "):
        options.version_of(AddOn(name="new"), "1.36")
