"""Rows of the catalog fit together, and each has a version for each pinned Kubernetes version."""

from __future__ import annotations

import re

import pytest

from reference_constructs.eks.add_ons.catalog import CATALOG, AddOn
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS


@pytest.fixture(params=CATALOG.values(), ids=list(CATALOG))
def row(request: pytest.FixtureRequest) -> AddOn:
    found: AddOn = request.param
    return found


@pytest.mark.parametrize("kubernetes_version", PINNED_VERSIONS)
def test_every_row_has_a_version_and_no_version_is_without_a_row(kubernetes_version: str) -> None:
    assert PINNED_VERSIONS[kubernetes_version].keys() == CATALOG.keys()


@pytest.mark.parametrize("kubernetes_version", PINNED_VERSIONS)
def test_every_version_is_one_of_eks(kubernetes_version: str) -> None:
    for version in PINNED_VERSIONS[kubernetes_version].values():
        assert re.fullmatch(r"v\d+\.\d+\.\d+-eksbuild\.\d+", version)
    assert PINNED_VERSIONS[kubernetes_version]["kube-proxy"].startswith(f"v{kubernetes_version}.")


def test_new_rows_are_installed_on_request_only() -> None:
    assert AddOn(name="new").installed == "on_request"


def test_add_on_comes_after_those_of_its_own_stage_that_stand_above_it(row: AddOn) -> None:
    names = list(CATALOG)
    for earlier in row.after:
        assert names.index(earlier) < names.index(row.name)
        assert CATALOG[earlier].before_nodes is row.before_nodes


def test_what_an_add_on_of_every_cluster_comes_after_is_in_every_cluster_too(row: AddOn) -> None:
    for earlier in row.after if row.installed == "always" else ():
        assert CATALOG[earlier].installed == "always"
        assert CATALOG[earlier].requires <= row.requires


def test_what_an_add_on_may_do_is_for_a_service_account(row: AddOn) -> None:
    if row.policies or row.permissions:
        assert row.service_account is not None
        # The VPC CNI comes with the agent, which waits for nothing.
        assert "pod_identity" in row.requires or row.name == "vpc-cni"


def test_what_an_add_on_needs_comes_before_it(row: AddOn) -> None:
    assert set(row.needs) <= set(row.after)


def test_what_nodes_wait_for_can_run_on_nodes_that_are_not_ready(row: AddOn) -> None:
    # Pods other than those of DaemonSets would wait for the nodes that wait for them.
    if row.before_nodes:
        assert "daemon_sets" in row.requires
