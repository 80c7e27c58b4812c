"""A key that does nothing is a defect: each has another allowed value that changes a template or a manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.support.complete_environments import COMPLETE_ENVIRONMENTS
from tests.support.environment_keys import filled, key_names, places
from tests.support.key_effects import REPLACED_BY_CHANGE, KeyEffect, key_effects, replaced_by_change, tried_keys
from tests.support.sampling import sampled

WITHOUT_EFFECT = {
    "ecs.services.<name>.outputs": "Adds outputs alone, which other stacks read: tests/stacks/test_connections.py.",
    "ecs.awsvpc_trunking": "Says what the account has, so that a rule can count the interfaces of instances.",
    "eks.deployed_kubernetes_version": "Says what is deployed, so that a rule can refuse an upgrade that EKS refuses.",
    "eks.needs": "Says what workloads need, so that a rule can refuse nodes that cannot do it.",
    "eks.nodes.<managed>.needs": "The same.",
    "eks.nodes.<fargate>.needs": "The same.",
    "eks.nodes.<auto_mode>.needs": "The same.",
    "eks.nodes.<karpenter>.needs": "The same.",
    "network.existing.private_subnets.<name>.cidr": "Says what the VPC has, so that rules can compare it.",
    "network.existing.public_subnets.<name>.cidr": "The same.",
    "network.existing.pod_subnets.<name>.cidr": "The same.",
    "network.existing.internet_access": "The same.",
    "network.existing.interface_endpoints": "The same.",
    "network.existing.gateway_endpoints": "The same.",
    "ecs.load_balancer.existing.taken_priorities": "Says what others have added, so that a rule can compare it.",
    "ecs.existing_cluster.fargate": "Says what the cluster has, so that a rule can compare it.",
    "eks.nodes.<hybrid>.needs": "The same.",
    "eks.nodes.<self_managed>.needs": "The same.",
    "acknowledged_warnings": "Decides what is shown at synthesis, with all keys below it.",
}
KEYS = [key for key in tried_keys() if not key.startswith(tuple(f"{each}[]" for each in WITHOUT_EFFECT))]


@pytest.fixture(scope="module")
def effects(request: pytest.FixtureRequest) -> Mapping[str, KeyEffect]:
    """Given the effects of the keys that are asked for: all of them, or those chosen with `-k`."""
    # Tests of other modules have parameters of this name, too.
    items = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    chosen = {item.callspec.params["key"] for item in items}
    return key_effects((key for key in KEYS if key in chosen), without_effect=WITHOUT_EFFECT)


@pytest.mark.parametrize("key", sampled(((key,) for key in KEYS), one_of=128))
def test_key_has_an_effect(key: str, effects: Mapping[str, KeyEffect]) -> None:
    effect = effects[key]
    if effect.has_effect and key in WITHOUT_EFFECT:
        pytest.fail(f"{key} has an effect, and is listed as a key that has none", pytrace=False)
    if not effect.has_effect and key not in WITHOUT_EFFECT:
        tried = "\n".join(effect.attempts)
        pytest.fail(f"{key} changes no resource of any template. What was tried:\n{tried}", pytrace=False)


def test_keys_without_effect_are_keys() -> None:
    assert set(WITHOUT_EFFECT) <= set(key_names())


def test_keys_are_found_in_lists_in_mappings_and_in_each_kind() -> None:
    assert {
        "account",
        "tags.owner",
        "registry.pull_through_cache",
        "ecs",
        "ecs.load_balancer.web_acl",
        "ecs.services.<name>.containers.<name>.depends_on[].condition",
        "eks.add_ons.<name>.version",
        "eks.nodes.<managed>.kind",
        "eks.nodes.<managed>.taints[].effect",
        "eks.nodes.<fargate>.selectors[].labels",
    } <= set(key_names())


def test_every_key_is_in_some_environment() -> None:
    held = {place.key for data in filled(COMPLETE_ENVIRONMENTS) for place in places(data)}
    assert [key for key in key_names() if key not in held] == []


def test_file_of_what_a_change_replaces_is_current(effects: Mapping[str, KeyEffect]) -> None:
    stated = {key: types for key, types in json.loads(REPLACED_BY_CHANGE.read_text()).items() if key in effects}
    assert stated == replaced_by_change(effects), "fix: make replaced-by-change"


def test_file_of_what_a_change_replaces_has_keys_of_the_model_only() -> None:
    assert set(json.loads(REPLACED_BY_CHANGE.read_text())) <= set(key_names()), "fix: make replaced-by-change"
