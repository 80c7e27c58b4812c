"""Rules of services in Amazon VPC Lattice."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.vpc_lattice_options import ServiceLatticeOptions
from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_SERVICE = "ecs.services.<name>"
_LATTICE = f"{_SERVICE}.vpc_lattice"
_CONTAINER = f"{_SERVICE}.containers.<name>"


def _of_lattice(environment: Environment) -> Iterator[tuple[KeyPath, ServiceLatticeOptions, ServiceSettings]]:
    for path, service in services(environment):
        if service.vpc_lattice is not None:
            yield (*path, "vpc_lattice"), service.vpc_lattice, service


@rule("Service networks in VPC Lattice", keys=(_LATTICE, "ecs.vpc_lattice"))
def lattice_service_has_a_network(environment: Environment) -> Iterator[Problem]:
    """A service of Amazon VPC Lattice that is in no service network is reached by nobody."""
    for path, _, _ in _of_lattice(environment):
        if environment.ecs is not None and environment.ecs.vpc_lattice is None:
            yield Problem(path=path, finding="there is vpc_lattice, but no ecs.vpc_lattice", fix="add ecs.vpc_lattice")


@rule(
    "VpcLatticeConfiguration, Amazon ECS API Reference",
    keys=(
        f"{_LATTICE}.port_name",
        f"{_CONTAINER}.port",
        f"{_CONTAINER}.port_name",
        f"{_CONTAINER}.additional_ports",
    ),
)
def lattice_port_has_its_name(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a name that no port mapping has, and Amazon VPC Lattice forwards requests by TCP."""
    for path, lattice, service in _of_lattice(environment):
        udp = {
            name
            for container in service.containers.values()
            for name, port in container.additional_ports.items()
            if port.protocol == "udp"
        }
        names = [name for name in service.named_ports if name not in udp]
        if lattice.port_name not in names:
            yield Problem(
                path=(*path, "port_name"),
                value=lattice.port_name,
                allowed=f"a port_name, or a name in additional_ports with TCP ({listed(names or ('none yet',))})",
            )


@rule(
    "Configure a custom domain name for your VPC Lattice service",
    keys=(f"{_LATTICE}.custom_domain_name", f"{_LATTICE}.certificate_arn"),
)
def lattice_domain_has_a_certificate(environment: Environment) -> Iterator[Problem]:
    """Clients use HTTPS, and every connection to a name without a certificate fails."""
    for path, lattice, _ in _of_lattice(environment):
        if lattice.custom_domain_name is not None and lattice.certificate_arn is None:
            yield Problem(
                path=(*path, "custom_domain_name"),
                finding="there is custom_domain_name, but no certificate_arn",
                fix="add certificate_arn, or remove custom_domain_name",
            )
        if lattice.custom_domain_name is None and lattice.certificate_arn is not None:
            yield Problem(
                path=(*path, "certificate_arn"),
                finding="there is certificate_arn, but no custom_domain_name",
                fix="add custom_domain_name, or remove certificate_arn",
            )


@rule("Control access to VPC Lattice services using auth policies", keys=(f"{_LATTICE}.auth_policy",))
def lattice_auth_policy_names_somebody(environment: Environment) -> Iterator[Problem]:
    """A policy without a statement is refused, and without a policy so is every request."""
    for path, lattice, _ in _of_lattice(environment):
        policy = lattice.auth_policy
        if policy is not None and not (policy.organization_ids or policy.account_ids or policy.principal_arns):
            yield Problem(
                path=(*path, "auth_policy"),
                finding="there is auth_policy, and nobody in it",
                fix="add organization_ids, account_ids, or principal_arns, or remove auth_policy",
            )


@warning("Health checks for your VPC Lattice target groups", keys=(f"{_LATTICE}.health_check_protocol_version",))
def lattice_health_checks_are_understood(environment: Environment) -> Iterator[Problem]:
    """What speaks gRPC alone does not answer HTTP/1.1, and no task becomes healthy."""
    for path, lattice, _ in _of_lattice(environment):
        if (
            lattice.protocol_version == "GRPC"
            and lattice.health_check_path is not None
            and lattice.health_check_protocol_version == "HTTP1"
        ):
            yield Problem(
                path=(*path, "health_check_protocol_version"),
                finding="protocol_version is GRPC, and health checks use HTTP1",
                fix="use HTTP2, or set health_check_path to null",
            )


@warning(
    "Control access to VPC Lattice services using auth policies",
    keys=(f"{_LATTICE}.auth_policy", "ecs.vpc_lattice.service_network_arn"),
)
def lattice_service_of_a_shared_network_knows_its_callers(environment: Environment) -> Iterator[Problem]:
    """Whoever owns the service network associates VPCs with it, whose clients may then all call the service."""
    network = environment.ecs.vpc_lattice if environment.ecs is not None else None
    for path, lattice, _ in _of_lattice(environment):
        if lattice.auth_policy is None and network is not None and network.service_network_arn is not None:
            yield Problem(
                path=(*path, "auth_policy"),
                finding="the service network is that of others, and there is no auth_policy",
                fix="add auth_policy",
            )
