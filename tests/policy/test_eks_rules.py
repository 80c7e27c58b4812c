"""The rules for EKS that cdk-nag 3 cannot check, since it does not see `aws_eks_v2`, over every environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks

from synthesis import EXAMPLES, REGION, SHIPPED, new_app, police, synthesize

ALL_LOGS = {"api", "audit", "authenticator", "controllerManager", "scheduler"}


def findings(cluster: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the properties of a cluster; in brackets the control of Security Hub or CIS EKS 1.8."""
    network = cluster["ResourcesVpcConfig"]
    if not network.get("EndpointPrivateAccess"):
        yield "the endpoint is not private [EKS.1]"
    if network.get("EndpointPublicAccess", True) and "0.0.0.0/0" in network.get("PublicAccessCidrs", ["0.0.0.0/0"]):
        yield "the endpoint is open to the world [CIS 5.4.1]"
    logging = cluster.get("Logging", {}).get("ClusterLogging", {})
    if {entry["Type"] for entry in logging.get("EnabledTypes", [])} != ALL_LOGS:
        yield "not all of the control plane is logged [EKS.8]"
    if not any("secrets" in entry["Resources"] for entry in cluster.get("EncryptionConfig", [])):
        yield "secrets have no key of ours [EKS.3]"
    access = cluster.get("AccessConfig", {})
    if access.get("AuthenticationMode") != "API":
        yield "access is not by access entries alone [CIS 4.1.7]"
    if access.get("BootstrapClusterCreatorAdminPermissions", True):
        yield "whoever creates the cluster is its administrator"
    if cluster.get("UpgradePolicy", {}).get("SupportType") != "STANDARD":
        yield "extended support would be billed [EKS.2]"


@pytest.mark.parametrize("environment", [*SHIPPED, *EXAMPLES])
def test_no_cluster_breaks_a_rule(environment: str) -> None:
    synthesized = synthesize(environment)
    clusters = [cluster["Properties"] for cluster in synthesized.resources("AWS::EKS::Cluster")]
    assert len(clusters) == (0 if synthesized.environment.eks is None else 1)
    for cluster in clusters:
        assert list(findings(cluster)) == []
        assert cluster["DeletionProtection"] is synthesized.environment.protected


def test_the_rules_bite_where_cdk_nag_does_not(tmp_path_factory: pytest.TempPathFactory) -> None:
    # Given the cluster that the L2 makes when nobody says otherwise
    outdir = tmp_path_factory.mktemp("known-bad-eks")
    app = new_app(outdir=outdir, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    stack = cdk.Stack(app, "known-bad", env=cdk.Environment(region=REGION))
    eks.Cluster(stack, "Cluster", version=eks.KubernetesVersion.V1_35)

    # When cdk-nag and our rules look at it
    reports = police(app, outdir)
    nag = {finding["ruleName"] for plugin in reports for finding in plugin["violations"]}
    template = app.synth().get_stack_by_name("known-bad").template
    (cluster,) = (
        resource["Properties"] for resource in template["Resources"].values() if resource["Type"] == "AWS::EKS::Cluster"
    )

    # Then ours find it all, and cdk-nag nothing: the day it does, these rules can go
    assert len(list(findings(cluster))) == 5
    assert nag
    assert not [rule for rule in nag if rule.startswith("AwsSolutions-EKS")]


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"ResourcesVpcConfig": {"EndpointPrivateAccess": False}}, "the endpoint is not private [EKS.1]"),
        (
            {"ResourcesVpcConfig": {"EndpointPrivateAccess": True, "EndpointPublicAccess": True}},
            "the endpoint is open to the world [CIS 5.4.1]",
        ),
        ({"Logging": {}}, "not all of the control plane is logged [EKS.8]"),
        ({"EncryptionConfig": []}, "secrets have no key of ours [EKS.3]"),
        (
            {"AccessConfig": {"AuthenticationMode": "CONFIG_MAP", "BootstrapClusterCreatorAdminPermissions": False}},
            "access is not by access entries alone [CIS 4.1.7]",
        ),
        ({"AccessConfig": {"AuthenticationMode": "API"}}, "whoever creates the cluster is its administrator"),
        ({"UpgradePolicy": {"SupportType": "EXTENDED"}}, "extended support would be billed [EKS.2]"),
    ],
)
def test_each_rule_bites(change: dict[str, Any], finding: str) -> None:
    (good,) = (cluster["Properties"] for cluster in synthesize("production").resources("AWS::EKS::Cluster"))
    assert finding in list(findings({**good, **change}))
