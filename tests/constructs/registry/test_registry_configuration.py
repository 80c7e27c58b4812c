"""What a registry has one of, limited to the repositories of an environment; and who is told of findings."""

from __future__ import annotations

import json

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from reference_constructs.registry.registry_configuration import RegistryConfiguration
from reference_constructs.registry.registry_options import EnhancedScanningOptions, ReplicationDestinationOptions
from reference_constructs.registry.scan_findings import ScanFindings
from tests.support.assertions import properties
from tests.support.synthesis import new_stack

PROFILE = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/images"


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    scanning = EnhancedScanningOptions(severities=("CRITICAL",), email_addresses=("security@example.com",))
    RegistryConfiguration(
        stack,
        "Configuration",
        prefix="blue",
        scanning=scanning,
        replication=[
            ReplicationDestinationOptions(region="eu-central-1"),
            ReplicationDestinationOptions(region="eu-west-1", account_id="444455556666"),
        ],
        signing_profile_arn=PROFILE,
    )
    ScanFindings(stack, "Findings", prefix="blue", options=scanning, encryption_key=kms.Key(stack, "Key"))
    return Template.from_stack(stack)


def test_images_of_the_environment_are_scanned_by_inspector(template: Template) -> None:
    scanning = properties(template, "AWS::ECR::RegistryScanningConfiguration")
    assert scanning["ScanType"] == "ENHANCED"
    (rule,) = scanning["Rules"]
    assert rule["ScanFrequency"] == "CONTINUOUS_SCAN"
    assert rule["RepositoryFilters"] == [{"Filter": "blue/*", "FilterType": "WILDCARD"}]


def test_images_are_copied_to_each_destination(template: Template) -> None:
    configuration = properties(template, "AWS::ECR::ReplicationConfiguration")["ReplicationConfiguration"]
    (rule,) = configuration["Rules"]
    assert rule["RepositoryFilters"] == [{"Filter": "blue/", "FilterType": "PREFIX_MATCH"}]
    own, other = rule["Destinations"]
    assert (own["Region"], other) == ("eu-central-1", {"Region": "eu-west-1", "RegistryId": "444455556666"})


def test_images_are_signed_by_the_profile(template: Template) -> None:
    (rule,) = properties(template, "AWS::ECR::SigningConfiguration")["Rules"]
    assert rule["SigningProfileArn"] == PROFILE
    assert rule["RepositoryFilters"] == [{"Filter": "blue/*", "FilterType": "WILDCARD_MATCH"}]


def test_findings_of_the_severities_reach_the_topic(template: Template) -> None:
    rule = properties(template, "AWS::Events::Rule")
    detail = rule["EventPattern"]["detail"]
    assert (detail["severity"], detail["status"]) == (["CRITICAL"], ["ACTIVE"])
    assert detail["resources"]["details"]["awsEcrContainerImage"]["repositoryName"] == [{"prefix": "blue/"}]
    (target,) = rule["Targets"]
    assert "PublishRole" in json.dumps(target["RoleArn"])


def test_the_role_publishes_to_the_topic_with_its_key(template: Template) -> None:
    publish, encrypt = properties(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    assert publish["Action"] == "sns:Publish"
    assert encrypt["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_nothing_is_stated_by_default() -> None:
    configuration = RegistryConfiguration(new_stack(), "Configuration", prefix="blue")
    assert configuration.node.children == []
