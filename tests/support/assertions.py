"""What tests of constructs ask of a template: resources by type and by what refers to them, never by logical id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from aws_cdk import Validations
from aws_cdk.assertions import Template
from constructs import IConstruct

Resource = dict[str, Any]
Grant = tuple[str, str]

# What becomes of a resource when its stack, and when a replacement, would delete it. A stack that could not even be
# made takes everything away again, since nothing is lost.
KEPT = ("RetainExceptOnCreate", "Retain")
DELETED = ("Delete", "Delete")


def all_of(template: Template, resource_type: str) -> dict[str, Resource]:
    """All resources of a type, whole, by logical id."""
    return {logical_id: dict(found) for logical_id, found in template.find_resources(resource_type).items()}


def only_id(template: Template, resource_type: str) -> str:
    """The logical id of the only resource of a type."""
    (logical_id,) = template.find_resources(resource_type)
    return logical_id


def only(template: Template, resource_type: str) -> Resource:
    """The only resource of a type, whole."""
    return all_of(template, resource_type)[only_id(template, resource_type)]


def properties(template: Template, resource_type: str) -> Resource:
    """The properties of the only resource of a type."""
    found: Resource = only(template, resource_type)["Properties"]
    return found


def fate(resource: Resource) -> tuple[str, str]:
    """What becomes of a resource, to compare with `KEPT` and `DELETED`."""
    return resource["DeletionPolicy"], resource["UpdateReplacePolicy"]


def flat(value: object) -> str:
    """A name or an ARN as one reads it: `Ref` becomes `<Id>`, `Fn::GetAtt` becomes `<Id.Attribute>`."""
    if isinstance(value, str):
        return value
    assert isinstance(value, dict)
    if "Ref" in value:
        return f"<{value['Ref']}>"
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    return "".join(flat(part) for part in value["Fn::Join"][1])


def listed(value: object) -> list[Any]:
    """What IAM may write as one value or as several."""
    return value if isinstance(value, list) else [value]


def role_ids(template: Template, service: str) -> list[str]:
    """The logical ids of the roles that a service assumes."""
    return [
        logical_id
        for logical_id, role in all_of(template, "AWS::IAM::Role").items()
        if trust(role)["Principal"] == {"Service": service}
    ]


def trust(role: Resource) -> Resource:
    """The only statement of a role's trust policy."""
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    found: Resource = statement
    return found


def policy_ids(template: Template, role_id: str) -> list[str]:
    """The managed policies of the template that are attached to a role, whichever of the two says so."""
    role = all_of(template, "AWS::IAM::Role")[role_id]["Properties"]
    attached = [arn.get("Ref") if isinstance(arn, dict) else arn for arn in role.get("ManagedPolicyArns", [])]
    return [
        logical_id
        for logical_id, policy in all_of(template, "AWS::IAM::ManagedPolicy").items()
        if logical_id in attached or {"Ref": role_id} in policy["Properties"].get("Roles", [])
    ]


def comes_with_its_policies(template: Template, role_id: str) -> bool:
    """Whether a role names its policies, so that it never exists without them; else they come some time after it."""
    named = all_of(template, "AWS::IAM::Role")[role_id]["Properties"].get("ManagedPolicyArns", [])
    attached = policy_ids(template, role_id)
    return bool(attached) and all({"Ref": policy_id} in named for policy_id in attached)


def statements(template: Template, role_id: str) -> list[Resource]:
    """All that a role may do; fails if anything but managed policies of the template says so."""
    role = all_of(template, "AWS::IAM::Role")[role_id]["Properties"]
    attached = policy_ids(template, role_id)
    assert "Policies" not in role
    assert all(arn.get("Ref") in attached for arn in role.get("ManagedPolicyArns", []))
    assert all(
        {"Ref": role_id} not in policy["Properties"].get("Roles", [])
        for policy in all_of(template, "AWS::IAM::Policy").values()
    )
    policies = all_of(template, "AWS::IAM::ManagedPolicy")
    return [
        statement
        for logical_id in attached
        for statement in policies[logical_id]["Properties"]["PolicyDocument"]["Statement"]
    ]


def grants(found: Iterable[Resource]) -> set[Grant]:
    """Statements as pairs of one action and one resource."""
    return {
        (action, flat(resource))
        for statement in found
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def egress(rule: Resource) -> tuple[Any, ...]:
    """An egress rule inside of a security group: protocol, ports, and where to."""
    cidr = rule.get("CidrIp")
    return rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), flat(cidr) if cidr else None


def acknowledged(scope: IConstruct) -> dict[str, set[str]]:
    """The ids of accepted findings, by the path of the construct on which each is noted."""
    found: dict[str, set[str]] = {}
    for construct in scope.node.find_all():
        for entry in construct.node.metadata:
            # The CDK notes findings of its own validator in the same place, under ids such as W3010.
            ids = (
                {rule for rule in entry.data if "::" in rule and not re.search(r"::[A-Z]\d+$", rule)}
                if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY
                else set()
            )
            if ids:
                found.setdefault(construct.node.path, set()).update(ids)
    return found
