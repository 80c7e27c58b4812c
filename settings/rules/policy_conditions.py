"""Rules of the conditions of a statement of an IAM policy: keys that requests have, and values that can be compared."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

from facts.iam_actions import matching
from facts.iam_condition_keys import GLOBAL_KEYS, has_key, is_global, is_known_global, keys_of, type_of
from reference_constructs.security.policy_statement_options import PolicyStatementOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.keys import statement_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import statements

_CONDITIONS: Final = statement_keys("conditions.<name>.<name>")
_KIND: Final = re.compile(r"(?:^|:)(?:Not)?(String|Numeric|Date|Bool|Null|Arn|IpAddress|Binary)")
_DATE: Final = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?|\d+"
)


def _is_address_range(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _matches(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.IGNORECASE).fullmatch


# What the values of an operator are, and whether a text is one.
_VALUES: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "IpAddress": ("IP addresses or CIDR ranges, such as 203.0.113.0/24", _is_address_range),
    "Numeric": ("numbers", _matches(r"[-+]?\d+(\.\d+)?")),
    "Date": ("dates such as 2026-11-25T00:00:00Z, or seconds since 1970", _DATE.fullmatch),
    "Bool": ("true or false", _matches("true|false")),
    "Null": ("true or false", _matches("true|false")),
    "Arn": ("ARNs, in which each part can contain *, such as arn:aws:sns:*:*:*", _matches(r"\*|arn(:[^:]*){4}:.+")),
}
# Types of keys that an operator compares, apart from whether there is one value or several.
_TYPES: Final = {
    "IpAddress": ("IPAddress",),
    "Numeric": ("Numeric",),
    "Date": ("Date",),
    "Bool": ("Bool",),
    "Arn": ("ARN",),
    "String": ("String", "ARN", "Bool", "Numeric", "Binary"),
}
_OPERATORS: Final = {"IPAddress": "IpAddress", "ARN": "ArnLike", "Date": "DateGreaterThan", "Numeric": "NumericEquals"}


@rule("IAM JSON policy elements: condition operators", keys=_CONDITIONS)
def condition_value_can_be_compared(environment: Environment) -> Iterator[Problem]:
    """IAM refuses a value that the operator cannot read, or never meets the condition."""
    for path, operator, _, values, _ in _conditions(environment):
        allowed, is_one = _VALUES.get(_kind(operator), ("", bool))
        for value in values if allowed else ():
            # A policy variable can become any value.
            if "${" not in value and not is_one(value):
                yield Problem(path=path, value=value, allowed=allowed)


@warning("IAM JSON policy elements: condition operators, string condition operators", keys=_CONDITIONS)
def wildcard_in_a_condition_is_compared_as_one(environment: Environment) -> Iterator[Problem]:
    """StringEquals takes an asterisk for a character, so such a condition is hardly ever met."""
    for path, operator, _, values, _ in _conditions(environment):
        found = [value for value in values if "*" in value]
        if found and re.search(r"String(Not)?Equals", operator):
            yield Problem(
                path=path,
                finding=f"{operator} compares {listed(found, 'or')} as written",
                fix=f"use {re.sub('Equals(IgnoreCase)?', 'Like', operator)}",
            )


@warning(
    "Service Authorization Reference; AWS global condition context keys; facts/iam_condition_keys.json",
    keys=_CONDITIONS,
)
def request_has_the_condition_key(environment: Environment) -> Iterator[Problem]:
    """Without the key in the request, a condition is never met; with a negated operator, it is always met."""
    for path, operator, key, _, statement in _conditions(environment):
        if operator.endswith("IfExists") or operator.startswith("ForAllValues:") or operator == "Null":
            continue  # these say what holds without the key
        if is_global(key):
            if not is_known_global(key):
                yield Problem(
                    path=path,
                    finding=f"there is no global condition key {key}",
                    fix=did_you_mean(key, GLOBAL_KEYS) or "use a key of the page AWS global condition context keys",
                )
            continue
        matched = {action: matching(action) for action in statement.actions}
        without = [
            action for action, found in matched.items() if found and not any(has_key(each.name, key) for each in found)
        ]
        if without:
            known = {name for found in matched.values() for each in found for name in keys_of(each.name)}
            yield Problem(
                path=path,
                finding=f"{listed(without)} {'has' if len(without) == 1 else 'have'} no condition key {key}",
                fix=did_you_mean(key, known)
                or f"remove the condition, or give {listed(without)} a statement without it",
            )


@warning(
    "IAM JSON policy elements: condition operators; IAM Access Analyzer policy checks, data type mismatch",
    keys=_CONDITIONS,
)
def operator_is_of_the_type_of_the_key(environment: Environment) -> Iterator[Problem]:
    """An operator of another type than the key compares what is never equal: an address is not in a range as text."""
    for path, operator, key, _, _ in _conditions(environment):
        of_key = type_of(key).removeprefix("ArrayOf")
        kind = _kind(operator)
        # Not all keys that are ARNs are of that type in the reference.
        is_arn = kind == "Arn" and key.lower().endswith("arn")
        if of_key not in _TYPES.get(kind, (of_key,)) and not is_arn:
            right = _OPERATORS.get(of_key, of_key)
            yield Problem(
                path=path,
                finding=f"{operator} does not compare values of type {of_key}, which {key} has",
                fix=f"use {'StringEquals or StringLike' if right == 'String' else right}",
            )


def _conditions(
    environment: Environment,
) -> Iterator[tuple[KeyPath, str, str, tuple[str, ...], PolicyStatementOptions]]:
    """Every condition: its place, operator, key and values, and its statement."""
    for path, statement in statements(environment):
        for operator, by_key in statement.conditions.items():
            for key, values in by_key.items():
                yield (*path, "conditions", operator, key), operator, key, values, statement


def _kind(operator: str) -> str:
    found = _KIND.search(operator)
    return found[1] if found else ""
