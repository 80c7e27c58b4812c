"""Where ministack is more forgetful or more lenient than AWS, and it matters to these stacks.

Each function mends one thing in ministack's own tables. Pinned with ministack (requirements.txt): on an upgrade, see
whether each is still needed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import ministack.services.alb as alb
import ministack.services.eks as eks
import ministack.services.route53 as route53
from ministack.services.cloudformation import stacks
from ministack.services.cloudformation.handlers import _imported_export_names

from local_cloud.emulator.checked_resource import CheckedResource, Handler, Made, Properties


def guard_exports_in_use() -> None:
    """Refuse an update that changes or drops an export which another stack imports.

    After another stack imports an output value, AWS lets it neither be changed nor removed (CloudFormation User Guide,
    "Get exported outputs from a deployed CloudFormation stack"). ministack refuses only to delete the stack.
    """
    resolve = stacks._resolve_stack_outputs

    def guarded(*arguments: Any) -> tuple[list[dict[str, str]], dict[str, dict[str, str]]]:
        from ministack.services.cloudformation import _exports, _stacks

        outputs, exports = resolve(*arguments)
        stack_id = arguments[-1]
        for name, export in [each for each in _exports.items() if each[1]["StackId"] == stack_id]:
            if name in exports and exports[name]["Value"] == export["Value"]:
                continue
            for other in _stacks.values():
                if not other["StackStatus"].startswith("DELETE") and name in _imported_export_names(
                    other, other["StackName"]
                ):
                    verb = "updated" if name in exports else "deleted"
                    raise ValueError(f"Export {name} cannot be {verb} as it is in use by {other['StackName']}")
            if name not in exports:
                _exports.pop(name)
        return outputs, exports

    stacks._resolve_stack_outputs = guarded


def metric_math_alarm(handler: Handler) -> Handler:
    """An alarm over several metrics is checked and remembered, since ministack evaluates only single ones."""
    remembered = CheckedResource("AWS::CloudWatch::Alarm").handler()

    def which(properties: Properties) -> Handler:
        return remembered if "Metrics" in properties else handler

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        made: Made = which(properties)["create"](logical_id, properties, stack_name)
        return made

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        if which(old) is not which(new):
            return create(logical_id, new, stack_name)
        if which(new) is remembered:
            made: Made = remembered["update"](physical_id, old, new, stack_name, logical_id)
            return made
        changed: Made = handler["update"](physical_id, old, new, stack_name)
        return changed

    def delete(physical_id: str, properties: Properties) -> None:
        which(properties)["delete"](physical_id, properties)

    return {**handler, "create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def given_hosted_zone(handler: Handler) -> Handler:
    """A hosted zone that no stack makes is the user's own; here it comes to be with its first record."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
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
        made: Made = handler["create"](logical_id, properties, stack_name)
        return made

    return {**handler, "create": create}


def remembered_node_group(handler: Handler) -> Handler:
    """Spot or on demand: ministack's CloudFormation does not hand it to its EKS."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        physical_id, attributes = handler["create"](logical_id, properties, stack_name)
        group = eks._nodegroups[f"{properties['ClusterName']}/{physical_id}"]
        group["capacityType"] = properties.get("CapacityType", "ON_DEMAND")
        return physical_id, attributes

    return {**handler, "create": create}


def protected_cluster(handler: Handler) -> Handler:
    """Encryption of secrets and deletion protection, which ministack's CloudFormation does not hand to its EKS."""

    def keep(name: str, properties: Properties) -> None:
        eks._clusters[name]["deletionProtection"] = properties.get("DeletionProtection", False)
        eks._clusters[name]["encryptionConfig"] = [
            {"resources": each["Resources"], "provider": {"keyArn": each["Provider"]["KeyArn"]}}
            for each in properties.get("EncryptionConfig", [])
        ]

    def create(logical_id: str, properties: Properties, stack_name: str) -> Made:
        physical_id, attributes = handler["create"](logical_id, properties, stack_name)
        keep(physical_id, properties)
        return physical_id, attributes

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        name, attributes = handler["update"](physical_id, old, new, stack_name, logical_id)
        keep(name, new)
        return name, attributes

    def delete(physical_id: str, properties: Properties) -> None:
        if eks._clusters.get(physical_id, {}).get("deletionProtection"):
            raise ValueError(f"Cluster {physical_id} has deletion protection: disable it before deleting the cluster.")
        handler["delete"](physical_id, properties)

    return {**handler, "create": create, "update": update, "delete": delete}


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


def protected_load_balancer(handler: Handler) -> Handler:
    """Deletion protection, which ministack only remembers."""

    def delete(physical_id: str, properties: Properties) -> None:
        if {"Key": "deletion_protection.enabled", "Value": "true"} in alb._lb_attrs.get(physical_id, []):
            raise ValueError(f"Load balancer '{physical_id}' cannot be deleted because deletion protection is enabled")
        handler["delete"](physical_id, properties)

    return {**handler, "delete": delete}


def mend(handlers: dict[str, Handler]) -> None:
    """All of it."""
    guard_exports_in_use()
    offer_update_cluster_config()
    for type_name, wrap in (
        ("AWS::CloudWatch::Alarm", metric_math_alarm),
        ("AWS::Route53::RecordSet", given_hosted_zone),
        ("AWS::EKS::Cluster", protected_cluster),
        ("AWS::EKS::Nodegroup", remembered_node_group),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", protected_load_balancer),
    ):
        handlers[type_name] = wrap(handlers[type_name])
