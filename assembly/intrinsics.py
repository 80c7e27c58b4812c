"""Intrinsic functions of CloudFormation, resolved as far as a template alone tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Resolver = Callable[[Any], Any]
_VARIABLE = re.compile(r"\$\{([^!][^}]*)\}")


class Intrinsics:
    """Resolves the values of one template.

    What AWS fills in stays as text that names it: `${AWS::AccountId}`, `${stack/LogicalId.Arn}`. So an ARN that is
    joined of parts is one text, and two values are the same if their texts are.
    """

    def __init__(
        self,
        stack: str,
        template: Mapping[str, Any],
        imported: Callable[[str], Any],
        pseudo_parameters: Mapping[str, str],
    ) -> None:
        """Note what the functions look up.

        Args:
            stack: Name of the stack.
            template: Its template.
            imported: The resolved value of an export, by its name.
            pseudo_parameters: Those whose value is known, such as `AWS::Region`.
        """
        self._stack = stack
        self._template = template
        self._imported = imported
        self._pseudo_parameters = pseudo_parameters
        self._functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::ImportValue": self._import_value,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Base64": self.resolved,
            "Fn::If": lambda argument: self.resolved(argument[1]),
            "Fn::FindInMap": self._find_in_map,
        }

    def resolved(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """The value with every function in it resolved."""
        if isinstance(value, dict):
            if len(value) == 1:
                ((name, argument),) = value.items()
                if name in self._functions:
                    return self._functions[name](argument)
                if name.startswith("Fn::"):
                    return f"${{{name} {_text(self.resolved(argument))}}}"
            resolved = {key: self.resolved(child) for key, child in value.items()}
            return {key: child for key, child in resolved.items() if child is not None}
        if isinstance(value, list):
            return [each for each in map(self.resolved, value) if each is not None]
        return value

    def _ref(self, name: str) -> Any:  # noqa: ANN401 - a parameter may be a list
        if name == "AWS::NoValue":
            return None
        if name.startswith("AWS::"):
            return self._pseudo_parameters.get(name, f"${{{name}}}")
        parameter = self._template.get("Parameters", {}).get(name, {})
        if "Default" in parameter and not str(parameter.get("Type", "")).startswith("AWS::SSM::"):
            return parameter["Default"]
        return f"${{{self._stack}/{name}}}"

    def _get_att(self, argument: str | list[Any]) -> str:
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return f"${{{self._stack}/{logical_id}.{attribute}}}"

    def _import_value(self, argument: object) -> Any:  # noqa: ANN401 - an export may be of any value
        return self._imported(_text(self.resolved(argument)))

    def _join(self, argument: list[Any]) -> str:
        delimiter, parts = argument
        return str(delimiter).join(map(_text, as_list(self.resolved(parts))))

    def _sub(self, argument: str | list[Any]) -> str:
        text, variables = (argument, {}) if isinstance(argument, str) else argument

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in variables:
                return _text(self.resolved(variables[name]))
            return _text(self._get_att(name) if "." in name else self._ref(name))

        return _VARIABLE.sub(value, text).replace("${!", "${")

    def _select(self, argument: list[Any]) -> Any:  # noqa: ANN401 - an item of any list
        index, items = self.resolved(argument)
        if isinstance(items, list) and str(index).isdigit() and int(index) < len(items):
            return items[int(index)]
        return f"${{Fn::Select {index} {_text(items)}}}"

    def _split(self, argument: list[Any]) -> list[str] | str:
        delimiter, text = argument[0], _text(self.resolved(argument[1]))
        # Part of what AWS fills in: nobody knows where it is split.
        return f"${{Fn::Split {delimiter} {text}}}" if "${" in text else text.split(delimiter)

    def _find_in_map(self, argument: list[Any]) -> Any:  # noqa: ANN401 - whatever the mapping has
        node: Any = self._template.get("Mappings", {})
        for key in map(self.resolved, argument[:3]):
            if not isinstance(node, Mapping) or key not in node:
                return f"${{Fn::FindInMap {_text(argument)}}}"
            node = node[key]
        return node


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """A list as it is, a value alone as a list of one, nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value)
