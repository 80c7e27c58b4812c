"""Outputs of a stack that is not deployed, to see and to check what would be applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from settings import Environment

ACCOUNT: Final = "111122223333"
_LISTS: Final = {
    "NodeSubnets": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
    "PodSubnets": "subnet-0123456789abcdef2,subnet-0123456789abcdef3",
    "ClusterSecurityGroup": "sg-0123456789abcdef0",
    "VpcId": "vpc-0123456789abcdef0",
}


class ExampleOutputs(Mapping[str, str]):
    """Each output by any name, in the form that AWS gives it."""

    def __init__(self, environment: Environment) -> None:
        """Take what the file says.

        Args:
            environment: Whose outputs.
        """
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        """The value of an output."""
        account, region = self._environment.account or ACCOUNT, self._environment.region
        if name == "ImageCache":
            return f"{account}.dkr.ecr.{region}.amazonaws.com/{self._environment.cache_prefix}"
        if name.endswith("Arns") or name.startswith("PodRoleArn"):
            return f"arn:aws:iam::{account}:role/{self._environment.name}-{name}"
        return _LISTS.get(name, f"example-{name}")

    def __iter__(self) -> Iterator[str]:
        """No output is there before it is asked for."""
        return iter(())

    def __len__(self) -> int:
        """The same."""
        return 0
