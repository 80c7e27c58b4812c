"""Rules of the registry as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, service


def _replication(destinations: str) -> str:
    return HEAD + f"  replication: [{destinations}]\n"


def _tagged(tag: str) -> str:
    moving = service().replace("repositories: {app: {}}", "repositories: {app: {mutable_tags: [pr-*]}}")
    return moving.replace("app:1", f"app:{tag}")


PAIRS = (
    RulePair(
        rule="images_are_copied_elsewhere: in the partition",
        rejected=_replication("{region: cn-north-1}"),
        accepted=_replication("{region: eu-central-1}"),
        message=(
            "registry.replication[0].region: 'cn-north-1' is not allowed\n"
            "allowed: a Region of the partition of eu-west-1\n"
            "why: Amazon ECR refuses to copy images to where they are, into another partition, or to one "
            "place twice."
        ),
    ),
    RulePair(
        rule="images_are_copied_elsewhere",
        rejected=_replication("{region: eu-west-1}"),
        accepted=_replication("{region: eu-central-1}"),
        message=(
            "registry.replication[0].region: 'eu-west-1' is not allowed\n"
            "allowed: another Region, or the Region of another account\n"
            "why: Amazon ECR refuses to copy images to where they are, into another partition, or to one "
            "place twice."
        ),
    ),
    RulePair(
        rule="images_are_copied_elsewhere: once",
        rejected=_replication("{region: eu-central-1}, {region: eu-central-1}"),
        accepted=_replication("{region: eu-central-1}, {region: eu-central-1, account_id: '444455556666'}"),
        message=(
            "registry.replication[1].region: eu-central-1 is listed twice\n"
            "fix: remove one of the two\n"
            "why: Amazon ECR refuses to copy images to where they are, into another partition, or to one "
            "place twice."
        ),
    ),
    RulePair(
        rule="findings_are_mailed_once",
        rejected=HEAD + "  enhanced_scanning: {email_addresses: [a@example.com, a@example.com]}\n",
        accepted=HEAD + "  enhanced_scanning: {email_addresses: [a@example.com, b@example.com]}\n",
        message=(
            "registry.enhanced_scanning.email_addresses[1]: 'a@example.com' is listed twice\n"
            "fix: remove one of the two\n"
            "why: An address has one subscription to the topic of findings."
        ),
    ),
    RulePair(
        rule="mutable_tag_comes_once",
        rejected=HEAD.replace("app: {}", "app: {mutable_tags: [a, a]}"),
        accepted=HEAD.replace("app: {}", "app: {mutable_tags: [a, b]}"),
        message=(
            "registry.repositories.app.mutable_tags[1]: 'a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Amazon ECR refuses a filter of tags that is there twice."
        ),
    ),
    RulePair(
        rule="deployed_tag_does_not_move",
        rejected=_tagged("pr-17"),
        accepted=_tagged("17"),
        message=(
            "ecs.services.web.containers.web.image: the tag pr-17 is one of mutable_tags of app: pr-*\n"
            "fix: use a tag that is pushed once, or a digest\n"
            "why: A task that starts later runs another image under the same tag, and a rollback runs the new "
            "one too."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
