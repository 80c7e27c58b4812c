"""The rules for EKS that cdk-nag 3 cannot check, since it does not see `aws_eks_v2`, are Guard rules of ours."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks

from tests.support.synthesis import ENVIRONMENTS, GUARD_RULES, REGION, new_app, police, synthesize


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_cluster_is_protected_as_its_environment_is(environment: str) -> None:
    synthesized = synthesize(environment)
    clusters = [cluster["Properties"] for cluster in synthesized.resources("AWS::EKS::Cluster")]
    # What no rule looks at breaks none: there must be a cluster where there should be one.
    assert len(clusters) == (0 if synthesized.environment.eks is None else 1)
    for cluster in clusters:
        assert cluster["DeletionProtection"] is synthesized.environment.protected


def test_the_rules_bite_where_cdk_nag_does_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    # Given the cluster that the L2 makes when nobody says otherwise
    outdir = tmp_path_factory.mktemp("known-bad-eks")
    app = new_app(outdir=outdir, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    stack = cdk.Stack(app, "known-bad", env=cdk.Environment(region=REGION))
    eks.Cluster(stack, "Cluster", version=eks.KubernetesVersion.V1_35)

    # When cdk-nag and our rules look at it
    found = {finding["ruleName"] for plugin in police(app, outdir) for finding in plugin["violations"]}

    # Then ours find it all, and cdk-nag nothing: the day it does, these rules can go
    assert {rule for rule in found & set(GUARD_RULES) if rule.startswith("eks_")} == {
        "eks_cluster_logs_every_component",
        "eks_cluster_creator_is_no_administrator",
        "eks_cluster_encrypts_secrets",
        "eks_cluster_without_extended_support",
        "eks_public_endpoint_has_an_allow_list",
    }
    assert [rule for rule in found if rule.startswith("AwsSolutions-")]
    assert not [rule for rule in found if rule.startswith("AwsSolutions-EKS")]
