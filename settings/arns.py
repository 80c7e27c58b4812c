"""Every ARN of an environment, found by the types of its fields: a new key needs no line in a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Final, Union, get_args, get_origin

from pydantic import BaseModel

from reference_constructs.value_types import Arn
from settings.environment import Environment
from settings.problems import KeyPath

# What Secrets Manager appends to a name at random hardly ever looks like a word or a year.
_RANDOM: Final = re.compile(r"-(?!([a-z]{6}|[A-Z]{6}|[A-Z][a-z]{5}|[0-9]{6})$)[A-Za-z0-9]{6}$")
# The types that a value can have, each with what it is annotated with.
_Options = tuple[tuple[object, tuple[object, ...]], ...]


def arn_keys(*, region: bool = False, account: bool = False) -> tuple[str, ...]:
    """Keys of all ARNs, as `@rule` takes them.

    Args:
        region: Only those that must be of the Region of the environment.
        account: Only those that must be of its account.
    """
    found = _keys("", Environment, ())
    return tuple(sorted({key for key, arn in found if arn.region >= region and arn.account >= account}))


def arns(environment: Environment) -> Iterator[tuple[KeyPath, str, Arn]]:
    """All ARNs, each with its place and with what it must be of.

    Args:
        environment: A checked environment; values that are wrong themselves are left out.
    """
    yield from _arns((), environment, ((Environment, ()),))


def texts(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """All text of an environment, with its place.

    Args:
        value: The environment, or what is at the path.
        path: Where that is.
    """
    if isinstance(value, str):
        yield path, value
    for key, child in _children(value):
        yield from texts(child, (*path, key))


def has_random_suffix(arn: str) -> bool:
    """Whether the ARN of a secret ends with characters that Secrets Manager chose, and not with a word of its name.

    Args:
        arn: ARN of a secret, without key, stage, and version.
    """
    return _RANDOM.search(arn) is not None


def _arns(path: KeyPath, value: object, options: _Options) -> Iterator[tuple[KeyPath, str, Arn]]:
    for inner, found in options:
        marker = next((each for each in found if isinstance(each, Arn)), None)
        if marker is not None and isinstance(value, str) and value.startswith("arn:"):
            yield path, value, marker
        elif isinstance(value, BaseModel) and isinstance(inner, type) and isinstance(value, inner):
            for name, inner_options in _fields_with_arns(type(value)):
                yield from _arns((*path, name), value.__dict__.get(name), inner_options)
        elif isinstance(value, Mapping | tuple) and (item := _item(inner)) is not None:
            item_options = tuple(_options(item, ()))
            for key, child in _children(value):
                yield from _arns((*path, key), child, item_options)


@cache
def _fields_with_arns(model: type[BaseModel]) -> Sequence[tuple[str, _Options]]:
    """The fields in which there can be ARNs, at whatever depth, and their types; most of a file is elsewhere."""
    fields = [(name, field.annotation, tuple(field.metadata)) for name, field in model.model_fields.items()]
    return [
        (name, tuple(_options(annotation, metadata)))
        for name, annotation, metadata in fields
        if any(True for _ in _keys("", annotation, metadata))
    ]


def _keys(key: str, of_type: object, markers: tuple[object, ...]) -> Iterator[tuple[str, Arn]]:
    for inner, found in _options(of_type, markers):
        yield from ((key.removeprefix("."), each) for each in found if isinstance(each, Arn))
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            for name, field in inner.model_fields.items():
                yield from _keys(f"{key}.{name}", field.annotation, tuple(field.metadata))
        elif (item := _item(inner)) is not None:
            yield from _keys(f"{key}[]" if get_origin(inner) is tuple else f"{key}.<name>", item, ())


def _options(of_type: object, markers: tuple[object, ...]) -> Iterator[tuple[object, tuple[object, ...]]]:
    """The types that a value can have, without `Annotated`, each with what it is annotated with."""
    if get_origin(of_type) is Annotated:
        inner, *more = get_args(of_type)
        yield from _options(inner, (*markers, *more))
    elif get_origin(of_type) in (Union, UnionType):
        for each in get_args(of_type):
            yield from _options(each, markers)
    else:
        yield of_type, markers


def _item(of_type: object) -> object:
    """The type of what a tuple or a mapping contains."""
    origin = get_origin(of_type)
    if origin is tuple:
        return get_args(of_type)[0]
    return get_args(of_type)[1] if isinstance(origin, type) and issubclass(origin, Mapping) else None


def _children(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, BaseModel):
        yield from value.__dict__.items()
    elif isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)
