"""Rules of access entries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks

ROLE = "principal_arn: arn:aws:iam::111122223333:role/a"


def entries(text: str) -> str:
    return eks(MANAGED, f"access_entries: {{{text}}}")


PAIRS = (
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
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
