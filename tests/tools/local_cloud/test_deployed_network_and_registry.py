"""After a deployment, AWS's own APIs say of network, registry, keys and logs what the environment's file says.

Expected values come from the file, never from a template, so nothing between the two can hide a mistake. What the local
cloud does not keep is not asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import IPv4Network, ip_network

import pytest

from settings.endpoints import interface_endpoints
from tests.support.deployed_environment import (
    ENVIRONMENTS,
    HOSTS_WITH_CREDENTIALS,
    UPSTREAMS,
    DeployedEnvironment,
    deployed_environment,
    listed,
)
from tools.local_cloud.deployment import Deployment

pytestmark = pytest.mark.local_cloud


@pytest.fixture(params=ENVIRONMENTS)
def deployed(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment."""
    return deployed_environment(deployed_once, request.param)


@pytest.fixture(params=[name for name, each in ENVIRONMENTS.items() if each.network.existing is None])
def with_vpc(request: pytest.FixtureRequest, deployed_once: Callable[[str], Deployment]) -> DeployedEnvironment:
    """Given a deployed environment with a VPC of its own."""
    return deployed_environment(deployed_once, request.param)


def test_the_vpc_has_its_address_range_and_answers_names(with_vpc: DeployedEnvironment) -> None:
    ec2 = with_vpc.client("ec2")
    (vpc,) = ec2.describe_vpcs(VpcIds=with_vpc.ids("AWS::EC2::VPC"))["Vpcs"]
    assert vpc["CidrBlock"] == str(with_vpc.environment.network.cidr)
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        attribute = ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)
        assert attribute[name[0].upper() + name[1:]]["Value"] is True


@pytest.mark.parametrize("kind", ["public", "private"])
def test_every_zone_has_a_subnet_of_each_kind_and_its_size(with_vpc: DeployedEnvironment, kind: str) -> None:
    found = with_vpc.client("ec2").describe_subnets(SubnetIds=sorted(with_vpc.subnets(kind)))["Subnets"]
    sizes = {each["AvailabilityZone"]: ip_network(each["CidrBlock"]).prefixlen for each in found}
    wanted = getattr(with_vpc.environment.network, f"{kind}_prefix_length")
    assert sizes == dict.fromkeys(with_vpc.environment.availability_zones, wanted)
    assert len(found) == len(sizes)
    assert not any(each["MapPublicIpOnLaunch"] for each in found)


def test_pods_have_a_subnet_of_their_own_block_in_each_zone_if_the_file_has_one(with_vpc: DeployedEnvironment) -> None:
    network, zones = with_vpc.environment.network, with_vpc.environment.availability_zones
    pods = with_vpc.subnets("pods")
    found = with_vpc.client("ec2").describe_subnets(SubnetIds=sorted(pods))["Subnets"] if pods else []
    assert sorted(each["AvailabilityZone"] for each in found) == (sorted(zones) if network.pod_cidr else [])
    for each in found:
        block = IPv4Network(each["CidrBlock"])
        assert network.pod_cidr is not None
        assert (block.prefixlen, block.subnet_of(network.pod_cidr)) == (network.pod_prefix_length, True)


def test_each_private_subnet_leaves_through_the_nat_gateway_that_the_file_means_it_to(
    with_vpc: DeployedEnvironment,
) -> None:
    gateways = with_vpc.client("ec2").describe_nat_gateways(**with_vpc.in_vpc)["NatGateways"]
    zone_of = {each["NatGatewayId"]: with_vpc.zones[each["SubnetId"]] for each in gateways}
    routes = {with_vpc.zones[each]: with_vpc.default_routes[each] for each in with_vpc.private_subnets}
    ways = {zone: zone_of.get(route.get("NatGatewayId")) for zone, route in routes.items()}
    zones = with_vpc.environment.availability_zones
    meant: dict[str, dict[str, str | None]] = {
        "none": dict.fromkeys(zones),
        "one": dict.fromkeys(zones, zones[0]),
        "one_per_zone": {each: each for each in zones},
    }
    assert ways == meant[with_vpc.environment.network.nat_gateways]
    assert len(gateways) == len(set(ways.values()) - {None})


