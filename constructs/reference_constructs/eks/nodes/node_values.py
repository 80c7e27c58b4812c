"""Types of values that only EC2 nodes of EKS have: IDs, ARNs, tags, and settings of their operating systems."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, JsonValue

from reference_constructs.options import in_words
from reference_constructs.value_types import Arn

ImageId = Annotated[
    str,
    Field(
        pattern=r"^ami-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["ami-0123456789abcdef0"],
        json_schema_extra=in_words("ID of an AMI"),
    ),
]
SubnetId = Annotated[
    str,
    Field(
        pattern=r"^subnet-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["subnet-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a subnet"),
    ),
]
# Amazon EC2 takes no other form: a UUID, or the ID of a multi-Region key.
VolumeKeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/"
        r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$",
        examples=["arn:aws:kms:eu-west-1:111122223333:key/36c0b54e-64ed-4f2d-a1c7-96558764311e"],
        json_schema_extra=in_words("ARN of a KMS key"),
    ),
    Arn(region=True),
]


TagValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{0,256}$",
        examples=["shop"],
        json_schema_extra=in_words("up to 256 letters, digits, spaces, and the characters `_.:/=+@-`"),
    ),
]


def _without_null(settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if any(value is None for value in _values(settings)):
        raise ValueError("values without null, which TOML does not have")
    return settings


def _values(value: JsonValue) -> Iterator[JsonValue]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _values(each)


BottlerocketSettings = Annotated[dict[str, JsonValue], AfterValidator(_without_null)]
# User data has 16 KB ("Run commands when you launch an EC2 instance with user data input"), not all for commands.
MOST_BYTES_OF_COMMANDS: Final = 12_000


def _in_user_data(commands: tuple[str, ...]) -> tuple[str, ...]:
    if len("\n".join(commands).encode()) > MOST_BYTES_OF_COMMANDS:
        raise ValueError(f"at most {MOST_BYTES_OF_COMMANDS} bytes of commands, which is what user data has room for")
    return commands


BootstrapCommands = Annotated[
    tuple[
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=MOST_BYTES_OF_COMMANDS,
                examples=["sysctl -w vm.max_map_count=262144"],
                json_schema_extra=in_words("command of the shell of the operating system"),
            ),
        ],
        ...,
    ],
    AfterValidator(_in_user_data),
    Field(max_length=50),
]
# The parts of NodeConfigSpec beside those that EKS and other options set: `cluster` and `kubelet`.
NodeConfigPart = Literal["containerd", "featureGates", "instance"]


def what_eks_cannot_merge(settings: Mapping[str, object], table: str = "settings") -> str:
    """The first key of Bottlerocket settings whose TOML Amazon EKS cannot merge with its own; empty if there is none.

    "Customize managed nodes with launch templates", Bottlerocket user data: escaped quotes in values, headers with
    quoted keys, mixed types in arrays.

    Args:
        settings: What is in the table.
        table: Name of the table, for the answer.
    """
    for key, value in settings.items():
        place = f"{table}.{key}"
        items = value if isinstance(value, list | tuple) else [value]
        texts = [key, *(item for item in items if isinstance(item, str))]
        if any('"' in text or "\\" in text for text in texts) or len({type(item) for item in items}) > 1:
            return place
        for item in items:
            if isinstance(item, Mapping):
                if not re.fullmatch(r"[A-Za-z0-9_-]+", key):
                    return place
                if found := what_eks_cannot_merge(item, place):
                    return found
    return ""
