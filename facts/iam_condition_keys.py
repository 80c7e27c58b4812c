"""Condition keys of IAM, their types and their actions, read from `iam_condition_keys.json` (source in it)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent / "iam_condition_keys.json"
# "AWS global condition context keys", with the type of each; a key with `*` has a name of its own after the slash.
GLOBAL_KEYS: Final[Mapping[str, str]] = {
    "aws:AssumedRoot": "Bool",
    "aws:CalledVia": "ArrayOfString",
    "aws:CalledViaAWSMCP": "String",
    "aws:CalledViaFirst": "String",
    "aws:CalledViaLast": "String",
    "aws:ChatbotSourceArn": "ARN",
    "aws:CurrentTime": "Date",
    "aws:Ec2InstanceSourceVpc": "String",
    "aws:Ec2InstanceSourcePrivateIPv4": "IPAddress",
    "aws:EpochTime": "Date",
    "aws:FederatedProvider": "String",
    "aws:IsMcpServiceAction": "Bool",
    "aws:MultiFactorAuthAge": "Numeric",
    "aws:MultiFactorAuthPresent": "Bool",
    "aws:PrincipalAccount": "String",
    "aws:PrincipalArn": "ARN",
    "aws:PrincipalIsAWSService": "Bool",
    "aws:PrincipalOrgID": "String",
    "aws:PrincipalOrgPaths": "ArrayOfString",
    "aws:PrincipalServiceName": "String",
    "aws:PrincipalServiceNamesList": "ArrayOfString",
    "aws:PrincipalTag/*": "String",
    "aws:PrincipalType": "String",
    "aws:referer": "String",
    "aws:RequestedRegion": "String",
    "aws:RequestTag/*": "String",
    "aws:ResourceAccount": "String",
    "aws:ResourceOrgID": "String",
    "aws:ResourceOrgPaths": "ArrayOfString",
    "aws:ResourceTag/*": "String",
    "aws:SecureTransport": "Bool",
    "aws:SignInSessionArn": "ARN",
    "aws:SourceAccount": "String",
    "aws:SourceArn": "ARN",
    "aws:SourceIdentity": "String",
    "aws:SourceIp": "IPAddress",
    "aws:SourceOrgID": "String",
    "aws:SourceOrgPaths": "ArrayOfString",
    "aws:SourceVpc": "String",
    "aws:SourceVpcArn": "ARN",
    "aws:SourceVpce": "String",
    "aws:TagKeys": "ArrayOfString",
    "aws:TokenIssueTime": "Date",
    "aws:UserAgent": "String",
    "aws:userid": "String",
    "aws:username": "String",
    "aws:ViaAWSMCPService": "Bool",
    "aws:ViaAWSService": "Bool",
    "aws:VpceAccount": "String",
    "aws:VpceOrgID": "String",
    "aws:VpceOrgPaths": "ArrayOfString",
    "aws:VpcSourceIp": "IPAddress",
}
# Of the global keys, those that a request has only if its action has them.
_OF_SOME_ACTIONS: Final = ("aws:requesttag/", "aws:tagkeys")


def is_global(key: str) -> bool:
    """Whether requests of every service can have the key.

    Args:
        key: Such as `aws:SourceIp`. IAM compares names of keys without regard to case.
    """
    return key.lower().startswith("aws:") and not key.lower().startswith(_OF_SOME_ACTIONS)


def is_known_global(key: str) -> bool:
    """Whether the page of the global keys has it.

    Args:
        key: Such as `aws:SourceIp`.
    """
    return any(_is(key, each) for each in GLOBAL_KEYS)


def has_key(action: str, key: str) -> bool:
    """Whether a request of the action can have the condition key.

    Args:
        action: Name of an action as the Service Authorization Reference has it, such as `s3:GetObject`.
        key: Such as `s3:prefix`.
    """
    return any(_is(key, each) for each in keys_of(action))


def keys_of(action: str) -> tuple[str, ...]:
    """Condition keys of an action, besides the global ones, with `*` for what differs.

    Args:
        action: Name of an action as the Service Authorization Reference has it; one that is not known has none.
    """
    prefix, _, name = action.partition(":")
    found = next((keys for keys, group in _service(prefix)["actions"] if name in group.split()), "")
    return tuple(found.split())


def type_of(key: str) -> str:
    """Type of the values of a key: `String`, `ARN`, `Bool`, `Date`, `IPAddress` or `Numeric`, or `ArrayOf` one of them.

    Args:
        key: Such as `s3:max-keys`; one that is not known is text.
    """
    types = {**GLOBAL_KEYS, **_service(key.partition(":")[0].lower())["types"]}
    return next((each for name, each in types.items() if _is(key, name)), "String")


def _is(key: str, pattern: str) -> bool:
    return fnmatchcase(key.lower(), pattern.lower())


def _service(prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = _read().get(prefix, {"types": {}, "actions": []})
    return found


@cache
def _read() -> dict[str, Any]:
    services: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["services"]
    return services
