"""The base of every options class: what a construct takes as plain values, checked before the CDK sees them."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import (
    BaseModel,
    ConfigDict,
    JsonValue,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)


def in_words(allowed: str) -> dict[str, JsonValue]:
    """For `json_schema_extra` of a type with a pattern: what the pattern allows, for people.

    Editors show it where a text does not match (an extension of JSON schema that they know), and
    `docs/configuration.md` states it instead of the pattern.

    Args:
        allowed: A noun phrase, such as `1 to 63 letters and digits`.
    """
    return {"patternErrorMessage": allowed}


class ValidationContext(Protocol):
    """What a caller may pass as pydantic's `context` to decide what becomes of a wrong value."""

    def before(self, model: type[BaseModel], data: object) -> object:
        """The data of a mapping, before its fields are validated."""

    def field(self, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        """One field: validate it, or replace it."""


class Options(BaseModel):
    """Plain options of one construct: immutable, strictly typed, without unknown keys.

    Each option is defined once, in the `<construct>_options.py` beside its construct. The model of an environment
    file uses that very class, and the construct takes it whole (docs/adr/0014). The docstring below a field is its
    description in `docs/configuration.md`.

    Raises:
        pydantic.ValidationError: With the name of every wrong value and what is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _validate_mapping(cls, data: object, info: ValidationInfo) -> object:
        context: ValidationContext | None = info.context
        return context.before(cls, data) if context else data

    @field_validator("*", mode="wrap")
    @classmethod
    def _validate_field(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:  # noqa: ANN401 - any field's
        # Callers write lists; only tuples cannot change afterwards.
        value = tuple(value) if isinstance(value, list) else value
        context: ValidationContext | None = info.context
        return context.field(value, handler) if context else handler(value)
