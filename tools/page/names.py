"""What resources are called on the page."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

from assembly import Graph, Resource
from assembly.resource import REFERENCE

PATH: Final = "aws:cdk:path"
_HASH = re.compile(r"[0-9A-F]{8}$")
_ENDINGS = re.compile(r"(?<=.)(?:Resource|DefaultResource)$")


def name_of(resource: Resource) -> str:
    """Its construct path, such as `LoadBalancer/SecurityGroup`, or else what its logical ID was made of."""
    path = str((resource.source.get("Metadata") or {}).get(PATH, ""))
    if path:
        parts = [each for each in path.split("/")[1:] if each not in ("Resource", "Default")]
        # `Service/Service` is a construct in one of the same name.
        return "/".join(each for each, _ in groupby(parts)) or resource.logical_id
    return _ENDINGS.sub("", _HASH.sub("", resource.logical_id)) or resource.logical_id


def kind_of(resource: Resource) -> str:
    """Its type without the name of the vendor, such as `EC2::VPC`."""
    return resource.type.removeprefix("AWS::")


def identifier(resource: Resource) -> str:
    """What the page refers to it by; the same in every run."""
    return f"{resource.stack}/{resource.logical_id}"


def short_stack(graph: Graph, stack: str) -> str:
    """Name of a stack without what all names of the environment start with."""
    names = list(graph.templates)
    if len(names) < 2:
        return stack
    words = [name.split("-") for name in names]
    shared = 0
    while all(len(each) > shared + 1 and each[shared] == words[0][shared] for each in words):
        shared += 1
    return "-".join(stack.split("-")[shared:])


def readable(graph: Graph, text: object) -> str:
    """A resolved value in words: references as names, pseudo parameters as they are written in ARNs."""

    def word(stack: str, logical_id: str, attribute: str | None) -> str:
        found = graph.find(f"${{{stack}/{logical_id}}}")
        name = name_of(found) if found else logical_id
        own = f"{short_stack(graph, stack)}/{name}"
        return own if attribute in (None, "Arn", "GroupId") else f"{own}.{attribute}"

    said = REFERENCE.sub(lambda found: word(found[1], found[2], found[3]), str(text))
    return re.sub(r"\$\{AWS::(\w+)\}", r"<\1>", said)
