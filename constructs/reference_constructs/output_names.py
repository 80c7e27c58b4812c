"""Names of the outputs of stacks, which have no hyphens."""

from __future__ import annotations


def in_capitals(name: str) -> str:
    """A name for an output: `OrderApi` for `order-api`, and `A1` for `a1` but not for `a-1`."""
    words = name.split("-")
    return "".join(f"Dash{word}" if word[:1].isdigit() else word.capitalize() for word in words)


def storage_output(file_system: str, value: str, part: str = "") -> str:
    """Name of the output with a value of a file system, such as `StorageUploadsFileSystemId`.

    Args:
        file_system: Name of the file system.
        value: What of it.
        part: Name of a part of it, such as an access point.
    """
    return f"Storage{in_capitals(file_system)}{value}{in_capitals(part)}"
