"""Variables in the values of a Compose file, by the rules of the Compose Specification, "Interpolation"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NAME: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_OPERATOR: Final = re.compile(r":?[-?+]")


class Text(str):
    """A text in which variables were replaced. One without a value stays as it is written.

    Attributes:
        variables: Names of all variables in it.
        unresolved: Names of those that have no value and no default.
    """

    __slots__ = ("unresolved", "variables")

    variables: frozenset[str]
    unresolved: frozenset[str]

    def __new__(cls, text: str, variables: frozenset[str], unresolved: frozenset[str]) -> Text:
        """The text, and what is known of its variables."""
        made = super().__new__(cls, text)
        made.variables, made.unresolved = variables, unresolved
        return made


def interpolated(text: str, values: Mapping[str, str]) -> Text | str:
    """The text with the values of its variables; a text without variables as it is.

    Args:
        text: A value of the file.
        values: Variables by name.
    """
    return _Interpolation(values).of(text) if "$" in text else text


class _Interpolation:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._variables: set[str] = set()
        self._unresolved: set[str] = set()

    def of(self, text: str) -> Text | str:
        replaced = self._replaced(text)
        if not self._variables:
            return replaced
        return Text(replaced, frozenset(self._variables), frozenset(self._unresolved))

    def _replaced(self, text: str) -> str:
        done, rest = "", text
        while rest:
            before, dollar, rest = rest.partition("$")
            done += before
            if not dollar:
                continue
            if rest.startswith("$"):
                done, rest = done + "$", rest[1:]
            elif rest.startswith("{") and (end := _closing(rest)) is not None:
                done, rest = done + self._braced(rest[1:end]), rest[end + 1 :]
            elif (name := _NAME.match(rest)) is not None:
                done, rest = done + self._value(name[0], f"${name[0]}"), rest[name.end() :]
            else:
                done += "$"
        return done

    def _braced(self, expression: str) -> str:
        written = f"${{{expression}}}"
        name = _NAME.match(expression)
        if name is None:
            return written
        operator = _OPERATOR.match(expression, name.end())
        if operator is None:
            return self._value(name[0], written) if name.end() == len(expression) else written
        alternative = expression[operator.end() :]
        value = self._values.get(name[0])
        has_value = value is not None and (value != "" or not operator[0].startswith(":"))
        self._variables.add(name[0])
        match operator[0][-1]:
            case "+":
                return self._replaced(alternative) if has_value else ""
            case "-":
                return str(value) if has_value else self._replaced(alternative)
            case _:
                return self._value(name[0], written) if has_value else self._without_value(name[0], written)

    def _value(self, name: str, written: str) -> str:
        self._variables.add(name)
        value = self._values.get(name)
        return self._without_value(name, written) if value is None else value

    def _without_value(self, name: str, written: str) -> str:
        self._unresolved.add(name)
        return written


def _closing(text: str) -> int | None:
    """Place of the brace that closes the first one."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return place
    return None
