"""Templates that we ship with one thing broken in each, and the rules that must name it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synthesis import Template, synthesize

Properties = dict[str, Any]
Change = Callable[[Template], None]


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
        environment = self.stack.partition("-")[0]
        template = copy.deepcopy(synthesize(environment).templates[self.stack])
        self.change(template)
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

    def change(template: Template) -> None:
        node: Any = only(template, resource_type, having)["Properties"]
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            node = node[part]
        if value is None:
            del node[last]
        else:
            node[last] = value

    return change


DEFECTS = (
    Defect(
        name="task with a public address",
        stack="production-ecs-service-hello-fargate",
        change=put("AWS::ECS::Service", "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "ENABLED"),
        named_by=("ecs_service_has_no_public_address", "CKV_AWS_333"),
    ),
    Defect(
        name="misspelt property",
        stack="production-registry",
        change=put("AWS::ECR::Repository", "ImageTagMutabilty", "IMMUTABLE"),
        named_by=("E3002",),
    ),
)
