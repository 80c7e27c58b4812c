"""Rules of countries whose requests are allowed or blocked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.rules.test_cloudfront import ALIAS, behind
from tests.settings.rules.test_web_acls import web_acl
from tests.support.rule_pairs import RulePair

PAIRS = (
    RulePair(
        rule="country_is_known",
        rejected=web_acl("blocked_countries: [AQ, ZZ]"),
        accepted=web_acl("blocked_countries: [AQ, XK]"),
        message=(
            "ecs.load_balancer.web_acl.blocked_countries[1]: 'ZZ' is not allowed\n"
            "allowed: a code of ISO 3166-1 (alpha-2)\n"
            "why: AWS refuses a code that is of no country."
        ),
    ),
    RulePair(
        rule="country_is_known: by another code",
        rejected=web_acl("allowed_countries: [UK]"),
        accepted=web_acl("allowed_countries: [GB]"),
        message=(
            "ecs.load_balancer.web_acl.allowed_countries[0]: 'UK' is not allowed\n"
            "allowed: a code of ISO 3166-1 (alpha-2)\n"
            "fix: did you mean GB?\n"
            "why: AWS refuses a code that is of no country."
        ),
    ),
    RulePair(
        rule="country_is_known: by CloudFront",
        rejected=behind(f"{ALIAS}, blocked_countries: [NX]"),
        accepted=behind(f"{ALIAS}, blocked_countries: [NL]"),
        message=(
            "ecs.load_balancer.cloudfront.blocked_countries[0]: 'NX' is not allowed\n"
            "allowed: a code of ISO 3166-1 (alpha-2)\n"
            "why: AWS refuses a code that is of no country."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
