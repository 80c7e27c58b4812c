"""Security groups that no stack makes: they are somebody else's, and come to be with the first rule of ours."""

from __future__ import annotations

import ministack.services.ec2 as ec2


def let_group_exist(group_id: str) -> None:
    """Remember a security group by its ID, if there is none.

    Args:
        group_id: As a template states it.
    """
    if group_id not in ec2._security_groups:
        ec2._security_groups[group_id] = {
            "GroupId": group_id,
            "GroupName": group_id,
            "Description": "Of others",
            "VpcId": "",
            "OwnerId": ec2.get_account_id(),
            "IpPermissions": [],
            "IpPermissionsEgress": [],
        }
