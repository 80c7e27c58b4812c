"""Resource types that ministack's services have but its CloudFormation lacks, or makes with half of their properties.

Each is made through the service's own API, so that `describe` shows afterwards what the template asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tools.local_cloud.emulator.aws_api import AwsApi
from tools.local_cloud.emulator.checked_resource import CheckedResource, Made, Properties
from tools.local_cloud.emulator.security_groups_of_others import let_group_exist

STABLE_WITHIN_SECONDS = 600


class ApiResource(CheckedResource):
    """A type that is made, changed and deleted through an AWS API of the emulator."""

    def __init__(self, type_name: str, aws: AwsApi) -> None:
        super().__init__(type_name)
        self.aws = aws


class Ec2Resource(ApiResource):
    """EC2 takes tags in a list for each kind of resource, and changes nothing else of these in place."""

    kind: str

    def tags(self, properties: Properties) -> list[dict[str, Any]]:
        """`TagSpecifications` of a create call."""
        tags = properties.get("Tags")
        return [{"ResourceType": self.kind, "Tags": tags}] if tags else []

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.client("ec2").create_tags(Resources=[physical_id], Tags=new.get("Tags", []))


class ElasticIp(Ec2Resource):
    """AWS::EC2::EIP."""

    kind = "elastic-ip"

    def _make(self, name: str, properties: Properties) -> Made:
        made = self.aws.call("ec2", "allocate_address", properties, TagSpecifications=self.tags(properties))
        return made["PublicIp"], {"PublicIp": made["PublicIp"], "AllocationId": made["AllocationId"]}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        super()._change(self._allocation_id(physical_id), old, new)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.client("ec2").release_address(AllocationId=self._allocation_id(physical_id))

    def _allocation_id(self, public_ip: str) -> str:
        addresses = self.aws.client("ec2").describe_addresses()["Addresses"]
        return next(str(each["AllocationId"]) for each in addresses if each["PublicIp"] == public_ip)


class NatGateway(Ec2Resource):
    """AWS::EC2::NatGateway."""

    kind = "natgateway"

    def _make(self, name: str, properties: Properties) -> Made:
        made = self.aws.call("ec2", "create_nat_gateway", properties, TagSpecifications=self.tags(properties))
        identifier = made["NatGateway"]["NatGatewayId"]
        return identifier, {"NatGatewayId": identifier}

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.client("ec2").delete_nat_gateway(NatGatewayId=physical_id)


class FlowLog(Ec2Resource):
    """AWS::EC2::FlowLog."""

    kind = "vpc-flow-log"

    def _make(self, name: str, properties: Properties) -> Made:
        resources = [properties["ResourceId"]]
        made = self.aws.call(
            "ec2", "create_flow_logs", properties, ResourceIds=resources, TagSpecifications=self.tags(properties)
        )
        return made["FlowLogIds"][0], {"Id": made["FlowLogIds"][0]}

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.client("ec2").delete_flow_logs(FlowLogIds=[physical_id])


class SecurityGroupRule(Ec2Resource):
    """AWS::EC2::SecurityGroupIngress and AWS::EC2::SecurityGroupEgress."""

    kind = "security-group-rule"

    @property
    def direction(self) -> str:
        """`ingress` or `egress`."""
        return self.type_name.rpartition("SecurityGroup")[2].lower()

    def _make(self, name: str, properties: Properties) -> Made:
        let_group_exist(properties["GroupId"])
        authorize = f"authorize_security_group_{self.direction}"
        made = getattr(self.aws.client("ec2"), authorize)(
            GroupId=properties["GroupId"], IpPermissions=[_ip_permission(properties)]
        )
        identifier = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return identifier, {"Id": identifier}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Only the description can change in place, and nothing here reads it."""

    def _remove(self, physical_id: str, properties: Properties) -> None:
        revoke = f"revoke_security_group_{self.direction}"
        getattr(self.aws.client("ec2"), revoke)(GroupId=properties["GroupId"], SecurityGroupRuleIds=[physical_id])


