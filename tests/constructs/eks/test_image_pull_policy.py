"""What nodes and Fargate may pull, and which repositories a first pull may create."""

from __future__ import annotations

from tests.support.eks_synthesis import cluster_template, policy_statements


def test_first_pulls_are_allowed_below_the_given_repositories_only() -> None:
    arns = ["arn:aws:ecr:eu-west-1:111122223333:repository/a/quay/*", "arn:aws:ecr:eu-west-1:111122223333:repository/b"]

    found = policy_statements(cluster_template(pull_through_repository_arns=arns), "EksImagePullPolicy")

    creating = [statement for statement in found if "ecr:CreateRepository" in statement["Action"]]
    assert [statement["Resource"] for statement in creating] == [arns]
    assert set(creating[0]["Action"]) == {"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}


def test_no_first_pull_is_allowed_by_default() -> None:
    found = policy_statements(cluster_template(), "EksImagePullPolicy")

    assert "ecr:CreateRepository" not in str(found)
