"""Warnings of redirects that lead back to themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, load_balancer, problems

WHY = "why: A browser follows some redirects, and then shows that there are too many of them."
FIX = "fix: exclude the new URL from the conditions, or redirect to another one\n"


def redirects(text: str) -> str:
    """A file with a load balancer for plain HTTP that redirects."""
    return load_balancer(f"{{plain_http: true, redirects: {{{text}}}}}")


PAIRS = (
    RulePair(
        rule="redirect_ends",
        rejected=redirects("old: {path_patterns: [/shop/*], path: '/shop/#{path}'}"),
        accepted=redirects("old: {path_patterns: [/old/*], path: '/shop/#{path}'}"),
        message=f"ecs.load_balancer.redirects.old: the redirect leads to a request that it redirects again\n{FIX}{WHY}",
    ),
    RulePair(
        rule="redirect_ends: to its own host",
        rejected=redirects("www: {host_headers: ['*.example.com'], host: www.example.com}"),
        accepted=redirects("www: {host_headers: [example.com], host: www.example.com}"),
        message=f"ecs.load_balancer.redirects.www: the redirect leads to a request that it redirects again\n{FIX}{WHY}",
    ),
    RulePair(
        rule="redirect_ends: over another one",
        rejected=redirects("a1: {path_patterns: [/a], path: /b}, b1: {path_patterns: [/b], path: /a}"),
        accepted=redirects("a1: {path_patterns: [/a], path: /b}, b1: {path_patterns: [/b], path: /c}"),
        message=(
            "ecs.load_balancer.redirects.a1: the redirect leads to a request that it redirects again over rule b1 of "
            f"ecs.load_balancer.redirects\n{FIX}{WHY}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_warns_of_one_and_not_of_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "docs: {path_patterns: [/docs/*], host: docs.example.org}",
        "api: {path_patterns: [/api/*], port: 8443}",
        "list: {query_strings: [{key: page, value: '1'}], query: page=2}",
        "post: {path_patterns: [/form], http_request_methods: [POST], path: '/#{path}', host: '#{host}', query: a}",
        "lang: {path_patterns: [/*], path: '/en/#{path}'}, en: {path_patterns: [/en/*], host: en.example.com}",
    ],
)
def test_a_way_that_is_not_known_is_not_warned_of(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, redirects(text)) == []
