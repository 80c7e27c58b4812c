"""Rules of what a load balancer does besides forwarding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, load_balancer

IPV6 = "network: {ip_family: dual_stack}\n"
CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0'"
FURTHER = "'arn:aws:acm:eu-west-1:111122223333:certificate/1'"
TRUST_STORE = "trust_store_arn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/a/50dc6c495c0c9188'"
CORS = "response_headers: {access_control_allow_origin: '%s', access_control_allow_credentials: true}"
POOL = (
    "identity_providers: {staff: {kind: cognito, client_id: a, domain: staff, "
    "user_pool_arn: 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI'}}"
)


def https(text: str) -> str:
    """A file with a load balancer of HTTPS, and further keys of it."""
    return load_balancer(f"{{{CERTIFICATE}, {text}}}")


PAIRS = (
    RulePair(
        rule="credentials_have_one_origin",
        rejected=https(CORS % "*"),
        accepted=https(CORS % "https://shop.example.com"),
        message=(
            "ecs.load_balancer.response_headers.access_control_allow_origin: it is *, and "
            "access_control_allow_credentials is true\n"
            "fix: name one origin, or remove access_control_allow_credentials\n"
            "why: Browsers hand a response to a request with credentials to the page of one origin that it names, "
            "never of *."
        ),
    ),
    RulePair(
        rule="ipv6_addresses_of_the_load_balancer_are_possible",
        rejected=https("ip_address_type: dualstack"),
        accepted=https("ip_address_type: dualstack") + IPV6,
        message=(
            "ecs.load_balancer.ip_address_type: ip_address_type is dualstack, but the subnets have IPv4 alone\n"
            "fix: set network.ip_family to dual_stack, or use ipv4\n"
            "why: IPv6 addresses come from subnets that have IPv6, and clients with IPv6 need a load balancer "
            "that has it."
        ),
    ),
    RulePair(
        rule="ipv6_addresses_of_the_load_balancer_are_possible: clients",
        rejected=https("allowed_ipv6_cidrs: ['2001:db8::/32']") + IPV6,
        accepted=https("allowed_ipv6_cidrs: ['2001:db8::/32'], ip_address_type: dualstack") + IPV6,
        message=(
            "ecs.load_balancer.allowed_ipv6_cidrs: there are IPv6 CIDR blocks, but ip_address_type is ipv4\n"
            "fix: set ip_address_type to dualstack, or remove allowed_ipv6_cidrs\n"
            "why: IPv6 addresses come from subnets that have IPv6, and clients with IPv6 need a load balancer "
            "that has it."
        ),
    ),
    RulePair(
        rule="ipv6_addresses_of_the_load_balancer_are_possible: no public IPv4",
        rejected=https("ip_address_type: dualstack-without-public-ipv4") + IPV6,
        accepted=https("ip_address_type: dualstack-without-public-ipv4, scheme: internet-facing") + IPV6,
        message=(
            "ecs.load_balancer.ip_address_type: ip_address_type is dualstack-without-public-ipv4, but scheme is "
            "internal\n"
            "fix: use dualstack, or internet-facing\n"
            "why: IPv6 addresses come from subnets that have IPv6, and clients with IPv6 need a load balancer "
            "that has it."
        ),
    ),
    RulePair(
        rule="certificates_have_https",
        rejected=load_balancer(f"{{plain_http: true, additional_certificate_arns: [{FURTHER}]}}"),
        accepted=https(f"additional_certificate_arns: [{FURTHER}]"),
        message=(
            "ecs.load_balancer.additional_certificate_arns: there is additional_certificate_arns, but plain_http "
            "is true\n"
            "fix: remove additional_certificate_arns, or use certificate_arn or hosted_zone\n"
            "why: A listener for HTTP has neither certificates of its own nor those of clients."
        ),
    ),
    RulePair(
        rule="additional_certificate_comes_once",
        rejected=https(f"additional_certificate_arns: [{FURTHER}, {FURTHER}]"),
        accepted=https(f"additional_certificate_arns: [{FURTHER}]"),
        message=(
            "ecs.load_balancer.additional_certificate_arns[1]: "
            "'arn:aws:acm:eu-west-1:111122223333:certificate/1' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a certificate that a listener has already."
        ),
    ),
    RulePair(
        rule="additional_certificate_comes_once: not as the default one",
        rejected=https(f"additional_certificate_arns: [{FURTHER.replace('/1', '/0')}]"),
        accepted=https(f"additional_certificate_arns: [{FURTHER}]"),
        message=(
            "ecs.load_balancer.additional_certificate_arns[0]: it is also certificate_arn\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a certificate that a listener has already."
        ),
    ),
    RulePair(
        rule="client_certificates_have_one_trust_store",
        rejected=https("mutual_tls: {ca_bundle_bucket: certificates}"),
        accepted=https("mutual_tls: {ca_bundle_bucket: certificates, ca_bundle_key: ca.pem}"),
        message=(
            "ecs.load_balancer.mutual_tls: there is no trust_store_arn, and no ca_bundle_bucket with "
            "ca_bundle_key\n"
            "fix: add one of the two, or use passthrough\n"
            "why: Client certificates are verified by one trust store, and by none if the application verifies "
            "them."
        ),
    ),
    RulePair(
        rule="client_certificates_have_one_trust_store: not two",
        rejected=https(f"mutual_tls: {{ca_bundle_key: ca.pem, {TRUST_STORE}}}"),
        accepted=https(f"mutual_tls: {{{TRUST_STORE}}}"),
        message=(
            "ecs.load_balancer.mutual_tls: there are trust_store_arn and ca_bundle_key\n"
            "fix: remove trust_store_arn, or the others\n"
            "why: Client certificates are verified by one trust store, and by none if the application verifies "
            "them."
        ),
    ),
    RulePair(
        rule="client_certificates_have_one_trust_store: none",
        rejected=https(f"mutual_tls: {{mode: passthrough, {TRUST_STORE}}}"),
        accepted=https("mutual_tls: {mode: passthrough}"),
        message=(
            "ecs.load_balancer.mutual_tls: mode is passthrough, but there is trust_store_arn\n"
            "fix: remove trust_store_arn, or use verify\n"
            "why: Client certificates are verified by one trust store, and by none if the application verifies "
            "them."
        ),
    ),
    RulePair(
        rule="identity_providers_are_reached",
        rejected=https(POOL) + "network: {nat_gateways: none, interface_endpoints: derived}\n",
        accepted=https(POOL) + "network: {nat_gateways: one}\n",
        message=(
            "ecs.load_balancer.identity_providers: the load balancer is internal, and the private subnets have no way "
            "to the internet\n"
            "fix: add a NAT gateway, or use internet-facing\n"
            "why: The load balancer asks the provider for tokens; an internal one has no public address, and needs NAT."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
