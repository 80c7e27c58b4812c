"""The load balancer that services share: who gets in, by what, and what stays on record."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk.assertions import Template

from reference_constructs.edge.load_balancer import SharedLoadBalancer
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.edge.web_acl import WebAcl
from reference_constructs.edge.web_acl_options import WebAclOptions
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from tests.support.assertions import (
    DELETED,
    KEPT,
    Resource,
    acknowledged,
    all_of,
    fate,
    flat,
    grants,
    only,
    only_id,
    properties,
)
from tests.support.synthesis import ZONES, new_stack

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/0123"
ZONE_ID = "Z0123456789"
RECORD_NAME = "services.example.com"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


class Scene:
    """A load balancer in a VPC, and what became of it."""

    def __init__(
        self,
        *,
        with_certificate: bool = False,
        with_zone: bool = False,
        with_web_acl: bool = False,
        retention: RetentionOptions = PROTECTED,
        **options: object,
    ) -> None:
        stack = new_stack()
        vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
        self.balancer = SharedLoadBalancer(
            stack,
            "Balancer",
            vpc=vpc,
            subnets=vpc.public_subnets if options.get("scheme") == "internet-facing" else vpc.private_subnets,
            options=LoadBalancerOptions.model_validate({"allowed_cidrs": ["10.0.0.0/8", "192.0.2.0/24"], **options}),
            certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE)
            if with_certificate
            else None,
            hosted_zone=route53.HostedZone.from_hosted_zone_attributes(
                stack, "Zone", hosted_zone_id=ZONE_ID, zone_name="example.com"
            )
            if with_zone
            else None,
            web_acl=_web_acl(stack) if with_web_acl else None,
            retention=retention,
        )
        self.acknowledged = {rule.partition("::")[2] for ids in acknowledged(stack).values() for rule in ids}
        self.template = Template.from_stack(stack)

    def listener(self, port: int) -> Resource:
        (found,) = (
            listener["Properties"]
            for listener in all_of(self.template, LISTENER).values()
            if listener["Properties"]["Port"] == port
        )
        properties: Resource = found
        return properties

    def attributes(self) -> dict[str, object]:
        found = properties(self.template, LOAD_BALANCER)["LoadBalancerAttributes"]
        return {attribute["Key"]: attribute["Value"] for attribute in found}

    def ports(self) -> list[int]:
        return sorted(listener["Properties"]["Port"] for listener in all_of(self.template, LISTENER).values())

    def subnets(self) -> set[str]:
        """To which group of subnets it belongs."""
        refs = [subnet["Ref"] for subnet in properties(self.template, LOAD_BALANCER)["Subnets"]]
        assert len(refs) == 2
        tags = [all_of(self.template, "AWS::EC2::Subnet")[ref]["Properties"]["Tags"] for ref in refs]
        return {tag["Value"] for found in tags for tag in found if tag["Key"] == "aws-cdk:subnet-type"}

    def group(self, *, of_targets: bool = False) -> Resource:
        (found,) = (
            group["Properties"]
            for group in all_of(self.template, "AWS::EC2::SecurityGroup").values()
            if group["Properties"]["GroupDescription"].startswith("Targets") is of_targets
        )
        properties: Resource = found
        return properties

    def admitted(self) -> set[tuple[str, int, int]]:
        rules = self.group().get("SecurityGroupIngress", [])
        assert {rule["IpProtocol"] for rule in rules} <= {"tcp"}
        return {(rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in rules}


def _web_acl(stack: cdk.Stack) -> WebAcl:
    key = kms.Key(stack, "Key")
    return WebAcl(stack, "WebAcl", log_group_suffix="blue", encryption_key=key, options=WebAclOptions())


@pytest.fixture(scope="module")
def https() -> Scene:
    """Protected, with a certificate that exists, a web ACL and access logs."""
    return Scene(with_web_acl=True, with_certificate=True)


@pytest.fixture(scope="module")
def named() -> Scene:
    return Scene(scheme="internet-facing", with_zone=True, record_name=RECORD_NAME)


@pytest.fixture(scope="module")
def plain() -> Scene:
    """Disposable, without anything that can be left out."""
    return Scene(plain_http=True, access_log_retention_days=None, retention=RetentionOptions(protected=False))


def test_nothing_is_served_until_a_service_adds_a_rule(https: Scene, plain: Scene) -> None:
    for listener in (https.listener(443), plain.listener(80)):
        (action,) = listener["DefaultActions"]
        assert action["Type"] == "fixed-response"
        assert action["FixedResponseConfig"]["StatusCode"] == "404"


def test_it_is_for_the_vpc_unless_asked_to_face_the_internet(https: Scene, named: Scene) -> None:
    assert properties(https.template, LOAD_BALANCER)["Scheme"] == "internal"
    assert https.subnets() == {"Private"}
    assert properties(named.template, LOAD_BALANCER)["Scheme"] == "internet-facing"
    assert named.subnets() == {"Public"}


def test_https_takes_the_policy_that_aws_recommends_and_the_given_certificate(https: Scene) -> None:
    listener = https.listener(443)

    assert listener["Protocol"] == "HTTPS"
    assert listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert listener["Certificates"] == [{"CertificateArn": CERTIFICATE}]
    https.template.resource_count_is("AWS::CertificateManager::Certificate", 0)
    https.template.resource_count_is("AWS::Route53::RecordSet", 0)


def test_name_gets_a_certificate_that_its_own_zone_proves(named: Scene) -> None:
    certificate = properties(named.template, "AWS::CertificateManager::Certificate")

    assert certificate["DomainName"] == "services.example.com"
    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainValidationOptions"] == [{"DomainName": "services.example.com", "HostedZoneId": ZONE_ID}]
    certificate_id = only_id(named.template, "AWS::CertificateManager::Certificate")
    assert named.listener(443)["Certificates"] == [{"CertificateArn": {"Ref": certificate_id}}]


def test_name_leads_to_the_load_balancer(named: Scene) -> None:
    record = properties(named.template, "AWS::Route53::RecordSet")
    balancer = only_id(named.template, LOAD_BALANCER)

    assert (record["Name"], record["Type"]) == ("services.example.com.", "A")
    assert record["HostedZoneId"] == ZONE_ID
    assert flat(record["AliasTarget"]["DNSName"]) == f"dualstack.<{balancer}.DNSName>"
    assert record["AliasTarget"]["HostedZoneId"] == {"Fn::GetAtt": [balancer, "CanonicalHostedZoneID"]}


def test_http_does_nothing_but_redirect_for_ever_where_there_is_https(https: Scene, named: Scene) -> None:
    for scene in (https, named):
        assert scene.ports() == [80, 443]
        (action,) = scene.listener(80)["DefaultActions"]
        assert action["Type"] == "redirect"
        assert action["RedirectConfig"] == {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}


def test_without_a_certificate_it_serves_plain_http_and_says_so(plain: Scene, https: Scene) -> None:
    assert plain.ports() == [80]
    assert plain.listener(80)["Protocol"] == "HTTP"
    assert "NIST.800.53.R5-ALBHttpToHttpsRedirection" in plain.acknowledged
    assert "NIST.800.53.R5-ALBHttpToHttpsRedirection" not in https.acknowledged


@pytest.mark.parametrize(("fixture", "port"), [("https", 443), ("named", 443), ("plain", 80)])
def test_services_add_their_rules_where_clients_arrive(fixture: str, port: int, request: pytest.FixtureRequest) -> None:
    scene: Scene = request.getfixturevalue(fixture)

    listener_arn = scene.balancer.load_balancer.stack.resolve(scene.balancer.listener.listener_arn)
    assert all_of(scene.template, LISTENER)[listener_arn["Ref"]]["Properties"]["Port"] == port


def test_allowed_clients_get_in_by_the_ports_that_listen_and_nobody_else_does(https: Scene, plain: Scene) -> None:
    assert https.admitted() == {(cidr, port, port) for cidr in ("10.0.0.0/8", "192.0.2.0/24") for port in (80, 443)}
    assert plain.admitted() == {(cidr, 80, 80) for cidr in ("10.0.0.0/8", "192.0.2.0/24")}
    https.template.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


def test_nobody_gets_in_when_nobody_is_allowed() -> None:
    scene = Scene(allowed_cidrs=[], with_certificate=True)

    assert scene.admitted() == set()
    scene.template.resource_count_is("AWS::EC2::SecurityGroupIngress", 0)


@pytest.mark.parametrize(("cidr", "accepted"), [("0.0.0.0/0", True), ("0.0.0.0/1", False)])
def test_only_the_whole_internet_is_accepted_as_a_finding(cidr: str, *, accepted: bool) -> None:
    scene = Scene(allowed_cidrs=[cidr], access_log_retention_days=None, with_certificate=True)

    assert ("AwsSolutions-EC23" in scene.acknowledged) is accepted


def test_it_reaches_the_group_of_targets_and_nothing_else(https: Scene) -> None:
    for of_targets in (False, True):
        egress = https.group(of_targets=of_targets)["SecurityGroupEgress"]
        assert [rule["CidrIp"] for rule in egress] == ["255.255.255.255/32"]
    assert "SecurityGroupIngress" not in https.group(of_targets=True)

    rule = properties(https.template, "AWS::EC2::SecurityGroupEgress")
    groups = {
        https.template.to_json()["Resources"][rule[key]["Fn::GetAtt"][0]]["Properties"]["GroupDescription"][:7]
        for key in ("GroupId", "DestinationSecurityGroupId")
    }
    assert groups == {"Shared ", "Targets"}
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 0, 65535)


def test_malformed_and_ambiguous_requests_are_dropped(https: Scene) -> None:
    assert https.attributes()["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert https.attributes()["routing.http.desync_mitigation_mode"] == "defensive"


def test_it_refuses_deletion_only_where_protected(https: Scene, plain: Scene) -> None:
    assert https.attributes()["deletion_protection.enabled"] == "true"
    assert plain.attributes()["deletion_protection.enabled"] == "false"
    assert "NIST.800.53.R5-ELBDeletionProtectionEnabled" in plain.acknowledged
    assert "NIST.800.53.R5-ELBDeletionProtectionEnabled" not in https.acknowledged


def test_access_logs_go_to_their_bucket(https: Scene) -> None:
    assert https.attributes()["access_logs.s3.enabled"] == "true"
    assert https.attributes()["access_logs.s3.bucket"] == {"Ref": only_id(https.template, "AWS::S3::Bucket")}


def test_only_log_delivery_writes_and_only_where_the_logs_of_this_account_belong(https: Scene) -> None:
    policy = properties(https.template, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    bucket = only_id(https.template, "AWS::S3::Bucket")

    (delivery,) = (statement for statement in policy if statement["Effect"] == "Allow")
    assert delivery["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert grants([delivery]) == {("s3:PutObject", f"<{bucket}.Arn>/AWSLogs/<AWS::AccountId>/*")}


def test_access_logs_are_read_by_tls_only_and_never_in_public(https: Scene) -> None:
    policy = properties(https.template, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    bucket = properties(https.template, "AWS::S3::Bucket")

    (refused,) = (statement for statement in policy if statement["Effect"] == "Deny")
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert refused["Action"] == "s3:*"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_access_logs_are_encrypted_in_the_only_way_that_the_load_balancer_can_write(https: Scene) -> None:
    (rule,) = properties(https.template, "AWS::S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_load_balancer_waits_until_its_log_may_be_written(https: Scene) -> None:
    assert only_id(https.template, "AWS::S3::BucketPolicy") in only(https.template, LOAD_BALANCER)["DependsOn"]


@pytest.mark.parametrize(
    ("options", "days", "expected"),
    [
        ({}, 365, KEPT),
        ({"access_log_retention_days": 1, "retention": RetentionOptions(protected=False)}, 1, DELETED),
    ],
)
def test_access_logs_expire_in_every_version_and_no_lambda_function_deletes_them(
    options: dict[str, Any], days: int, expected: tuple[str, str]
) -> None:
    template = Scene(with_certificate=True, **options).template

    bucket = only(template, "AWS::S3::Bucket")
    assert fate(bucket) == expected
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["Properties"]["LifecycleConfiguration"]["Rules"] == [
        {
            "Status": "Enabled",
            "ExpirationInDays": days,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
    template.resource_count_is("AWS::Lambda::Function", 0)


def test_without_access_logs_there_is_no_bucket_to_be_emptied(plain: Scene, https: Scene) -> None:
    plain.template.resource_count_is("AWS::S3::Bucket", 0)
    assert plain.balancer.access_log_bucket is None
    assert not [name for name in plain.attributes() if name.startswith("access_logs")]
    assert "AwsSolutions-ELB2" in plain.acknowledged
    assert "AwsSolutions-ELB2" not in https.acknowledged


def test_web_acl_stands_before_everything_where_there_is_one(https: Scene, plain: Scene) -> None:
    assert properties(https.template, "AWS::WAFv2::WebACLAssociation") == {
        "ResourceArn": {"Ref": only_id(https.template, LOAD_BALANCER)},
        "WebACLArn": {"Fn::GetAtt": [only_id(https.template, "AWS::WAFv2::WebACL"), "Arn"]},
    }
    plain.template.resource_count_is("AWS::WAFv2::WebACLAssociation", 0)


def test_missing_web_acl_is_accepted_in_writing(https: Scene, plain: Scene) -> None:
    assert "NIST.800.53.R5-ALBWAFEnabled" in plain.acknowledged
    assert "NIST.800.53.R5-ALBWAFEnabled" not in https.acknowledged


NAMED: dict[str, Any] = {"with_zone": True, "record_name": RECORD_NAME}


@pytest.mark.parametrize(
    "ways",
    [{}, {"with_certificate": True, "plain_http": True}, {"with_certificate": True, **NAMED}],
    ids=["none", "certificate and plain HTTP", "certificate and hosted zone"],
)
def test_a_load_balancer_that_is_not_told_how_to_serve_is_refused(ways: dict[str, Any]) -> None:
    with pytest.raises(
        ValueError, match=r"^a load balancer needs exactly one of certificate, hosted_zone, and plain_http=True$"
    ):
        Scene(**ways)


@pytest.mark.parametrize(
    "half", [{"with_zone": True}, {"with_certificate": True, "record_name": RECORD_NAME}], ids=["zone", "name"]
)
def test_a_hosted_zone_without_a_name_or_a_name_without_its_zone_is_refused(half: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^a load balancer needs both hosted_zone and record_name, or neither$"):
        Scene(**half)


def test_identity_providers_are_reached_on_the_ports_of_their_endpoints() -> None:
    scene = Scene(
        with_certificate=True,
        identity_providers={
            "staff": {
                "kind": "oidc",
                "issuer": "https://login.example.com",
                "authorization_endpoint": "https://login.example.com:9443/authorize",
                "token_endpoint": "https://login.example.com:8443/token",
                "user_info_endpoint": "https://login.example.com/userinfo",
                "client_id": "shop",
                "client_secret_arn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/login-AbCdEf",
            }
        },
    )
    rules = all_of(scene.template, "AWS::EC2::SecurityGroupEgress").values()
    ports = [rule["Properties"]["FromPort"] for rule in rules if "CidrIp" in rule["Properties"]]
    # Browsers connect to the authorization endpoint; the load balancer does not.
    assert sorted(ports) == [443, 8443]
