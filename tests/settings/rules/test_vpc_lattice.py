"""Rules of services in Amazon VPC Lattice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, RulePair, service

LATTICE = CAPACITY + "  vpc_lattice: {prefix_list_id: pl-0123456789abcdef0}\n"
OF_OTHERS = (
    CAPACITY + "  vpc_lattice: {prefix_list_id: pl-0123456789abcdef0, service_network_arn: "
    "'arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0'}\n"
)
HTTP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http}}\n"
UDP = (
    "      containers: {web: {image: 'app:1', port: 8080, port_name: http, "
    "additional_ports: {dns: {port: 5353, protocol: udp}}}}\n"
)
CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/0123"


def _web(keys: str = "", before: str = LATTICE, container: str = HTTP) -> str:
    return service(f"vpc_lattice: {{port_name: http{keys}}}", before=before, container=container)


PAIRS = (
    RulePair(
        rule="lattice_service_has_a_network",
        rejected=_web(before=CAPACITY),
        accepted=_web(),
        message=(
            "ecs.services.web.vpc_lattice: there is vpc_lattice, but no ecs.vpc_lattice\n"
            "fix: add ecs.vpc_lattice\n"
            "why: A service of Amazon VPC Lattice that is in no service network is reached by nobody."
        ),
    ),
    RulePair(
        rule="lattice_port_has_its_name",
        rejected=_web(container=HTTP.replace("port_name: http", "port_name: web")),
        accepted=_web(),
        message=(
            "ecs.services.web.vpc_lattice.port_name: 'http' is not allowed\n"
            "allowed: a port_name, or a name in additional_ports with TCP (web)\n"
            "why: Amazon ECS refuses a name that no port mapping has, and Amazon VPC Lattice forwards requests by TCP."
        ),
    ),
    RulePair(
        rule="lattice_port_has_its_name: of UDP",
        rejected=service("vpc_lattice: {port_name: dns}", before=LATTICE, container=UDP),
        accepted=service("vpc_lattice: {port_name: http}", before=LATTICE, container=UDP),
        message=(
            "ecs.services.web.vpc_lattice.port_name: 'dns' is not allowed\n"
            "allowed: a port_name, or a name in additional_ports with TCP (http)\n"
            "why: Amazon ECS refuses a name that no port mapping has, and Amazon VPC Lattice forwards requests by TCP."
        ),
    ),
    RulePair(
        rule="lattice_domain_has_a_certificate",
        rejected=_web(", custom_domain_name: web.example.com"),
        accepted=_web(f", custom_domain_name: web.example.com, certificate_arn: '{CERTIFICATE}'"),
        message=(
            "ecs.services.web.vpc_lattice.custom_domain_name: there is custom_domain_name, but no certificate_arn\n"
            "fix: add certificate_arn, or remove custom_domain_name\n"
            "why: Clients use HTTPS, and every connection to a name without a certificate fails."
        ),
    ),
    RulePair(
        rule="lattice_domain_has_a_certificate: the other way round",
        rejected=_web(f", certificate_arn: '{CERTIFICATE}'"),
        accepted=_web(f", custom_domain_name: web.example.com, certificate_arn: '{CERTIFICATE}'"),
        message=(
            "ecs.services.web.vpc_lattice.certificate_arn: there is certificate_arn, but no custom_domain_name\n"
            "fix: add custom_domain_name, or remove certificate_arn\n"
            "why: Clients use HTTPS, and every connection to a name without a certificate fails."
        ),
    ),
    RulePair(
        rule="lattice_auth_policy_names_somebody",
        rejected=_web(", auth_policy: {}"),
        accepted=_web(", auth_policy: {organization_ids: [o-a1b2c3d4e5]}"),
        message=(
            "ecs.services.web.vpc_lattice.auth_policy: there is auth_policy, and nobody in it\n"
            "fix: add organization_ids, account_ids, or principal_arns, or remove auth_policy\n"
            "why: A policy without a statement is refused, and without a policy so is every request."
        ),
    ),
    RulePair(
        rule="lattice_health_checks_are_understood",
        rejected=_web(", protocol_version: GRPC"),
        accepted=_web(", protocol_version: GRPC, health_check_protocol_version: HTTP2"),
        message=(
            "ecs.services.web.vpc_lattice.health_check_protocol_version: protocol_version is GRPC, and health checks "
            "use HTTP1\n"
            "fix: use HTTP2, or set health_check_path to null\n"
            "why: What speaks gRPC alone does not answer HTTP/1.1, and no task becomes healthy."
        ),
    ),
    RulePair(
        rule="lattice_service_of_a_shared_network_knows_its_callers",
        rejected=_web(before=OF_OTHERS),
        accepted=_web(", auth_policy: {account_ids: ['444455556666']}", before=OF_OTHERS),
        message=(
            "ecs.services.web.vpc_lattice.auth_policy: the service network is that of others, and there is no "
            "auth_policy\n"
            "fix: add auth_policy\n"
            "why: Whoever owns the service network associates VPCs with it, whose clients may then all call the "
            "service."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
