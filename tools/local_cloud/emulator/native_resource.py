"""Resource types that ministack makes itself, with the schema in front of them."""

from __future__ import annotations

from ministack.core.responses import get_region

from tools.local_cloud.emulator.checked_resource import Handler, Made, Properties
from tools.local_cloud.emulator.resource_schema import ResourceSchema


class NativeResource:
    """ministack's handler of a type, called only with what the type's schema allows."""

    def __init__(self, type_name: str, native: Handler) -> None:
        self.type_name = type_name
        self.native = native

    def handler(self) -> Handler:
        """The functions that ministack's CloudFormation calls."""
        ours = {"create": self.create, "delete": self.delete}
        if "update" in self.native:
            ours |= {"update": self.update}
        return {**self.native, **ours, "update_with_logical_id": True}

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Made:
        """Check, then let ministack make it."""
        ResourceSchema.of(self.type_name, get_region()).check(logical_id, properties)
        made: Made = self.native["create"](logical_id, properties, stack_name)
        return made

    def update(self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Made:
        """Check, then let ministack change or replace it."""
        ResourceSchema.of(self.type_name, get_region()).check(logical_id, new)
        named = [logical_id] if self.native.get("update_with_logical_id") else []
        made: Made = self.native["update"](physical_id, old, new, stack_name, *named)
        return made

    def delete(self, physical_id: str, properties: Properties, *logical_id: str) -> None:
        """Let ministack delete it."""
        self.native["delete"](physical_id, properties, *logical_id)
