"""Rules of alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair


def alarms(text: str) -> str:
    return HEAD + f"ecs: {{alarms: {{{text}}}}}\n"


PAIRS = (
    RulePair(
        rule="subscribers_have_a_topic",
        rejected=alarms("topic: none, email_addresses: [a@example.com]"),
        accepted=alarms("topic: create, email_addresses: [a@example.com]"),
        message=(
            "ecs.alarms.email_addresses: there are email_addresses, but topic is none\n"
            "fix: set topic to create, or remove email_addresses\n"
            "why: Addresses are subscribed to a topic that this environment creates, and to no other."
        ),
    ),
    RulePair(
        rule="subscriber_comes_once",
        rejected=alarms("email_addresses: [a@example.com, a@example.com]"),
        accepted=alarms("email_addresses: [a@example.com, b@example.com]"),
        message=(
            "ecs.alarms.email_addresses[1]: 'a@example.com' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Amazon SNS has one subscription for each address, and the CDK refuses a second one."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
