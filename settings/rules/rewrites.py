"""Rules of rewrites of the URL and of the host header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reference_constructs.edge.listener_rule_options import RewriteOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.routing_subjects import forwarding_rules, routing_keys
from settings.rules.rule import rule, warning

_REWRITES: Final = ("url_rewrite", "host_rewrite")
_UNSUPPORTED: Final = (
    (r"\(\?<?[=!]", "a lookahead or lookbehind"),
    (r"\(\?>", "an atomic group"),
    (r"\\[1-9]|\(\?P=|\\[kg][<{]", "a backreference"),
    (r"[*+?}]\+", "a possessive quantifier"),
    (r"\(\?(?:R|[0-9]|&|P>)", "a recursion or subroutine"),
    (r"\\[pP]", "a class of Unicode characters"),
)


def _keys(key: str) -> tuple[str, ...]:
    own = tuple(f"{rewrite}.{key}" for rewrite in _REWRITES)
    return (*routing_keys(*own), *routing_keys(*(f"further_rules.<name>.{each}" for each in own)))


def _rewrites(environment: Environment) -> Iterator[tuple[KeyPath, RewriteOptions]]:
    for path, _, options in forwarding_rules(environment):
        for key in _REWRITES:
            if (rewrite := getattr(options, key)) is not None:
                yield (*path, key), rewrite


@rule("Listener rules for your Application Load Balancer: regular expressions", keys=_keys("regex"))
def rewrite_is_a_regular_expression(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses what is no regular expression, and supports the plain ones alone."""
    for path, rewrite in _rewrites(environment):
        text = _without_literals(rewrite.regex)
        found = next((name for pattern, name in _UNSUPPORTED if re.search(pattern, text)), None)
        if found is not None:
            yield Problem(
                path=(*path, "regex"),
                finding=f"there is {found}, which is not supported",
                fix="write it without, or use further_rules with a rewrite each",
            )
        elif not _is_balanced(text):
            yield Problem(
                path=(*path, "regex"),
                finding="a parenthesis is not closed, or not opened",
                fix="add it, or write \\( or \\) for the character itself",
            )


@warning("RewriteConfig, Elastic Load Balancing API Reference", keys=(*_keys("regex"), *_keys("replace")))
def replaced_group_is_matched(environment: Environment) -> Iterator[Problem]:
    """A request that matches is answered with 500 if its rewrite fails, or it loses the part that was meant."""
    for path, rewrite in _rewrites(environment):
        groups = len(re.findall(r"\((?!\?)|\(\?P?<[A-Za-z]", _without_literals(rewrite.regex)))
        named = max(map(int, re.findall(r"\$([1-9])", rewrite.replace)), default=0)
        if named > groups:
            count = f"{groups} group" if groups == 1 else f"{groups or 'no'} groups"
            yield Problem(
                path=(*path, "replace"),
                finding=f"${named} is named, and regex has {count}",
                fix="put what is to be kept into parentheses in regex",
            )


def _without_literals(regex: str) -> str:
    """The expression without characters that mean themselves: those after a backslash, and classes of characters."""
    plain = re.sub(r"\\([^1-9pPkg])", "x", regex)
    return re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)


def _is_balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0
