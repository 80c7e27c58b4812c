"""Every resource type gets its handler: ministack's own, ours through an API, or the schema alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import ministack.services.cloudcontrol as cloud_control
from ministack.services.cloudformation import provisioners, stacks

from tools.local_cloud.emulator.api_resource import api_resources
from tools.local_cloud.emulator.aws_api import AwsApi
from tools.local_cloud.emulator.checked_resource import CheckedResource
from tools.local_cloud.emulator.long_polling import wait_in_describe_stacks
from tools.local_cloud.emulator.ministack_patches import PATCHED_TYPES, patch_services
from tools.local_cloud.emulator.native_resource import NativeResource
from tools.local_cloud.emulator.resource_schema import ResourceSchema

# The list of types differs little between Regions; this one has them all.
REGION_OF_THE_LIST = "us-east-1"


def register(*, port: int, docker: bool) -> dict[str, list[str]]:
    """Fill ministack's table.

    Returns:
        The types that are emulated by ministack ("emulated") and by us through its APIs ("through_api"). All others
        are only checked against their schema.
    """
    wait_in_describe_stacks()
    patch_services()
    handlers = provisioners._RESOURCE_HANDLERS
    resources = api_resources(AwsApi(f"http://127.0.0.1:{port}"), pullable=_pullable(port) if docker else str)
    for resource in resources:
        handlers[resource.type_name] = resource.handler()
    through_api = {resource.type_name for resource in resources}
    _call_from_a_thread(through_api)

    known = set(ResourceSchema.type_names(REGION_OF_THE_LIST))
    emulated = sorted((known & handlers.keys()) - through_api)
    for type_name in emulated:
        handlers[type_name] = PATCHED_TYPES.get(type_name, NativeResource)(type_name, handlers[type_name]).handler()
    only_checked = known - handlers.keys()
    for type_name in only_checked:
        handlers[type_name] = CheckedResource(type_name).handler()
    provisioners._REPLACING_PROPERTIES = _CreateOnly(provisioners._REPLACING_PROPERTIES, only_checked | through_api)
    return {"emulated": emulated, "through_api": sorted(through_api)}


def _call_from_a_thread(type_names: set[str]) -> None:
    """A handler that calls the emulator must not run in the loop that answers."""
    before = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda type_name: type_name in type_names or before(type_name)


def _pullable(port: int) -> Callable[[str], str]:
    """With real containers: images of the pull-through cache from upstream, own images from the emulator's ECR."""

    def pullable(image: str) -> str:
        registry, _, repository = image.partition("/")
        if ".dkr.ecr." not in registry:
            return image
        for rule in cloud_control._resources.values():
            properties = json.loads(rule["Properties"])
            prefix = properties.get("EcrRepositoryPrefix", "")
            if rule["TypeName"] == "AWS::ECR::PullThroughCacheRule" and repository.startswith(f"{prefix}/"):
                return f"{properties['UpstreamRegistryUrl']}/{repository.removeprefix(f'{prefix}/')}"
        return f"localhost:{port}/{repository}"

    return pullable


class _CreateOnly(dict[str, tuple[str, ...]]):
    """Which change of a property replaces a resource, for change sets: ministack's table, then the schema."""

    def __init__(self, table: Mapping[str, tuple[str, ...]], from_schema: set[str]) -> None:
        super().__init__(table)
        self._from_schema = from_schema

    def get(self, key: str, default: Any = None) -> Any:
        if key in self._from_schema:
            return tuple(ResourceSchema.of(key, REGION_OF_THE_LIST).create_only)
        return super().get(key, default)
