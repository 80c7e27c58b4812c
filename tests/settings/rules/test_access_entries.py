"""Rules of access entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks

ROLE = "principal_arn: arn:aws:iam::111122223333:role/a"


def entries(text: str) -> str:
    return eks(MANAGED, f"access_entries: {{{text}}}")


OTHER_ACCOUNT = eks(
    MANAGED, "access_entries: {nodes: {principal_arn: 'arn:aws:iam::444455556666:role/nodes', type: %s}}"
)

PAIRS = (
    RulePair(
        rule="username_of_a_role_has_its_session",
        rejected=entries(f"one: {{{ROLE}, username: admin}}"),
        accepted=entries(f"one: {{{ROLE}, username: 'admin:{{{{SessionName}}}}'}}"),
        message=(
            "eks.access_entries.one.username: the name is admin for every session of the role\n"
            "fix: set it to admin:{{SessionName}}, or acknowledge that one program has the role\n"
            "why: Everybody who assumes the role has one name, so that the audit log does not say who did something."
        ),
    ),
    RulePair(
        rule="username_of_a_role_has_its_session: a user is one",
        rejected=entries(f"one: {{{ROLE}, username: admin}}"),
        accepted=entries("one: {principal_arn: 'arn:aws:iam::111122223333:user/a', username: admin}"),
        message=(
            "eks.access_entries.one.username: the name is admin for every session of the role\n"
            "fix: set it to admin:{{SessionName}}, or acknowledge that one program has the role\n"
            "why: Everybody who assumes the role has one name, so that the audit log does not say who did something."
        ),
    ),
    RulePair(
        rule="principal_has_one_access_entry",
        rejected=entries(f"one: {{{ROLE}}}, two: {{{ROLE}}}"),
        accepted=entries(f"one: {{{ROLE}}}, two: {{{ROLE}2}}"),
        message=(
            "eks.access_entries.two.principal_arn: 'arn:aws:iam::111122223333:role/a' is not allowed\n"
            "allowed: a principal other than that of access entry one\n"
            "why: A cluster has one access entry for each IAM principal; a second one fails."
        ),
    ),
    RulePair(
        rule="namespace_comes_once",
        rejected=entries(f"one: {{{ROLE}, namespaces: [a, a]}}"),
        accepted=entries(f"one: {{{ROLE}, namespaces: [a, b]}}"),
        message=(
            "eks.access_entries.one.namespaces[1]: 'a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses an access scope that has one namespace twice."
        ),
    ),
    RulePair(
        rule="principal_is_no_service_linked_role",
        rejected=entries("ops: {principal_arn: arn:aws:iam::111122223333:role/aws-service-role/a.amazonaws.com/B}"),
        accepted=entries("ops: {principal_arn: arn:aws:iam::111122223333:role/service-role/B}"),
        message=(
            "eks.access_entries.ops.principal_arn: "
            "'arn:aws:iam::111122223333:role/aws-service-role/a.amazonaws.com/B' is not allowed\n"
            "allowed: an IAM user, or a role that is not linked to a service\n"
            "why: Amazon EKS refuses an access entry for a role that is linked to a service."
        ),
    ),
    RulePair(
        rule="changes_of_workloads_are_in_namespaces",
        rejected=entries(f"dev: {{{ROLE}, policy: AmazonEKSEditPolicy}}"),
        accepted=entries(f"dev: {{{ROLE}, policy: AmazonEKSEditPolicy, namespaces: [shop]}}"),
        message=(
            "eks.access_entries.dev.policy: AmazonEKSEditPolicy applies to every namespace\n"
            "fix: state namespaces, or acknowledge that the principal administers the cluster\n"
            "why: In the whole cluster, it includes kube-system, whose pods have the roles of the network and"
            " of storage."
        ),
    ),
    RulePair(
        rule="access_policy_comes_once",
        rejected=entries(
            f"one: {{{ROLE}, policies: [{{policy: AmazonEKSViewPolicy}}, {{policy: AmazonEKSViewPolicy, "
            f"namespaces: [a]}}]}}"
        ),
        accepted=entries(
            f"one: {{{ROLE}, policies: [{{policy: AmazonEKSViewPolicy}}, {{policy: AmazonEKSEditPolicy, "
            f"namespaces: [a]}}]}}"
        ),
        message=(
            "eks.access_entries.one.policies[1].policy: 'AmazonEKSViewPolicy' is not allowed\n"
            "allowed: a policy that the access entry does not have yet\n"
            "fix: state all namespaces in one place\n"
            "why: A policy that is associated again replaces the namespaces of the first association."
        ),
    ),
    RulePair(
        rule="kubernetes_group_comes_once",
        rejected=entries(f"one: {{{ROLE}, kubernetes_groups: [b, b]}}"),
        accepted=entries(f"one: {{{ROLE}, kubernetes_groups: [b, c]}}"),
        message=(
            "eks.access_entries.one.kubernetes_groups[1]: 'b' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a list that has one group twice."
        ),
    ),
    RulePair(
        rule="kubernetes_group_is_not_reserved",
        rejected=entries(f"one: {{{ROLE}, kubernetes_groups: ['system:masters']}}"),
        accepted=entries(f"one: {{{ROLE}, kubernetes_groups: [masters]}}"),
        message=(
            "eks.access_entries.one.kubernetes_groups[0]: 'system:masters' is not allowed\n"
            "allowed: a group that does not begin with system:\n"
            "fix: use the policy AmazonEKSClusterAdminPolicy\n"
            "why: Amazon EKS refuses groups of Kubernetes itself, such as system:masters, whose permissions "
            "nothing can limit."
        ),
    ),
    RulePair(
        rule="namespaces_are_those_of_a_policy",
        rejected=entries(f"one: {{{ROLE}, namespaces: [b], kubernetes_groups: [c]}}"),
        accepted=entries(f"one: {{{ROLE}, namespaces: [b]}}"),
        message=(
            "eks.access_entries.one.namespaces: there are namespaces, but no policy that they apply to\n"
            "fix: state policy, or namespaces in policies\n"
            "why: Namespaces limit an access policy, and the permissions of groups are not limited by them."
        ),
    ),
    RulePair(
        rule="access_entry_of_nodes_has_no_permissions",
        rejected=entries(f"one: {{{ROLE}, type: EC2_LINUX, policy: AmazonEKSViewPolicy}}"),
        accepted=entries(f"one: {{{ROLE}, type: EC2_LINUX}}"),
        message=(
            "eks.access_entries.one.policy: the access entry is of the type EC2_LINUX\n"
            "fix: remove policy, or set type to STANDARD\n"
            "why: Amazon EKS gives nodes what they need, and refuses policies, groups, and names of an entry of their "
            "type."
        ),
    ),
    RulePair(
        rule="access_entry_of_nodes_is_for_a_role",
        rejected=entries("one: {principal_arn: arn:aws:iam::111122223333:user/a, type: EC2_LINUX}"),
        accepted=entries(f"one: {{{ROLE}, type: EC2_LINUX}}"),
        message=(
            "eks.access_entries.one.principal_arn: 'arn:aws:iam::111122223333:user/a' is not allowed\n"
            "allowed: a role, since type is EC2_LINUX\n"
            "why: Nodes have a role, and an IAM user can have an access entry of the type STANDARD only."
        ),
    ),
    RulePair(
        rule="changes_of_workloads_are_in_namespaces: a further policy",
        rejected=entries(f"one: {{{ROLE}, policies: [{{policy: AmazonEKSEditPolicy}}]}}"),
        accepted=entries(f"one: {{{ROLE}, policies: [{{policy: AmazonEKSEditPolicy, namespaces: [b]}}]}}"),
        message=(
            "eks.access_entries.one.policies[0].policy: AmazonEKSEditPolicy applies to every namespace\n"
            "fix: state namespaces, or acknowledge that the principal administers the cluster\n"
            "why: In the whole cluster, it includes kube-system, whose pods have the roles of the network and of "
            "storage."
        ),
    ),
    RulePair(
        rule="namespace_comes_once: of a further policy",
        rejected=entries(f"one: {{{ROLE}, policies: [{{policy: AmazonEKSEditPolicy, namespaces: [b, b]}}]}}"),
        accepted=entries(f"one: {{{ROLE}, policies: [{{policy: AmazonEKSEditPolicy, namespaces: [b, c]}}]}}"),
        message=(
            "eks.access_entries.one.policies[0].namespaces[1]: 'b' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses an access scope that has one namespace twice."
        ),
    ),
    RulePair(
        rule="access_entry_of_nodes_is_of_the_account",
        rejected="account: '111122223333'\n" + OTHER_ACCOUNT % "EC2_LINUX",
        accepted="account: '111122223333'\n" + OTHER_ACCOUNT % "STANDARD",
        message=(
            "eks.access_entries.nodes.principal_arn: 'arn:aws:iam::444455556666:role/nodes' is not "
            "allowed\n"
            "allowed: a role of the account 111122223333, since type is EC2_LINUX\n"
            "why: Only an access entry of the type STANDARD can be for a principal of another account."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