def test_there_is_an_elastic_ip_for_each_nat_gateway(with_vpc: DeployedEnvironment) -> None:
    addresses = {each["PublicIp"] for each in with_vpc.client("ec2").describe_addresses()["Addresses"]}
    wanted = {"none": 0, "one": 1, "one_per_zone": len(with_vpc.environment.availability_zones)}
    assert len(addresses & set(with_vpc.ids("AWS::EC2::EIP"))) == wanted[with_vpc.environment.network.nat_gateways]


def test_a_flow_log_records_all_traffic(with_vpc: DeployedEnvironment) -> None:
    (vpc,) = with_vpc.ids("AWS::EC2::VPC")
    logs = with_vpc.client("ec2").describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]
    assert [(each["TrafficType"], each["FlowLogStatus"]) for each in logs] == [("ALL", "ACTIVE")]
    assert logs[0]["LogDestination"] in with_vpc.log_groups


def test_the_vpc_has_the_gateway_endpoint_of_s3_and_the_stated_endpoints(
    with_vpc: DeployedEnvironment,
) -> None:
    ids = with_vpc.ids("AWS::EC2::VPCEndpoint")
    found = with_vpc.client("ec2").describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"]
    prefix = f"com.amazonaws.{with_vpc.environment.region}."
    kinds = {each["ServiceName"].removeprefix(prefix): each["VpcEndpointType"] for each in found}
    interfaces = [str(name) for name in interface_endpoints(with_vpc.environment)]
    gateways: list[str] = ["s3", *with_vpc.environment.network.gateway_endpoints]
    assert kinds == {**dict.fromkeys(gateways, "Gateway"), **dict.fromkeys(interfaces, "Interface")}
    assert {each["VpcId"] for each in found} == set(with_vpc.ids("AWS::EC2::VPC"))
    tables = [set(each["RouteTableIds"]) for each in found if each["VpcEndpointType"] == "Gateway"]
    assert tables == [with_vpc.route_tables_of_subnets] * len(gateways)
    subnets = [set(each["SubnetIds"]) for each in found if each["VpcEndpointType"] == "Interface"]
    assert subnets == [with_vpc.private_subnets] * len(interfaces)


def test_each_stack_has_a_key_that_rotates(deployed: DeployedEnvironment) -> None:
    environment = deployed.environment
    described = sorted(each["Description"].partition(":")[0] for each in deployed.keys.values())
    stacks = [
        *(["ecs-cluster"] if environment.ecs else []),
        *(["eks-cluster"] if environment.eks else []),
        *(["network"] if environment.network.existing is None else []),
        *(["registry"] if environment.customer_managed_keys else []),
        *(["storage"] if environment.customer_managed_keys and environment.storage.file_systems else []),
    ]
    assert described == [f"{environment.name}-{stack}" for stack in stacks]
    for arn, key in deployed.keys.items():
        assert key["Enabled"]
        assert deployed.client("kms").get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"]


def test_every_log_group_is_encrypted_and_forgets_when_the_file_says(deployed: DeployedEnvironment) -> None:
    assert set(deployed.log_groups) == set(deployed.ids("AWS::Logs::LogGroup"))
    assert {each.get("retentionInDays") for each in deployed.log_groups.values()} == {
        deployed.environment.log_retention_days
    }
    assert {each.get("kmsKeyId") for each in deployed.log_groups.values()} <= set(deployed.keys)


def test_stacks_refuse_deletion_as_far_as_the_environment_is_protected(deployed: DeployedEnvironment) -> None:
    protections = {each["EnableTerminationProtection"] for each in deployed.deployment.stacks().values()}
    assert protections == {deployed.environment.protected}


