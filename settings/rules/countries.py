"""Rules of countries whose requests are allowed or blocked."""

from __future__ import annotations

from collections.abc import Iterator

from facts.country_codes import COUNTRY_CODES, OFTEN_MEANT
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.cloudfront import distribution_keys, distributions
from settings.rules.routing_subjects import balancer_keys, load_balancers
from settings.rules.rule import rule

_LISTS = ("blocked_countries", "allowed_countries")


def _countries(environment: Environment) -> Iterator[tuple[KeyPath, str]]:
    owners = [
        *(((*path, "web_acl"), balancer.web_acl) for path, balancer in load_balancers(environment)),
        *((path, options) for path, _, options in distributions(environment)),
    ]
    for path, options in owners:
        for key in _LISTS if options is not None else ():
            for index, code in enumerate(getattr(options, key)):
                yield (*path, key, index), code


@rule(
    "GeoMatchStatement, AWS WAFV2 API Reference; GeoRestriction, Amazon CloudFront API Reference",
    keys=(
        *balancer_keys(*(f"web_acl.{key}[]" for key in _LISTS)),
        *distribution_keys(*(f"{key}[]" for key in _LISTS)),
    ),
)
def country_is_known(environment: Environment) -> Iterator[Problem]:
    """AWS refuses a code that is of no country."""
    for path, code in _countries(environment):
        if code not in COUNTRY_CODES:
            meant = OFTEN_MEANT.get(code)
            yield Problem(
                path=path,
                value=code,
                allowed="a code of ISO 3166-1 (alpha-2)",
                fix=f"did you mean {meant}?" if meant else "",
            )
