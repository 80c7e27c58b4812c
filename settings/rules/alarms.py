"""Rules of alarms and who is notified."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule


@rule("Subscribe, Amazon SNS API Reference", keys=("ecs.alarms.email_addresses", "ecs.alarms.topic"))
def subscribers_have_a_topic(environment: Environment) -> Iterator[Problem]:
    """Addresses are subscribed to a topic that this environment creates, and to no other."""
    if environment.ecs is None:
        return
    alarms = environment.ecs.alarms
    if alarms.email_addresses and alarms.topic != "create":
        yield Problem(
            path=("ecs", "alarms", "email_addresses"),
            finding=f"there are email_addresses, but topic is {alarms.topic}",
            fix="set topic to create, or remove email_addresses",
        )


@rule("Subscribe, Amazon SNS API Reference", keys=("ecs.alarms.email_addresses[]",))
def subscriber_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon SNS has one subscription for each address, and the CDK refuses a second one."""
    addresses = environment.ecs.alarms.email_addresses if environment.ecs else ()
    yield from come_once(("ecs", "alarms", "email_addresses"), addresses)
