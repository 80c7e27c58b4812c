"""Parts of templates that are written by hand."""

from __future__ import annotations

from typing import Any


def resource(kind: str, **properties: object) -> dict[str, Any]:
    """A resource of a type without its `AWS::`."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def tcp(port: int, **peer: object) -> dict[str, Any]:
    """A rule of a security group for one port."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}


def group_id(group: str) -> dict[str, Any]:
    """The ID of a security group, by its logical ID."""
    return {"Fn::GetAtt": [group, "GroupId"]}
