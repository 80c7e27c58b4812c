"""What a seeded defect is, and the short changes that make one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.synthesis import Template, shipped_templates

Properties = dict[str, Any]
Change = Callable[[Template], None]

WORLD = "0.0.0.0/0"
ACCOUNT = "111122223333"
CONTAINER = "ContainerDefinitions.0"


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One mistake in one stack of a shipped environment."""

    name: str
    stack: str
    """Name of the stack, such as `production-network`."""

    change: Change
    """Makes the mistake in the template."""

    named_by: tuple[str, ...]
    """Rules of the gates that must find what the good template does not have; at least one."""

    @property
    def broken_stack(self) -> str:
        """What the stack is called that has the mistake."""
        return f"{self.stack}--{self.name.replace(' ', '-')}"

    def template(self) -> Template:
        """The template with the mistake."""
        template = copy.deepcopy(shipped_templates()[self.stack])
        self.change(template)
        assert template != shipped_templates()[self.stack], f"nothing is broken: {self.name}"
        return template


def only(template: Template, resource_type: str, having: str = "") -> Properties:
    """The resource of a type; of several, the first whose logical id has `having` in it."""
    return next(
        resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == resource_type and having in logical_id
    )


def put(resource_type: str, path: str, value: object, *, having: str = "") -> Change:
    """Put a value at `Properties.<path>`, whose parts are keys and places in lists; None removes what is there."""
    return put_beside(resource_type, f"Properties.{path}", value, having=having)


def put_beside(resource_type: str, path: str, value: object, *, having: str = "") -> Change:
    """The same at `<path>`, which may be an attribute of the resource, such as `DeletionPolicy`."""

    def change(template: Template) -> None:
        node: Any = only(template, resource_type, having)
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            node = node.setdefault(part, {}) if isinstance(node, dict) else node[part]
        if value is None:
            del node[last]
        else:
            node[last] = value

    return change


def append(resource_type: str, path: str, value: object, *, having: str = "") -> Change:
    """Put a value at the end of the list at `Properties.<path>`, which may be missing."""

    def change(template: Template) -> None:
        node: Any = only(template, resource_type, having)["Properties"]
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            node = node[part]
        node.setdefault(last, []).append(value)

    return change


def without(resource_type: str, *, having: str = "") -> Change:
    """Leave a resource out; none of the others may refer to it."""

    def change(template: Template) -> None:
        gone = only(template, resource_type, having)
        template["Resources"] = {key: value for key, value in template["Resources"].items() if value is not gone}

    return change


def set_in_template(path: str, value: object) -> Change:
    """Put a value at a path of the template itself, such as `Outputs.Url.Value`."""

    def change(template: Template) -> None:
        node = template
        *parents, last = path.split(".")
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value

    return change


def together(*changes: Change) -> Change:
    """One mistake that takes several changes."""

    def change(template: Template) -> None:
        for one in changes:
            one(template)

    return change


def admit(first: int, last: int | None = None, *, having: str, **source: str) -> Change:
    """Let somebody in through a security group; by default the world."""
    ports = {"IpProtocol": "tcp", "FromPort": first, "ToPort": first if last is None else last}
    rule = {**ports, "Description": "A mistake", **(source or {"CidrIp": WORLD})}
    return append("AWS::EC2::SecurityGroup", "SecurityGroupIngress", rule, having=having)


def allow(action: str | list[str], resource: object = "*", *, having: str, **more: object) -> Change:
    """Add a statement to a managed policy."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return append("AWS::IAM::ManagedPolicy", "PolicyDocument.Statement", statement, having=having)


def trust(principal: object, *, having: str) -> Change:
    """Let another principal, by default under no condition, assume a role."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return put("AWS::IAM::Role", "AssumeRolePolicyDocument.Statement", [statement], having=having)


def attribute(key: str, value: str) -> Change:
    """Set an attribute of the load balancer."""

    def change(template: Template) -> None:
        attributes = only(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Properties"]["LoadBalancerAttributes"]
        (found,) = [attribute for attribute in attributes if attribute["Key"] == key]
        found["Value"] = value

    return change


def managed_policy(name: str) -> Properties:
    """ARN of a policy of AWS."""
    return {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":iam::aws:policy/{name}"]]}