def _ip_permission(properties: Properties) -> dict[str, Any]:
    description = {"Description": properties["Description"]} if "Description" in properties else {}
    permission: dict[str, Any] = {"IpProtocol": str(properties["IpProtocol"])}
    permission |= {port: int(properties[port]) for port in ("FromPort", "ToPort") if port in properties}
    for given, group, key in (
        ("CidrIp", "IpRanges", "CidrIp"),
        ("CidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("SourceSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("DestinationSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("SourcePrefixListId", "PrefixListIds", "PrefixListId"),
        ("DestinationPrefixListId", "PrefixListIds", "PrefixListId"),
    ):
        if given in properties:
            permission[group] = [{key: properties[given], **description}]
    return permission


class EcsCapacityProvider(ApiResource):
    """AWS::ECS::CapacityProvider."""

    def _make(self, name: str, properties: Properties) -> Made:
        made = self.aws.call("ecs", "create_capacity_provider", {"Name": name, **properties})["capacityProvider"]
        return made["name"], {}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.call("ecs", "update_capacity_provider", {**new, "Name": physical_id})

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.client("ecs").delete_capacity_provider(capacityProvider=physical_id)


class EcsCapacityProviderAssociations(ApiResource):
    """AWS::ECS::ClusterCapacityProviderAssociations."""

    def _make(self, name: str, properties: Properties) -> Made:
        self._put(properties)
        return properties["Cluster"], {}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self._put(new)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self._put({"Cluster": physical_id, "CapacityProviders": [], "DefaultCapacityProviderStrategy": []})

    def _put(self, properties: Properties) -> None:
        self.aws.call("ecs", "put_cluster_capacity_providers", properties)


class EcsTaskDefinition(ApiResource):
    """AWS::ECS::TaskDefinition: ministack's own forgets the platform that a task is for."""

    def __init__(self, type_name: str, aws: AwsApi, pullable: Callable[[str], str]) -> None:
        super().__init__(type_name, aws)
        self._pullable = pullable

    def _make(self, name: str, properties: Properties) -> Made:
        containers = [{**each, "Image": self._pullable(each["Image"])} for each in properties["ContainerDefinitions"]]
        request = {"Family": name, **properties, "ContainerDefinitions": containers}
        arn = self.aws.call("ecs", "register_task_definition", request)["taskDefinition"]["taskDefinitionArn"]
        return arn, {"TaskDefinitionArn": arn}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.call("ecs", "tag_resource", new, resourceArn=physical_id)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.client("ecs").deregister_task_definition(taskDefinition=physical_id)


class EcsService(ApiResource):
    """AWS::ECS::Service: ministack's own forgets ECS Exec, the grace period and the propagation of tags."""

    def _make(self, name: str, properties: Properties) -> Made:
        # A cluster that no stack makes is somebody else's; here it comes to be with its first service.
        client, cluster = self.aws.client("ecs"), properties["Cluster"]
        if not client.describe_clusters(clusters=[cluster])["clusters"]:
            client.create_cluster(clusterName=cluster)
        made = self.aws.call("ecs", "create_service", {"ServiceName": name, **properties})["service"]
        self._wait_until_stable(made["serviceArn"], properties)
        return made["serviceArn"], {"ServiceArn": made["serviceArn"], "Name": made["serviceName"]}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.call("ecs", "update_service", new, service=physical_id)
        self._wait_until_stable(physical_id, new)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.client("ecs").delete_service(cluster=properties["Cluster"], service=physical_id, force=True)

    def _wait_until_stable(self, arn: str, properties: Properties) -> None:
        """As CloudFormation: the stack waits for the deployment, and fails with it."""
        end = time.monotonic() + STABLE_WITHIN_SECONDS
        while time.monotonic() < end:
            described = self.aws.client("ecs").describe_services(cluster=properties["Cluster"], services=[arn])
            deployment = described["services"][0]["deployments"][0]
            if deployment["rolloutState"] == "COMPLETED":
                return
            if deployment["rolloutState"] == "FAILED":
                raise ValueError(
                    f"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered': {arn}"
                )
            time.sleep(0.1)
        raise ValueError(f"{arn} did not stabilize within {STABLE_WITHIN_SECONDS} seconds")


class EksAddon(ApiResource):
    """AWS::EKS::Addon."""

    def _make(self, name: str, properties: Properties) -> Made:
        made = self.aws.call("eks", "create_addon", properties)["addon"]
        return f"{made['clusterName']}|{made['addonName']}", {"Arn": made["addonArn"]}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.call("eks", "update_addon", new)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.call("eks", "delete_addon", properties)


class EksAccessEntry(ApiResource):
    """AWS::EKS::AccessEntry and the policies that it is associated with."""

    def _make(self, name: str, properties: Properties) -> Made:
        made = self.aws.call("eks", "create_access_entry", properties)["accessEntry"]
        self._associate({}, properties)
        return f"{made['principalArn']}|{made['clusterName']}", {"AccessEntryArn": made["accessEntryArn"]}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.call("eks", "update_access_entry", new)
        self._associate(old, new)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.call("eks", "delete_access_entry", properties)

    def _associate(self, old: Properties, new: Properties) -> None:
        wanted = new.get("AccessPolicies", [])
        for policy in old.get("AccessPolicies", []):
            if policy not in wanted:
                self.aws.call("eks", "disassociate_access_policy", {**new, **policy})
        for policy in wanted:
            self.aws.call("eks", "associate_access_policy", {**new, **policy})


class EksPodIdentityAssociation(ApiResource):
    """AWS::EKS::PodIdentityAssociation."""

    def _make(self, name: str, properties: Properties) -> Made:
        made = self.aws.call("eks", "create_pod_identity_association", properties)["association"]
        arn, identifier = made["associationArn"], made["associationId"]
        return arn, {"AssociationArn": arn, "AssociationId": identifier}

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self.aws.call("eks", "update_pod_identity_association", new, associationId=_last(physical_id))

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.call("eks", "delete_pod_identity_association", properties, associationId=_last(physical_id))


class WebAclAssociation(ApiResource):
    """AWS::WAFv2::WebACLAssociation."""

    def _make(self, name: str, properties: Properties) -> Made:
        self.aws.call("wafv2", "associate_web_acl", properties)
        return f"{properties['ResourceArn']}|{properties['WebACLArn']}", {}

    def _remove(self, physical_id: str, properties: Properties) -> None:
        self.aws.call("wafv2", "disassociate_web_acl", properties)


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]


def api_resources(aws: AwsApi, *, pullable: Callable[[str], str]) -> list[ApiResource]:
    """One of each, ready to be registered.

    Args:
        aws: The emulator's own APIs.
        pullable: Where a container image of a task definition is pulled from, when containers are real.
    """
    return [
        ElasticIp("AWS::EC2::EIP", aws),
        NatGateway("AWS::EC2::NatGateway", aws),
        FlowLog("AWS::EC2::FlowLog", aws),
        SecurityGroupRule("AWS::EC2::SecurityGroupIngress", aws),
        SecurityGroupRule("AWS::EC2::SecurityGroupEgress", aws),
        EcsCapacityProvider("AWS::ECS::CapacityProvider", aws),
        EcsCapacityProviderAssociations("AWS::ECS::ClusterCapacityProviderAssociations", aws),
        EcsTaskDefinition("AWS::ECS::TaskDefinition", aws, pullable),
        EcsService("AWS::ECS::Service", aws),
        EksAddon("AWS::EKS::Addon", aws),
        EksAccessEntry("AWS::EKS::AccessEntry", aws),
        EksPodIdentityAssociation("AWS::EKS::PodIdentityAssociation", aws),
        WebAclAssociation("AWS::WAFv2::WebACLAssociation", aws),
    ]
