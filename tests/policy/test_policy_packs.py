"""Policy packs and our Guard rules over every environment: nothing unacknowledged, little acknowledged."""

from __future__ import annotations

from collections import Counter

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from tests.support.summary_figures import record_all
from tests.support.synthesis import (
    ENVIRONMENTS,
    GUARD_RULES,
    REGION,
    SHIPPED,
    Synthesized,
    new_app,
    police,
    synthesize,
)

# CDK's validator runs our Guard rules too; what it accepts of its own rules, such as W3010 for zones that are stated,
# is CDK's affair.
CDK_PLUGIN = "CloudFormation Validate"
# One concern that two packs name differently.
SAME_CONCERN = {
    "AwsSolutions-ELB2": "ELBLoggingEnabled",
    "AwsSolutions-S1": "S3BucketLoggingEnabled",
    "elb_listener_is_https_or_redirects_to_it": "ALBHttpToHttpsRedirection",
}
BUDGET = 30


@pytest.fixture(params=ENVIRONMENTS)
def synthesized(request: pytest.FixtureRequest) -> Synthesized:
    return synthesize(request.param)


def acknowledged(synthesized: Synthesized) -> set[tuple[str, str]]:
    """(path, id) of everything that our code accepts."""
    return {
        (each.construct.node.path, f"{each.plugin}::{each.rule}")
        for each in synthesized.acknowledgements
        if is_ours(each.plugin, each.rule)
    }


def is_ours(plugin: str, rule: str) -> bool:
    return plugin.replace("-", " ") != CDK_PLUGIN or rule in GUARD_RULES


def suppressed(synthesized: Synthesized) -> set[tuple[str, str]]:
    """(path, id) of everything that a pack found and that is accepted."""
    return {
        (construct["constructPath"], finding["acknowledgedId"])
        for plugin in synthesized.report
        for finding in plugin.get("suppressedViolations", [])
        if is_ours(plugin["pluginName"], finding["ruleName"])
        for construct in finding["violatingConstructs"]
    }


def test_no_pack_and_no_validator_finds_anything(synthesized: Synthesized) -> None:
    findings = [
        f"{plugin['pluginName']}: {finding['ruleName']} at "
        f"{', '.join(str(construct.get('constructPath')) for construct in finding['violatingConstructs'])}"
        for plugin in synthesized.report
        for finding in plugin["violations"]
    ]
    assert findings == []


def test_every_acknowledgement_answers_a_finding(synthesized: Synthesized) -> None:
    assert acknowledged(synthesized) - suppressed(synthesized) == set()
    record_all("acknowledgements", {f"in {synthesized.environment.name}": len(acknowledged(synthesized))})


def test_every_acknowledgement_is_on_one_resource_and_gives_a_reason(synthesized: Synthesized) -> None:
    resources = {construct.node.path for construct in synthesized.app.node.find_all() if is_resource(construct)}
    assert {path for path, _ in acknowledged(synthesized)} <= resources
    for plugin in synthesized.report:
        for finding in plugin.get("suppressedViolations", []):
            if not is_ours(plugin["pluginName"], finding["ruleName"]):
                continue
            assert len(finding["violatingConstructs"]) == 1, finding
            assert len(finding["reason"].split()) > 12, finding


@pytest.mark.parametrize("environment", SHIPPED)
def test_acknowledgements_stay_within_the_budget(environment: str) -> None:
    concerns = set()
    for path, rule in suppressed(synthesize(environment)):
        name = rule.partition("::")[2]
        pack_less = name if name.startswith("AwsSolutions") or name in GUARD_RULES else name.partition("-")[2]
        concerns.add((path, SAME_CONCERN.get(name, pack_less)))
    assert len(concerns) <= BUDGET, sorted(concerns)


def is_resource(construct: IConstruct) -> bool:
    return cdk.CfnResource.is_cfn_resource(construct)


@pytest.fixture(scope="module")
def known_bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Given a stack that does what no stack of ours may do."""
    outdir = tmp_path_factory.mktemp("known-bad")
    app = new_app(outdir=outdir, **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    stack = cdk.Stack(app, "known-bad", env=cdk.Environment(region=REGION))
    s3.CfnBucket(stack, "Bucket")
    logs.CfnLogGroup(stack, "LogGroup")
    group = ec2.CfnSecurityGroup(stack, "Group", group_description="open", vpc_id="vpc-1")
    group.security_group_ingress = [
        ec2.CfnSecurityGroup.IngressProperty(ip_protocol="tcp", from_port=22, to_port=22, cidr_ip="0.0.0.0/0")
    ]
    return {
        plugin["pluginName"]: [finding["ruleName"] for finding in plugin["violations"]]
        for plugin in police(app, outdir)
    }


@pytest.mark.parametrize(
    ("pack", "rule"),
    [
        ("AwsSolutions", "AwsSolutions-S1"),
        ("AwsSolutions", "AwsSolutions-EC23"),
        ("NIST.800.53.R5", "NIST.800.53.R5-CloudWatchLogGroupEncrypted"),
        ("PCI.DSS.321", "PCI.DSS.321-S3BucketSSLRequestsOnly"),
        ("HIPAA.Security", "HIPAA.Security-EC2RestrictedSSH"),
        (CDK_PLUGIN, "logs_group_has_a_key"),
        (CDK_PLUGIN, "ec2_world_reaches_web_ports_only"),
    ],
)
def test_the_packs_bite(known_bad: dict[str, list[str]], pack: str, rule: str) -> None:
    assert rule in known_bad[pack]


def test_every_pack_ran_on_every_environment(synthesized: Synthesized) -> None:
    # A plugin with nothing to say leaves no entry; that ours ran shows in what they suppressed.
    ran = Counter(plugin["pluginName"] for plugin in synthesized.report)
    # Where nothing is accepted of a pack, as without a load balancer of one's own, there is nothing to show.
    packs = {"AwsSolutions", "NIST.800.53.R5", "PCI.DSS.321", "HIPAA.Security"}
    accepted = packs & {each.plugin for each in synthesized.acknowledgements}
    assert {"AwsSolutions"} <= accepted <= set(ran)
