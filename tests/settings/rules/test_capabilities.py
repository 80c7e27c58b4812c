"""Rules of EKS capabilities."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks

EDIT = "{policy: AmazonEKSEditPolicy, namespaces: [shop]}"
USER = "38414300-1041-708a-01af-0abc12345678"
WITHOUT_USERS = "why: There are no local users, so nobody can sign in to Argo CD."


def capability(text: str) -> str:
    return eks(MANAGED, f"capabilities: {{{text}}}")


def argo_cd(text: str) -> str:
    return capability(f"argocd: {{identity_center_arn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef'{text}}}")


PAIRS = (
    RulePair(
        rule="access_policy_of_a_capability_comes_once",
        rejected=capability(f"kro: {{access_policies: [{EDIT}, {EDIT}]}}"),
        accepted=capability(f"kro: {{access_policies: [{EDIT}, {{policy: AmazonEKSViewPolicy}}]}}"),
        message=(
            "eks.capabilities.kro.access_policies[1]: 'AmazonEKSEditPolicy' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A policy that is associated again replaces the namespaces of the first association."
        ),
    ),
    RulePair(
        rule="access_policy_of_a_capability_comes_once: a namespace",
        rejected=capability("kro: {access_policies: [{policy: AmazonEKSEditPolicy, namespaces: [shop, shop]}]}"),
        accepted=capability("kro: {access_policies: [{policy: AmazonEKSEditPolicy, namespaces: [shop, jobs]}]}"),
        message=(
            "eks.capabilities.kro.access_policies[0].namespaces[1]: 'shop' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A policy that is associated again replaces the namespaces of the first association."
        ),
    ),
    RulePair(
        rule="capability_changes_workloads_in_namespaces",
        rejected=capability("ack: {access_policies: [{policy: AmazonEKSEditPolicy}]}"),
        accepted=capability(f"ack: {{access_policies: [{EDIT}]}}"),
        message=(
            "eks.capabilities.ack.access_policies[0].policy: AmazonEKSEditPolicy applies to every namespace\n"
            "fix: state namespaces, or acknowledge that the capability administers the cluster\n"
            "why: In the whole cluster, it includes kube-system, whose pods have the roles of the network and of "
            "storage."
        ),
    ),
    RulePair(
        rule="kro_may_create_what_it_composes",
        rejected=capability("kro: {}"),
        accepted=capability(f"kro: {{access_policies: [{EDIT}]}}"),
        message=(
            "eks.capabilities.kro: there are no access_policies\n"
            "fix: add one for the namespaces, or acknowledge that role bindings in the cluster allow it\n"
            "why: Amazon EKS grants kro its own objects only, and no instance of a composed API gets its parts."
        ),
    ),
    RulePair(
        rule="argo_cd_user_comes_once",
        rejected=argo_cd(f", admins: {{user_ids: [{USER}, {USER}]}}"),
        accepted=argo_cd(f", admins: {{user_ids: [{USER}]}}, viewers: {{user_ids: [{USER}]}}"),
        message=(
            f"eks.capabilities.argocd.admins.user_ids[1]: '{USER}' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A user or a group that is listed twice in one role says nothing more."
        ),
    ),
    RulePair(
        rule="argo_cd_has_users",
        rejected=argo_cd(""),
        accepted=argo_cd(f", viewers: {{group_ids: [{USER}]}}"),
        message=(
            "eks.capabilities.argocd: nobody has a role of Argo CD\n"
            "fix: add IDs to admins, editors, or viewers, or acknowledge that only Kubernetes objects are used\n"
            f"{WITHOUT_USERS}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
