"""A deployed environment, as AWS's own APIs describe it; nothing here reads a template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from settings import load_environment
from settings.ecs import EcsSettings, LoadBalancerSettings
from settings.eks import EksSettings
from tests.support.synthesis import EXAMPLES, SHIPPED
from tools.local_cloud.deployment import Deployment

Json = dict[str, Any]
ENVIRONMENTS = {name: load_environment(name) for name in (*SHIPPED, *EXAMPLES)}
UPSTREAMS = {"ecr-public": "public.ecr.aws", "kubernetes": "registry.k8s.io", "quay": "quay.io"}
HOSTS_WITH_CREDENTIALS = {
    "docker-hub": "registry-1.docker.io",
    "github": "ghcr.io",
    "gitlab": "registry.gitlab.com",
}
A_PREFIX_LIST = "a prefix list"
"""The local cloud forgets which."""

# By what images begin with.
WITH_CREDENTIALS = {"docker.io": "docker-hub", "ghcr.io": "github", "registry.gitlab.com": "gitlab"}


class DeployedEnvironment:
    """A deployed environment and what AWS's APIs say of it; each question is asked once."""

    def __init__(self, deployment: Deployment) -> None:
        self.environment = deployment.loaded
        self.deployment = deployment
        self.client = cache(deployment.client)
        self.resources = cache(deployment.resources)
        # Where a file says nothing of one of these, no test asks for it.
        self.ecs = self.environment.ecs or EcsSettings()
        self.groups = [each for each in self.ecs.capacity.values() if isinstance(each, Ec2CapacityOptions)]
        self.balancer = self.ecs.load_balancer or LoadBalancerSettings()
        self.eks = self.environment.eks or EksSettings()
        stated = self.eks.nodes.items()
        self.stated_groups = {name: each for name, each in stated if isinstance(each, ManagedNodeGroupOptions)}
        self.stated_self_managed = {name: each for name, each in stated if isinstance(each, SelfManagedNodesOptions)}
        self.has_daemon_sets = any("daemon_sets" in each.capabilities for _, each in stated)
        self.stated_profiles = {name: each for name, each in stated if isinstance(each, FargateProfileOptions)}
        self.registry = f"{deployment.account}.dkr.ecr.{deployment.region}.amazonaws.com"

    def ids(self, resource_type: str, stack: str = "") -> list[str]:
        """Which resources of a type are the environment's, in one stack or in all."""
        stacks = [f"{self.environment.name}-{stack}"] if stack else list(self.deployment.stacks())
        found = [each for name in stacks for each in self.resources(name) if each["ResourceType"] == resource_type]
        return [each["PhysicalResourceId"] for each in found]

    def remembered(self, resource_type: str, stack: str = "") -> list[Json]:
        """Properties of what the local cloud only remembers."""
        get = self.client("cloudcontrol").get_resource
        found = [get(TypeName=resource_type, Identifier=each) for each in self.ids(resource_type, stack)]
        return [json.loads(each["ResourceDescription"]["Properties"]) for each in found]

    @cached_property
    def in_vpc(self) -> Json:
        """The filter for what is in the environment's VPC."""
        return {"Filters": [{"Name": "vpc-id", "Values": self.ids("AWS::EC2::VPC")}]}

    @cached_property
    def default_routes(self) -> dict[str, Json]:
        """Of each subnet; empty where it has none."""
        found = {}
        for table in self._route_tables:
            default = [each for each in table["Routes"] if each.get("DestinationCidrBlock") == "0.0.0.0/0"]
            for association in table["Associations"]:
                if "SubnetId" in association:
                    found[association["SubnetId"]] = default[0] if default else {}
        return found

    @property
    def route_tables_of_subnets(self) -> set[str]:
        """All but the VPC's main one, which no subnet uses."""
        associations = [each for table in self._route_tables for each in table["Associations"]]
        return {each["RouteTableId"] for each in associations if "SubnetId" in each}

    @cached_property
    def _route_tables(self) -> list[Json]:
        return list(self.client("ec2").describe_route_tables(**self.in_vpc)["RouteTables"])

    @cached_property
    def zones(self) -> dict[str, str]:
        """Of each subnet."""
        existing = self.environment.network.existing
        if existing is not None:
            return {subnet.subnet_id: zone for zone, subnet in existing.private_subnets.items()}
        subnets = self.client("ec2").describe_subnets(**self.in_vpc)["Subnets"]
        return {each["SubnetId"]: each["AvailabilityZone"] for each in subnets}

    def subnets(self, kind: str) -> set[str]:
        """`public`: from which a route leads to the internet; `pods`: tagged for pods; `private`: all others."""
        existing = self.environment.network.existing
        if existing is not None:
            # The local cloud does not have them.
            stated = existing.public_subnets if kind == "public" else existing.private_subnets
            return {subnet.subnet_id for subnet in stated.values()}
        public = {name for name, route in self.default_routes.items() if "GatewayId" in route}
        tagged = self.client("ec2").describe_subnets(**self.in_vpc)["Subnets"]
        for_pods = {each["SubnetId"] for each in tagged if "kubernetes.io/role/cni" in str(each["Tags"])}
        return {"public": public, "pods": for_pods}.get(kind, set(self.zones) - public - for_pods)

    @cached_property
    def keys(self) -> dict[str, Json]:
        """KMS keys by ARN."""
        ids = self.ids("AWS::KMS::Key")
        found = [self.client("kms").describe_key(KeyId=each)["KeyMetadata"] for each in ids]
        return {each["Arn"]: each for each in found}

    @cached_property
    def log_groups(self) -> dict[str, Json]:
        pages = self.client("logs").get_paginator("describe_log_groups").paginate()
        own = self.ids("AWS::Logs::LogGroup")
        return {
            each["logGroupName"]: each for page in pages for each in page["logGroups"] if each["logGroupName"] in own
        }

    @cached_property
    def services(self) -> dict[str, Json]:
        """ECS services by their name in the environment."""
        describe, existing = self.client("ecs").describe_services, self.ecs.existing_cluster
        cluster = existing.cluster_arn.rpartition("/")[2] if existing else self.environment.name
        ids = {name: self.ids("AWS::ECS::Service", f"ecs-service-{name}") for name in self.ecs.services}
        return {name: describe(cluster=cluster, services=arns)["services"][0] for name, arns in ids.items()}

    @cached_property
    def tasks(self) -> dict[str, Json]:
        """Task definitions by the service's name in the environment."""
        describe = self.client("ecs").describe_task_definition
        return {
            name: describe(taskDefinition=each["taskDefinition"])["taskDefinition"]
            for name, each in self.services.items()
        }

    @cached_property
    def load_balancer(self) -> Json:
        arns = self.ids("AWS::ElasticLoadBalancingV2::LoadBalancer")
        (found,) = self.client("elbv2").describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"]
        return dict(found)

    @cached_property
    def listeners(self) -> dict[str, Json]:
        """By protocol."""
        arn = self.load_balancer["LoadBalancerArn"]
        found = self.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
        return {each["Protocol"]: each for each in found}

    @cached_property
    def target_groups(self) -> dict[str, Json]:
        """Of the services that have one, by the service's name in the environment."""
        describe = self.client("elbv2").describe_target_groups
        arns = {name: [to["targetGroupArn"] for to in each["loadBalancers"]] for name, each in self.services.items()}
        return {name: describe(TargetGroupArns=each)["TargetGroups"][0] for name, each in arns.items() if each}

    @cached_property
    def caller_groups(self) -> dict[str, str]:
        """Security groups by which services and tasks are admitted, by the name of the service or task."""
        groups = self.client("ec2").describe_security_groups(**self.in_vpc)["SecurityGroups"]
        named = re.compile(r"Tasks of the [a-z ]+ ([a-z0-9-]+): admits nobody, others admit it")
        return {match[1]: each["GroupId"] for each in groups if (match := named.fullmatch(each["Description"]))}

    def rules(self, group: str, *, egress: bool) -> list[tuple[str, int]]:
        """Of a security group: whom and which port it admits."""
        chosen = [{"Name": "group-id", "Values": [group]}]
        found = self.client("ec2").describe_security_group_rules(Filters=chosen)["SecurityGroupRules"]
        return sorted(
            (each.get("CidrIpv4") or each.get("ReferencedGroupInfo", {}).get("GroupId", A_PREFIX_LIST), each["ToPort"])
            for each in found
            # The CDK says "nothing" by a rule that matches nothing, because EC2 adds "everything" to an empty list.
            if each["IsEgress"] == egress and each.get("CidrIpv4") != "255.255.255.255/32"
        )

    def launch_template(self, identifier: str) -> Json:
        found = self.client("ec2").describe_launch_template_versions(LaunchTemplateId=identifier)
        data: Json = found["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        return data

    def trusted(self, role_arn: str) -> str:
        """The only service that may assume a role."""
        role = self.client("iam").get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        return str(statement["Principal"]["Service"])

    def granted(self, role_arn: str) -> list[Json]:
        """The statements of a role's managed policies."""
        iam, name = self.client("iam"), role_arn.rpartition("/")[2]
        arns = [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
        found = [iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] for arn in arns]
        return [statement for each in found for statement in each["Statement"]]

    @cached_property
    def repositories(self) -> dict[str, Json]:
        found = self.client("ecr").describe_repositories()["repositories"]
        own = f"{self.environment.name}/"
        return {each["repositoryName"]: each for each in found if each["repositoryName"].startswith(own)}

    @cached_property
    def private_subnets(self) -> set[str]:
        return self.subnets("private")

    @cached_property
    def own_providers(self) -> list[str]:
        return self.ids("AWS::ECS::CapacityProvider")

    def own_provider(self, name: str) -> str:
        """Of a group, whose name is in that of its provider, whoever chose that one."""
        part = f"Capacity{'' if name == 'default' else name.replace('-', '')}CapacityProvider"
        (found,) = [each for each in self.own_providers if part in each.replace("-", "")]
        return found

    def image(self, stated: str) -> str:
        """Where an image comes from: through the cache, from a repository of our own, or as it stands."""
        host, _, path = stated.partition("/")
        for registry in self.environment.registry.pull_through_cache:
            if host == UPSTREAMS[registry]:
                return f"{self.registry}/{self.environment.cache_prefix}/{registry}/{path}"
        if host in WITH_CREDENTIALS and WITH_CREDENTIALS[host] in self.environment.registry.cached_registries:
            name = path if "/" in path or host != "docker.io" else f"library/{path}"
            return f"{self.registry}/{self.environment.cache_prefix}/{WITH_CREDENTIALS[host]}/{name}"
        is_own = stated.partition(":")[0] in self.environment.registry.repositories
        return f"{self.registry}/{self.environment.name}/{stated}" if is_own else stated

    @cached_property
    def cluster(self) -> Json:
        """Of EKS."""
        found: Json = self.client("eks").describe_cluster(name=self.environment.name)["cluster"]
        return found

    @cached_property
    def node_groups(self) -> dict[str, Json]:
        """By their name in the environment, which their nodes carry."""
        eks, cluster = self.client("eks"), self.environment.name
        names = eks.list_nodegroups(clusterName=cluster)["nodegroups"]
        found = [eks.describe_nodegroup(clusterName=cluster, nodegroupName=each)["nodegroup"] for each in names]
        return {self._name_of_nodes(each["launchTemplate"]["id"]): each for each in found}

    @cached_property
    def self_managed_nodes(self) -> dict[str, Json]:
        """Auto Scaling groups of the cluster, by their name in the environment, which their nodes carry."""
        client, names = self.client("autoscaling"), self.ids("AWS::AutoScaling::AutoScalingGroup", "eks-cluster")
        groups = client.describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"] if names else []
        own = f"{self.environment.name}-"
        return {
            str(tag["Value"]).removeprefix(own): group
            for group in groups
            for tag in group["Tags"]
            if tag["Key"] == "Name"
        }

    def launch_template_of(self, nodes: str) -> Json:
        """That of nodes, by their name in the environment; the local cloud does not tell it of Auto Scaling groups."""
        identifiers = self.ids("AWS::EC2::LaunchTemplate", "eks-cluster")
        (found,) = [each for each in identifiers if self._name_of_nodes(each) == nodes]
        return self.launch_template(found)

    @cached_property
    def add_ons(self) -> dict[str, Json]:
        eks, cluster = self.client("eks"), self.environment.name
        names = eks.list_addons(clusterName=cluster)["addons"]
        return {name: eks.describe_addon(clusterName=cluster, addonName=name)["addon"] for name in names}

    def _name_of_nodes(self, launch_template: str) -> str:
        tags = self.launch_template(launch_template)["TagSpecifications"][0]["Tags"]
        name = next(str(each["Value"]) for each in tags if each["Key"] == "Name")
        return name.removeprefix(f"{self.environment.name}-")


def shown(container: Json) -> Json:
    """A container definition in the words of an environment."""
    return {
        "image": container["image"],
        "ports": [
            each.get("containerPortRange") or str(each["containerPort"]) for each in container.get("portMappings", [])
        ],
        "command": container.get("command", []),
        "environment": {each["name"]: each["value"] for each in container.get("environment", [])},
        "secrets": {each["name"]: each["valueFrom"] for each in container.get("secrets", [])},
        "user": container["user"],
        "read-only": container.get("readonlyRootFilesystem"),
        "writable": [each["containerPath"] for each in container.get("linuxParameters", {}).get("tmpfs", [])],
        "essential": container["essential"],
        "after": [(each["containerName"], each["condition"]) for each in container.get("dependsOn", [])],
        "health": container.get("healthCheck", {}).get("command", []),
        "stop timeout": container["stopTimeout"],
    }


@cache
def deployed_environment(deployed_once: Callable[[str], Deployment], environment: str) -> DeployedEnvironment:
    """A deployed environment; deployed when the first test of the session asks for it."""
    return DeployedEnvironment(deployed_once(environment))


def listed(value: str | list[str]) -> list[str]:
    """IAM writes one string or a list of them."""
    return [value] if isinstance(value, str) else value


def hardened(template: Json, volume_type: str = "gp3") -> bool:
    """Of a launch template: metadata only with a token and not for containers, no volume in the clear."""
    options, volumes = template["MetadataOptions"], [each["Ebs"] for each in template["BlockDeviceMappings"]]
    imdsv2 = (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)
    return imdsv2 and all(each["Encrypted"] and each["VolumeType"] == volume_type for each in volumes)
