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


def test_name_that_is_not_in_the_catalog_is_refused_and_told_which_are() -> None:
    with pytest.raises(ValueError, match=f"one of {', '.join(CATALOG)}"):
        AddOnsOptions.model_validate({"add_ons": {"core-dns": {}}})


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
