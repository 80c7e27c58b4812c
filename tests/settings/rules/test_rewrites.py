"""Rules of rewrites."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, problems, service


def rewrite(regex: str, replace: str = "/$1") -> str:
    """A file with a service whose URLs are rewritten."""
    return service(f"routing: {{path_patterns: [/*], url_rewrite: {{regex: '{regex}', replace: {replace}}}}}")


PLAIN = "why: Elastic Load Balancing refuses what is no regular expression, and supports the plain ones alone."
PAIRS = (
    RulePair(
        rule="rewrite_is_a_regular_expression",
        rejected=rewrite("^/(api.*$"),
        accepted=rewrite("^/(api.*)$"),
        message=(
            "ecs.services.web.routing.url_rewrite.regex: a parenthesis is not closed, or not opened\n"
            f"fix: add it, or write \\( or \\) for the character itself\n{PLAIN}"
        ),
    ),
    RulePair(
        rule="rewrite_is_a_regular_expression: that is supported",
        rejected=rewrite("^/(?!admin)(.*)$"),
        accepted=rewrite("^/(?:admin)(.*)$"),
        message=(
            "ecs.services.web.routing.url_rewrite.regex: there is a lookahead or lookbehind, which is not supported\n"
            f"fix: write it without, or use further_rules with a rewrite each\n{PLAIN}"
        ),
    ),
    RulePair(
        rule="replaced_group_is_matched",
        rejected=rewrite("^/api/.*$"),
        accepted=rewrite("^/api/(.*)$"),
        message=(
            "ecs.services.web.routing.url_rewrite.replace: $1 is named, and regex has no groups\n"
            "fix: put what is to be kept into parentheses in regex\n"
            "why: A request that matches is answered with 500 if its rewrite fails, or it loses the part that was "
            "meant."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize("regex", ["(a)\\\\1", "(a)(?<=b)", "(a)(?>b)", "(a)b++", "(a)(?1)", "(\\\\p{L})"])
def test_what_is_not_supported_is_refused(tmp_path: Path, regex: str) -> None:
    (found,) = problems(tmp_path, rewrite(regex.replace("\\\\", "\\")))
    assert found.finding.endswith("which is not supported")


@pytest.mark.parametrize("regex", ["^/\\(([a-z]+)", "^/[()](.*)$", "^/([^]]*)", "^/(\\d+)\\+", "^/(?P<id>.+)"])
def test_characters_that_mean_themselves_are_none_of_these(tmp_path: Path, regex: str) -> None:
    assert problems(tmp_path, rewrite(regex)) == []
