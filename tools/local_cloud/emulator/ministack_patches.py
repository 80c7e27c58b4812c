"""Where ministack is more forgetful or more lenient than AWS, and it matters to these stacks.

Each class and function patches one thing in ministack's private tables; its version is pinned (requirements.txt): on an
upgrade, see whether each is still needed and still fits.
"""

from __future__ import annotations

import json
import re
from typing import Any

import ministack.services.alb as alb
import ministack.services.cloudformation as cloudformation
import ministack.services.ec2 as ec2
import ministack.services.eks as eks
import ministack.services.route53 as route53
import ministack.services.sns as sns
from ministack.services.cloudformation import changesets, engine, stacks
from ministack.services.cloudformation.handlers import _imported_export_names

from tools.local_cloud.emulator.checked_resource import CheckedResource, Handler, Made, Properties
from tools.local_cloud.emulator.native_resource import NativeResource
from tools.local_cloud.emulator.weighted_rules import keep_weights


class Alarm(NativeResource):
    """Over several metrics it is checked and remembered, since ministack has alarms on single metrics only."""

    def __init__(self, type_name: str, native: Handler) -> None:
        super().__init__(type_name, native)
        self._remembered = CheckedResource(type_name)

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        if "Metrics" in properties:
            return self._remembered.create(logical_id, properties, stack_name)
        return super().create(logical_id, properties, stack_name)

    def update(self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        if ("Metrics" in old) != ("Metrics" in new):
            return self.create(logical_id, new, stack_name)
        if "Metrics" in new:
            return self._remembered.update(physical_id, old, new, stack_name, logical_id)
        return super().update(physical_id, old, new, stack_name, logical_id)

    def delete(self, physical_id: str, properties: Properties, *logical_id: str) -> None:
        if "Metrics" in properties:
            self._remembered.delete(physical_id, properties)
        else:
            super().delete(physical_id, properties, *logical_id)


class Record(NativeResource):
    """A hosted zone that no stack makes is the user's own; here it comes to be with its first record."""

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        zone_id = properties.get("HostedZoneId")
        if zone_id and zone_id not in route53._zones:
            name = str(properties["Name"]).rstrip(".").partition(".")[2] + "."
            route53._zones[zone_id] = {
                "id": zone_id,
                "name": name,
                "caller_reference": zone_id,
                "comment": "given",
                "private": False,
                "vpcs": [],
            }
            route53._records[zone_id] = route53._default_records(name)
        return super().create(logical_id, properties, stack_name)


class ListenerRule(NativeResource):
    """A listener that no stack makes is somebody else's; here it comes to be with its first rule."""

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        arn = str(properties.get("ListenerArn", ""))
        if arn not in alb._listeners and ":listener/app/" in arn:
            balancer = arn.rpartition("/")[0].replace(":listener/", ":loadbalancer/")
            alb._lbs.setdefault(
                balancer,
                {"LoadBalancerArn": balancer, "LoadBalancerName": balancer.split("/")[-2], "Type": "application"},
            )
            alb._listeners[arn] = {
                "ListenerArn": arn,
                "LoadBalancerArn": balancer,
                "Port": 443,
                "Protocol": "HTTPS",
                "DefaultActions": [],
            }
        return super().create(logical_id, properties, stack_name)


class LoadBalancer(NativeResource):
    """Deletion protection holds; ministack only remembers it."""

    def delete(self, physical_id: str, properties: Properties, *logical_id: str) -> None:
        if {"Key": "deletion_protection.enabled", "Value": "true"} in alb._lb_attrs.get(physical_id, []):
            raise ValueError(f"Load balancer '{physical_id}' cannot be deleted because deletion protection is enabled")
        super().delete(physical_id, properties, *logical_id)


class EksCluster(NativeResource):
    """Deletion protection holds, the encryption of secrets is kept, and the cluster security group exists.

    ministack's EKS is told of neither of the first two, and has only an ID of the third. A local cluster on an Outpost
    also has an ID of its own.
    """

    _ID = "6f1c2d3e-4a5b-4c6d-8e7f-901234567890"

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        made = self._keep(super().create(logical_id, properties, stack_name), properties)
        group_id = eks._clusters[made[0]]["resourcesVpcConfig"]["clusterSecurityGroupId"]
        # A VPC that exists in AWS does not exist here.
        vpc_id = ec2._subnets.get(properties["ResourcesVpcConfig"]["SubnetIds"][0], {}).get("VpcId", "")
        ec2._security_groups[group_id] = {
            "GroupId": group_id,
            "GroupName": f"eks-cluster-sg-{made[0]}",
            "Description": "EKS created security group applied to ENI that is attached to EKS Control Plane master "
            "nodes, as well as any managed workloads.",
            "VpcId": vpc_id,
            "OwnerId": ec2.get_account_id(),
            "IpPermissions": [],
            "IpPermissionsEgress": [],
        }
        return made

    def update(self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        return self._keep(super().update(physical_id, old, new, stack_name, logical_id), new)

    def delete(self, physical_id: str, properties: Properties, *logical_id: str) -> None:
        if eks._clusters.get(physical_id, {}).get("deletionProtection"):
            raise ValueError(f"Cluster {physical_id} has deletion protection: disable it before deleting the cluster.")
        group_id = eks._clusters.get(physical_id, {}).get("resourcesVpcConfig", {}).get("clusterSecurityGroupId")
        super().delete(physical_id, properties, *logical_id)
        ec2._security_groups.pop(group_id, None)

    def _keep(self, made: Made, properties: Properties) -> Made:
        cluster = eks._clusters[made[0]]
        cluster["deletionProtection"] = properties.get("DeletionProtection", False)
        cluster["encryptionConfig"] = [
            {"resources": each["Resources"], "provider": {"keyArn": each["Provider"]["KeyArn"]}}
            for each in properties.get("EncryptionConfig", [])
        ]
        physical_id, attributes = made
        return (physical_id, {**attributes, "Id": self._ID}) if "OutpostConfig" in properties else made


class EksNodeGroup(NativeResource):
    """Spot or on demand is kept: ministack's EKS is not told."""

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        physical_id, attributes = super().create(logical_id, properties, stack_name)
        group = eks._nodegroups[f"{properties['ClusterName']}/{physical_id}"]
        group["capacityType"] = properties.get("CapacityType", "ON_DEMAND")
        return physical_id, attributes


class Topic(NativeResource):
    """The key that encrypts it is kept: ministack's SNS is not told."""

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        return self._keep(super().create(logical_id, properties, stack_name), properties)

    def update(self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        return self._keep(super().update(physical_id, old, new, stack_name, logical_id), new)

    def _keep(self, made: Made, properties: Properties) -> Made:
        attributes = sns._topics[made[0]]["attributes"]
        attributes.pop("KmsMasterKeyId", None)
        if "KmsMasterKeyId" in properties:
            attributes["KmsMasterKeyId"] = properties["KmsMasterKeyId"]
        return made


class Vpc(NativeResource):
    """With the IPv6 CIDR block of its `AWS::EC2::VPCCidrBlock`, which subnets read from the VPC.

    Always there, since the association comes after the VPC; the block is one of RFC 3849 for documentation.
    """

    _BLOCKS = ("2001:db8:1234:1a00::/56",)

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        """Make it, with the block."""
        physical_id, attributes = super().create(logical_id, properties, stack_name)
        return physical_id, {**attributes, "Ipv6CidrBlocks": list(self._BLOCKS)}

    def update(self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        """Change it, with the block."""
        physical_id, attributes = super().update(physical_id, old, new, stack_name, logical_id)
        return physical_id, {**attributes, "Ipv6CidrBlocks": list(self._BLOCKS)}


PATCHED_TYPES: dict[str, type[NativeResource]] = {
    "AWS::CloudWatch::Alarm": Alarm,
    "AWS::EC2::VPC": Vpc,
    "AWS::EKS::Cluster": EksCluster,
    "AWS::EKS::Nodegroup": EksNodeGroup,
    "AWS::ElasticLoadBalancingV2::ListenerRule": ListenerRule,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": LoadBalancer,
    "AWS::Route53::RecordSet": Record,
    "AWS::SNS::Topic": Topic,
}


def guard_exports_in_use() -> None:
    """Refuse an update that changes or drops an export which another stack imports.

    After another stack imports an output value, AWS lets it neither be changed nor removed (CloudFormation User Guide,
    "Get exported outputs from a deployed CloudFormation stack"). ministack refuses only to delete the stack.
    """
    resolve = stacks._resolve_stack_outputs

    def guarded(*arguments: Any) -> tuple[list[dict[str, str]], dict[str, dict[str, str]]]:
        outputs, exports = resolve(*arguments)
        ours = {name: export for name, export in cloudformation._exports.items() if export["StackId"] == arguments[-1]}
        changed = [name for name, before in ours.items() if exports.get(name, {}).get("Value") != before["Value"]]
        for name in changed:
            for importer in _importers(name):
                verb = "updated" if name in exports else "deleted"
                raise ValueError(f"Export {name} cannot be {verb} as it is in use by {importer}")
        for name in changed:
            cloudformation._exports.pop(name)
        return outputs, exports

    stacks._resolve_stack_outputs = guarded


def _importers(export: str) -> list[str]:
    return [
        name
        for name, stack in cloudformation._stacks.items()
        if not stack["StackStatus"].startswith("DELETE") and export in _imported_export_names(stack, name)
    ]


class _ChangedOutputs(list[Any]):
    """No resource changes, and yet there is something to do."""

    def __bool__(self) -> bool:
        return True


def notice_changed_outputs() -> None:
    """An update of nothing but outputs and exports is an update; to ministack it contains no changes."""
    resolve, compare = changesets._resolve_props_for_diff, changesets._diff_resources

    def resolved(template: Any, *arguments: Any) -> Any:
        return {**resolve(template, *arguments), "Outputs": (template or {}).get("Outputs", {})}

    def compared(old: Any, new: Any, *arguments: Any) -> Any:
        changes = compare(old, new, *arguments)
        return _ChangedOutputs() if not changes and old["Outputs"] != new["Outputs"] else changes

    changesets._resolve_props_for_diff, changesets._diff_resources = resolved, compared


def see_malformed_tags() -> None:
    """A tag without `Key` reaches the schema, which refuses it; ministack would drop it without a word."""
    add = stacks._with_stack_tags

    def added(type_name: str, properties: Any, *arguments: Any) -> Any:
        tags = properties.get("Tags") if isinstance(properties, dict) else None
        if isinstance(tags, list) and any("Key" not in tag for tag in tags):
            return properties
        return add(type_name, properties, *arguments)

    stacks._with_stack_tags = added


def let_secrets_of_others_exist() -> None:
    """A secret that a template names by its ARN, and no stack makes, is the user's own: its value is an example."""
    resolve = engine._resolve_dynamic_reference

    def resolved(literal: str) -> str:
        try:
            return str(resolve(literal))
        except ValueError as error:
            if literal.startswith("{{resolve:secretsmanager:arn:") and str(error).endswith("not found"):
                return "example"
            raise

    engine._resolve_dynamic_reference = resolved


def offer_update_cluster_config() -> None:
    """`aws eks update-cluster-config --no-deletion-protection`, which ministack's EKS lacks."""
    answer = eks._handle_request_sync

    def more(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        asked = re.fullmatch(r"/clusters/([A-Za-z0-9_-]+)/update-config", path)
        if not asked or method != "POST" or asked[1] not in eks._clusters:
            return answer(method, path, headers, body, query)
        eks._clusters[asked[1]]["deletionProtection"] = json.loads(body)["deletionProtection"]
        update = {"id": eks.new_uuid(), "status": "Successful", "type": "DeletionProtectionUpdate"}
        return eks._json_resp(200, {"update": update})

    eks._handle_request_sync = more


def admit_hybrid_nodes() -> None:
    """Access entries of EKS Hybrid Nodes and of Auto Mode, which ministack's EKS does not know (CreateAccessEntry).

    Those of Auto Mode have a policy ("Create a node class for Amazon EKS"), as otherwise only people's have.
    """
    eks._VALID_ACCESS_ENTRY_TYPES = (*eks._VALID_ACCESS_ENTRY_TYPES, "EC2", "HYBRID_LINUX")
    associate = eks._associate_access_policy

    def with_auto_mode(cluster_name: str, principal_arn: str, body: dict[str, object]) -> object:
        entry = eks._access_entries.get(eks._ae_key(cluster_name, principal_arn)) or {}
        if entry.get("type") != "EC2":
            return associate(cluster_name, principal_arn, body)
        entry["type"] = "STANDARD"
        try:
            return associate(cluster_name, principal_arn, body)
        finally:
            entry["type"] = "EC2"

    eks._associate_access_policy = with_auto_mode


def patch_services() -> None:
    """All but the types in `PATCHED_TYPES`."""
    guard_exports_in_use()
    notice_changed_outputs()
    see_malformed_tags()
    let_secrets_of_others_exist()
    offer_update_cluster_config()
    admit_hybrid_nodes()
    keep_weights()
