"""Resource types that are checked against their schema and remembered, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ministack.services.cloudcontrol as cloud_control
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services.cloudformation import provisioners

from tools.local_cloud.emulator.resource_schema import ResourceSchema

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
"""What `Ref` and `Fn::GetAtt` give."""
Handler = dict[str, Any]
"""ministack's own shape of a resource type: functions under "create", "update" and "delete"."""


class CheckedResource:
    """A type that ministack lacks: `create` checks and names it, `update` decides on replacement, `delete` forgets.

    What is remembered can be read as in AWS: `aws cloudcontrol get-resource --type-name … --identifier …`.
    """

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        self._attributes = AccountRegionScopedDict()

    def handler(self) -> Handler:
        """The functions that ministack's CloudFormation calls."""
        return {
            "create": self.create,
            "update": self.update,
            "update_with_logical_id": True,
            "delete": self.delete,
        }

    @property
    def schema(self) -> ResourceSchema:
        """In the Region of the stack that is being deployed."""
        return ResourceSchema.of(self.type_name, get_region())

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        """Check, then make."""
        self.schema.check(logical_id, properties)
        physical_id, attributes = self._make(physical_name(self.schema, logical_id, stack_name), properties)
        self._attributes[physical_id] = attributes
        return physical_id, attributes

    def update(self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        """Check, then change in place, or make a new one: the stack deletes the old when all has gone well."""
        self.schema.check(logical_id, new)
        if self.schema.must_replace(old, new):
            made: Made = provisioners._seeded_create(self.create, logical_id, new, stack_name)
            return made
        self._change(physical_id, old, new)
        return physical_id, self._attributes[physical_id]

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Forget it."""
        self._attributes.pop(physical_id, None)
        self._remove(physical_id, properties)

    def _remove(self, physical_id: str, properties: Properties) -> None:
        cloud_control._resources.pop(cloud_control._resource_key(self.type_name, physical_id), None)

    def _make(self, name: str, properties: Properties) -> Made:
        seed = f"{name}/{json.dumps(properties, sort_keys=True, default=str)}"
        attributes = self.schema.attributes(region=get_region(), account=get_account_id(), seed=seed)
        values = {**attributes, **{key: value for key, value in properties.items() if isinstance(value, str)}}
        physical_id = "|".join(values.get(key, name) for key in self.schema.primary_identifier)
        if cloud_control._resource_key(self.type_name, physical_id) in cloud_control._resources:
            raise ValueError(f"Resource of type '{self.type_name}' with identifier '{physical_id}' already exists.")
        self._remember(physical_id, properties)
        return physical_id, attributes

    def _change(self, physical_id: str, old: Properties, new: Properties) -> None:
        self._remember(physical_id, new)

    def _remember(self, physical_id: str, properties: Properties) -> None:
        cloud_control._resources[cloud_control._resource_key(self.type_name, physical_id)] = {
            "TypeName": self.type_name,
            "Identifier": physical_id,
            "Properties": json.dumps(properties, default=str),
        }


def physical_name(schema: ResourceSchema, logical_id: str, stack_name: str) -> str:
    """The name that CloudFormation makes up where the template gives none."""
    length = min((schema.max_length(name) for name in schema.primary_identifier), default=128)
    return str(provisioners._physical_name(stack_name, logical_id, max_len=length))