def test_every_repository_is_scanned_immutable_and_encrypted_as_stated(deployed: DeployedEnvironment) -> None:
    names = [f"{deployed.environment.name}/{name}" for name in deployed.environment.registry.repositories]
    own = {arn for arn, key in deployed.keys.items() if "-registry" in key["Description"]}
    repositories = deployed.repositories
    assert sorted(repositories) == sorted(names)
    for repository in repositories.values():
        assert repository["imageTagMutability"].startswith("IMMUTABLE")
        assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
        encryption = repository["encryptionConfiguration"]
        assert encryption["encryptionType"] == ("KMS" if deployed.environment.customer_managed_keys else "AES256")
        assert {encryption[key] for key in ("kmsKey",) if key in encryption} == own


def test_every_repository_keeps_as_many_images_as_stated(deployed: DeployedEnvironment) -> None:
    get = deployed.client("ecr").get_lifecycle_policy
    for name, settings in deployed.environment.registry.repositories.items():
        policy = json.loads(get(repositoryName=f"{deployed.environment.name}/{name}")["lifecyclePolicyText"])
        limits = {each["selection"]["tagStatus"]: each["selection"]["countNumber"] for each in policy["rules"]}
        assert limits == {"untagged": settings.expire_untagged_after_days, "any": settings.max_image_count}


def test_the_stated_accounts_may_pull_and_no_others(deployed: DeployedEnvironment) -> None:
    ecr, stated = deployed.client("ecr"), deployed.environment.registry.repositories
    for full_name in deployed.repositories:
        settings = stated[full_name.removeprefix(f"{deployed.environment.name}/")]
        accounts = settings.pull_account_ids
        if settings.pull_organization_ids and not accounts:
            (statement,) = json.loads(ecr.get_repository_policy(repositoryName=full_name)["policyText"])["Statement"]
            condition = {"StringEquals": {"aws:PrincipalOrgID": list(settings.pull_organization_ids)}}
            assert statement["Condition"] == condition
            continue
        if not accounts:
            with pytest.raises(ecr.exceptions.RepositoryPolicyNotFoundException):
                ecr.get_repository_policy(repositoryName=full_name)
            continue
        (statement,) = json.loads(ecr.get_repository_policy(repositoryName=full_name)["policyText"])["Statement"]
        assert listed(statement["Principal"]["AWS"]) == [f"arn:aws:iam::{account}:root" for account in accounts]


def test_the_stated_public_registries_are_cached(deployed: DeployedEnvironment) -> None:
    rules = deployed.remembered("AWS::ECR::PullThroughCacheRule")
    prefix, cached = deployed.environment.cache_prefix, deployed.environment.registry.cached_registries
    assert {each["EcrRepositoryPrefix"]: each["UpstreamRegistryUrl"] for each in rules} == {
        f"{prefix}/{registry}": UPSTREAMS.get(registry) or HOSTS_WITH_CREDENTIALS[registry] for registry in cached
    }
    templates = deployed.remembered("AWS::ECR::RepositoryCreationTemplate")
    assert {each["Prefix"]: each["ImageTagMutability"] for each in templates} == {
        f"{prefix}/{registry}": "IMMUTABLE" for registry in cached
    }


def test_a_vpc_that_exists_gets_the_endpoints_that_it_lacks(deployed_once: Callable[[str], Deployment]) -> None:
    deployed = deployed_environment(deployed_once, "examples/existing-net.yaml")
    ids = deployed.ids("AWS::EC2::VPCEndpoint", "endpoints")
    found = deployed.client("ec2").describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"]
    prefix = f"com.amazonaws.{deployed.environment.region}."
    kinds = {each["ServiceName"].removeprefix(prefix): each["VpcEndpointType"] for each in found}
    assert kinds == {"ecr.dkr": "Interface", "logs": "Interface", "secretsmanager": "Interface", "s3": "Gateway"}
    assert deployed.environment.network.existing is not None
    assert {each["VpcId"] for each in found} == {deployed.environment.network.existing.vpc_id}
