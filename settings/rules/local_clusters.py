"""Rules of a local cluster on AWS Outposts: what it has, and what only clusters in the Region have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from reference_constructs.eks.capability_options import CapabilitiesOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule
from settings.rules.subjects import local_cluster

_COMPARISON: Final = "Deploy Amazon EKS on-premises with AWS Outposts: comparing the deployment options"
_CREATE: Final = "Deploy an Amazon EKS cluster on AWS Outposts, Amazon EKS User Guide"
_NETWORK: Final = "Create a VPC and subnets for Amazon EKS clusters on AWS Outposts, Amazon EKS User Guide"
_OUTPOST: Final = "eks.outpost"
# No page has them for the instances of a local cluster, which Amazon EKS does not scale or route for.
_COMPONENTS: Final = ("kube_api_server", "kube_scheduler", "kube_controller_manager")
_OF_THE_REGION: Final = ("control_plane_egress_mode", "rollback_timeout_minutes", *_COMPONENTS)


@rule(
    f"{_COMPARISON}; eksctl issue 7552; Capabilities considerations; Hybrid nodes prerequisites",
    keys=(
        _OUTPOST,
        "eks.access_entries",
        "eks.delivery_roles",
        "eks.identity_provider",
        "eks.pod_identities",
        "eks.remote_networks",
        *(f"eks.capabilities.{name}" for name in CapabilitiesOptions.model_fields),
    ),
)
def local_cluster_authenticates_by_its_config_map(environment: Environment) -> Iterator[Problem]:
    """On an Outpost, Amazon EKS has no access entries, no identity providers, and no roles of pods."""
    if (eks := local_cluster(environment)) is not None:
        stated: dict[str, object] = {
            "access_entries": eks.access_entries,
            "delivery_roles": eks.delivery_roles,
            "identity_provider": eks.identity_provider,
            "pod_identities": eks.pod_identities,
            "remote_networks": eks.remote_networks,
            **{f"capabilities.{name}": getattr(eks.capabilities, name) for name in CapabilitiesOptions.model_fields},
        }
        yield from _not_there(stated)


@rule(_COMPARISON, keys=(_OUTPOST, "eks.add_ons"))
def local_cluster_comes_with_its_add_ons(environment: Environment) -> Iterator[Problem]:
    """On an Outpost, Amazon EKS installs the VPC CNI plugin, kube-proxy, and CoreDNS by itself, and no EKS add-on."""
    if (eks := local_cluster(environment)) is not None:
        yield from _not_there({"add_ons": eks.add_ons})


@rule(_COMPARISON, keys=(_OUTPOST, "eks.secrets_key_arn"))
def local_cluster_has_no_secrets_key(environment: Environment) -> Iterator[Problem]:
    """On an Outpost, Amazon EKS does not encrypt Kubernetes secrets with a KMS key."""
    if (eks := local_cluster(environment)) is not None:
        yield from _not_there({"secrets_key_arn": eks.secrets_key_arn})


@rule(
    f"{_COMPARISON}; Create local Amazon EKS clusters on AWS Outposts for high availability",
    keys=(
        _OUTPOST,
        "eks.control_plane_availability_zones",
        "eks.control_plane_scaling_tier",
        "eks.support_type",
        "eks.zonal_shift",
        *(f"eks.{key}" for key in _OF_THE_REGION),
    ),
)
def local_control_plane_is_where_the_outpost_is(environment: Environment) -> Iterator[Problem]:
    """The Outpost is in one Availability Zone, and its three instances are neither scaled nor supported for longer."""
    if (eks := local_cluster(environment)) is not None:
        stated = {
            "control_plane_availability_zones": eks.control_plane_availability_zones,
            "control_plane_scaling_tier": eks.control_plane_scaling_tier != "standard",
            "support_type": eks.support_type == "EXTENDED",
            "zonal_shift": eks.zonal_shift,
            "control_plane_egress_mode": eks.control_plane_egress_mode != "AWS_MANAGED",
            "rollback_timeout_minutes": eks.rollback_timeout_minutes,
            **{key: getattr(eks, key) is not None for key in _COMPONENTS},
        }
        yield from _not_there(stated)


@rule(f"{_COMPARISON}; eksctl, validation of outpost", keys=(_OUTPOST, "eks.endpoint.access"))
def local_cluster_has_a_private_endpoint(environment: Environment) -> Iterator[Problem]:
    """The endpoint of a control plane on an Outpost has the private addresses of its instances only."""
    eks = local_cluster(environment)
    if eks is not None and eks.endpoint.access != "private":
        yield Problem(
            path=("eks", "endpoint", "access"),
            value=eks.endpoint.access,
            allowed="private, because there is an eks.outpost",
        )


@rule(_NETWORK, keys=(_OUTPOST, "network.ip_family", "eks.ip_family"))
def local_cluster_is_in_an_ipv4_vpc(environment: Environment) -> Iterator[Problem]:
    """The VPC of a local cluster cannot have an IPv6 CIDR block."""
    eks = local_cluster(environment)
    if eks is not None and environment.network.ip_family == "dual_stack":
        yield Problem(
            path=("network", "ip_family"), value="dual_stack", allowed="ipv4, because there is an eks.outpost"
        )
    elif eks is not None and eks.ip_family == "ipv6":
        yield Problem(path=("eks", "ip_family"), value="ipv6", allowed="ipv4, because there is an eks.outpost")


@rule(
    "Create Amazon Linux nodes on AWS Outposts: clusters on the AWS Cloud",
    keys=(_OUTPOST, "network.pod_cidr", "network.existing.pod_subnets"),
)
def local_cluster_has_pods_in_the_subnets_of_nodes(environment: Environment) -> Iterator[Problem]:
    """Subnets for pods alone are configured with the add-on of the VPC CNI, which a local cluster does not have."""
    if local_cluster(environment) is not None:
        network = environment.network
        paths: Mapping[KeyPath, object] = {
            ("network", "pod_cidr"): network.pod_cidr,
            ("network", "existing", "pod_subnets"): network.existing and network.existing.pod_subnets,
        }
        for path, value in paths.items():
            if value:
                yield _problem(path)


@rule("OutpostConfigRequest, Amazon EKS API Reference", keys=(f"{_OUTPOST}.subnet_ids[]",))
def subnet_of_the_outpost_comes_once(environment: Environment) -> Iterator[Problem]:
    """What is listed twice says nothing more, and AWS refuses it."""
    if environment.eks is not None and environment.eks.outpost is not None:
        yield from come_once(("eks", "outpost", "subnet_ids"), environment.eks.outpost.subnet_ids)


def _not_there(stated: Mapping[str, object]) -> Iterator[Problem]:
    for key, value in stated.items():
        if value:
            yield _problem(("eks", *key.split(".")))


def _problem(path: KeyPath) -> Problem:
    return Problem(
        path=path,
        finding=f"there is an eks.outpost, and {path[-1]} is stated",
        fix=f"remove {path[-1]}, or remove eks.outpost to have the control plane in the Region",
    )
