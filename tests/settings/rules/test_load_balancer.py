"""Rules of load balancer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, load_balancer, service

CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1'"
ZONE = "hosted_zone: {hosted_zone_id: Z1, zone_name: example.com}"
NAMED = f"{{{ZONE}, record_name: www.example.com, allowed_cidrs: [10.0.0.0/8]}}"


def routed(balancer: str, routing: str = "path_patterns: [/*]") -> str:
    return service(f"routing: {{{routing}}}", before=f"  load_balancer: {balancer}\n")


PAIRS = (
    RulePair(
        rule="load_balancer_has_one_protocol",
        rejected=load_balancer("{}"),
        accepted=load_balancer("{plain_http: true}"),
        message=(
            "ecs.load_balancer: there is no certificate_arn, no hosted_zone, and no plain_http: true\n"
            "fix: set exactly one of certificate_arn, hosted_zone with record_name, or plain_http: true\n"
            "why: A listener has one protocol and one default certificate, and HTTP without TLS has to be "
            "chosen."
        ),
    ),
    RulePair(
        rule="load_balancer_has_one_protocol: not two",
        rejected=load_balancer(f"{{plain_http: true, {CERTIFICATE}}}"),
        accepted=load_balancer(f"{{{CERTIFICATE}}}"),
        message=(
            "ecs.load_balancer: there are certificate_arn and plain_http, of which one can be set\n"
            "fix: set exactly one of certificate_arn, hosted_zone with record_name, or plain_http: true\n"
            "why: A listener has one protocol and one default certificate, and HTTP without TLS has to be "
            "chosen."
        ),
    ),
    RulePair(
        rule="record_name_and_hosted_zone_come_together",
        rejected=load_balancer(f"{{{ZONE}}}"),
        accepted=load_balancer(f"{{{ZONE}, record_name: www.example.com}}"),
        message=(
            "ecs.load_balancer.hosted_zone: there is a hosted_zone, but no record_name\n"
            "fix: add record_name, or remove hosted_zone\n"
            "why: The certificate and the alias record are for the record name, and both need records in the"
            " hosted zone."
        ),
    ),
    RulePair(
        rule="record_name_and_hosted_zone_come_together: the other way round",
        rejected=load_balancer(f"{{{CERTIFICATE}, record_name: www.example.com}}"),
        accepted=load_balancer(f"{{{CERTIFICATE}}}"),
        message=(
            "ecs.load_balancer.record_name: there is a record_name, but no hosted_zone\n"
            "fix: add hosted_zone, or remove record_name\n"
            "why: The certificate and the alias record are for the record name, and both need records in the"
            " hosted zone."
        ),
    ),
    RulePair(
        rule="record_name_is_in_the_hosted_zone",
        rejected=load_balancer(f"{{{ZONE}, record_name: www.badexample.com}}"),
        accepted=load_balancer(f"{{{ZONE}, record_name: www.example.com}}"),
        message=(
            "ecs.load_balancer.record_name: 'www.badexample.com' is not allowed\n"
            "allowed: example.com or a name that ends with .example.com\n"
            "why: Amazon Route 53 refuses a record outside the zone, and the certificate would wait for "
            "hours to be validated."
        ),
    ),
    RulePair(
        rule="record_name_fits_a_certificate",
        rejected=load_balancer(f"{{{ZONE}, record_name: {'a' * 53}.example.com}}"),
        accepted=load_balancer(f"{{{ZONE}, record_name: {'a' * 52}.example.com}}"),
        message=(
            "ecs.load_balancer.record_name: "
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com' has 65 characters\n"
            "allowed: at most 64\n"
            "why: The first name of a certificate can have 64 characters, though a domain name can have more."
        ),
    ),
    RulePair(
        rule="clients_can_connect",
        rejected=routed("{plain_http: true}"),
        accepted=routed("{plain_http: true, allowed_cidrs: [10.0.0.0/8]}"),
        message=(
            "ecs.load_balancer.allowed_cidrs: there are services with routing, but allowed_cidrs is empty\n"
            "fix: add the CIDR blocks of the clients\n"
            "why: Nobody reaches the services behind the load balancer."
        ),
    ),
    RulePair(
        rule="clients_can_connect: from the internet",
        rejected=routed("{plain_http: true, scheme: internet-facing, allowed_cidrs: [10.0.0.0/8, 100.64.0.0/12]}"),
        accepted=routed("{plain_http: true, scheme: internet-facing, allowed_cidrs: [10.0.0.0/8, 100.0.0.0/10]}"),
        message=(
            "ecs.load_balancer.allowed_cidrs: scheme is internet-facing, but no client on the internet is in "
            "10.0.0.0/8 or 100.64.0.0/12\n"
            "fix: add the addresses that clients have on the internet, or set scheme to internal\n"
            "why: Nobody reaches the services behind the load balancer."
        ),
    ),
    RulePair(
        rule="clients_can_connect: from where no client is",
        rejected=routed("{plain_http: true, scheme: internet-facing, allowed_cidrs: [169.254.0.0/16]}"),
        accepted=routed("{plain_http: true, scheme: internet-facing, allowed_cidrs: [169.254.0.0/15]}"),
        message=(
            "ecs.load_balancer.allowed_cidrs: scheme is internet-facing, but no client on the internet is in "
            "169.254.0.0/16\n"
            "fix: add the addresses that clients have on the internet, or set scheme to internal\n"
            "why: Nobody reaches the services behind the load balancer."
        ),
    ),
    RulePair(
        rule="host_is_in_the_certificate",
        rejected=routed(NAMED, "host_headers: [api.example.com]"),
        accepted=routed(NAMED, "host_headers: [WWW.example.com]"),
        message=(
            "ecs.services.web.routing.host_headers[0]: 'api.example.com' is not a name of the certificate, "
            "which is for www.example.com\n"
            "fix: use that name, or set certificate_arn to a certificate with all names instead of "
            "record_name\n"
            "why: The certificate is for record_name alone; clients refuse the connection to a host of "
            "another name."
        ),
    ),
    RulePair(
        rule="host_is_in_the_certificate: a wildcard is one label",
        rejected=routed(NAMED.replace("www.", "'*.").replace(".com,", ".com',"), "host_headers: [a.b.example.com]"),
        accepted=routed(NAMED.replace("www.", "'*.").replace(".com,", ".com',"), "host_headers: [b.example.com]"),
        message=(
            "ecs.services.web.routing.host_headers[0]: 'a.b.example.com' is not a name of the certificate, "
            "which is for *.example.com\n"
            "fix: use that name, or set certificate_arn to a certificate with all names instead of "
            "record_name\n"
            "why: The certificate is for record_name alone; clients refuse the connection to a host of "
            "another name."
        ),
    ),
    RulePair(
        rule="host_is_in_the_certificate: nor does a condition with a wildcard reach further",
        rejected=routed(NAMED.replace("www.", "'*.").replace(".com,", ".com',"), "host_headers: ['*.b.example.com']"),
        accepted=routed(NAMED.replace("www.", "'*.").replace(".com,", ".com',"), "host_headers: ['*.example.com']"),
        message=(
            "ecs.services.web.routing.host_headers[0]: '*.b.example.com' is not a name of the certificate, "
            "which is for *.example.com\n"
            "fix: use that name, or set certificate_arn to a certificate with all names instead of "
            "record_name\n"
            "why: The certificate is for record_name alone; clients refuse the connection to a host of "
            "another name."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
