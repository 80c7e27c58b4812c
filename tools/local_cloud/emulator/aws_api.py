"""The emulator's own AWS APIs, called as any client calls them."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.model import ListShape, MapShape, Shape, StructureShape
from ministack.core.responses import get_account_id, get_region

_LOCK = threading.Lock()


class AwsApi:
    """Clients for the account and Region of the stack that is being deployed."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def client(self, service: str) -> Any:
        """A client, made once for each account, Region and service."""
        with _LOCK:  # botocore's session is not for several threads at once
            return _client(self._endpoint, service, get_account_id(), get_region())

    def call(self, service: str, operation: str, properties: Mapping[str, Any], /, **more: object) -> Any:
        """Call an operation with CloudFormation's properties, under the names that the API has for them.

        Properties that this operation does not take are left out; `more` is added as it is.
        """
        client = self.client(service)
        name = client.meta.method_to_api_mapping[operation]
        shape = client.meta.service_model.operation_model(name).input_shape
        return getattr(client, operation)(**{**_shaped(shape, properties), **more})


@cache
def _client(endpoint: str, service: str, account: str, region: str) -> Any:
    return botocore.session.get_session().create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=account,  # ministack takes the account from it
        aws_secret_access_key="local",  # noqa: S106 - the emulator checks no signature
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


def _shaped(shape: Shape, value: Any) -> Any:
    """`{"SubnetIds": ["a"], "Tags": [{"Key": "k", "Value": "v"}]}` as `{"subnetIds": ["a"], "tags": {"k": "v"}}`."""
    if isinstance(shape, StructureShape) and shape.is_document_type:
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(shape, StructureShape):
        members = {name.lower(): (name, member) for name, member in shape.members.items()}
        known = ((members[key.lower()], item) for key, item in value.items() if key.lower() in members)
        return {name: _shaped(member, item) for (name, member), item in known}
    if isinstance(shape, ListShape):
        return [_shaped(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        pairs = {item["Key"]: item["Value"] for item in value} if isinstance(value, list) else value
        return {key: _shaped(shape.value, item) for key, item in pairs.items()}
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name == "boolean":
        return str(value).lower() == "true"
    return str(value) if shape.type_name == "string" else value
