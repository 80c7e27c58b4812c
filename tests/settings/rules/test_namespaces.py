"""Rules of the namespace of ECS services, and of the names in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, RulePair, queue_worker, service

NAMESPACE = CAPACITY + "  namespace: {name: shop.internal}\n"
PRIVATE = CAPACITY + "  namespace: {name: shop.internal, kind: private_dns}\n"
HTTP = "      containers: {web: {image: 'app:1', port: 8080, port_name: http, port_app_protocol: http}}\n"
SHARED = "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/ns-0123456789abcdef"
SHARED_DNS = CAPACITY + f"  namespace: {{kind: private_dns, namespace_arn: {SHARED}}}\n"
SERVES = "service_connect: {serves: {web: {port_name: http}}}"


def _web(*lines: str, before: str = NAMESPACE, container: str = HTTP) -> str:
    return service(*lines, before=before, container=container)


PAIRS = (
    RulePair(
        rule="names_have_a_namespace: of a queue worker",
        rejected=queue_worker("service_connect: {}"),
        accepted=queue_worker("service_connect: {}") + "  namespace: {name: shop}\n",
        message=(
            "ecs.queue_workers.mail.service_connect: there is service_connect, but no ecs.namespace\n"
            "fix: add ecs.namespace\n"
            "why: Names are in a namespace of AWS Cloud Map, and records in the hosted zone of one with "
            "`kind: private_dns`."
        ),
    ),
    RulePair(
        rule="names_have_a_namespace",
        rejected=_web("service_connect: {}", before=CAPACITY),
        accepted=_web("service_connect: {}"),
        message=(
            "ecs.services.web.service_connect: there is service_connect, but no ecs.namespace\n"
            "fix: add ecs.namespace\n"
            "why: Names are in a namespace of AWS Cloud Map, and records in the hosted zone of one with "
            "`kind: private_dns`."
        ),
    ),
    RulePair(
        rule="names_have_a_namespace: with a hosted zone",
        rejected=_web("service_discovery: {}"),
        accepted=_web("service_discovery: {}", before=PRIVATE),
        message=(
            "ecs.services.web.service_discovery: there is service_discovery, and kind of ecs.namespace is http\n"
            "fix: set ecs.namespace.kind to private_dns, which replaces the namespace, or use service_connect\n"
            "why: Names are in a namespace of AWS Cloud Map, and records in the hosted zone of one with "
            "`kind: private_dns`."
        ),
    ),
    RulePair(
        rule="name_in_the_namespace_comes_once",
        rejected=_web(SERVES, "reachable_from: [web]", "service_discovery: {}", before=PRIVATE),
        accepted=_web(SERVES, "reachable_from: [web]", "service_discovery: {name: web-tasks}", before=PRIVATE),
        message=(
            "ecs.services.web.service_discovery: the name web is also that of "
            "ecs.services.web.service_connect.serves.web\n"
            "fix: choose another name\n"
            "why: AWS Cloud Map refuses two services of one name in a namespace."
        ),
    ),
    RulePair(
        rule="namespace_is_new_or_exists",
        rejected=_web(before=CAPACITY + "  namespace: {kind: http}\n"),
        accepted=_web(),
        message=(
            "ecs.namespace.name: there is neither name nor namespace_arn\n"
            "fix: add name for a new namespace, or namespace_arn of one that exists\n"
            "why: A new namespace has the name that the file states, and one that exists has its own."
        ),
    ),
    RulePair(
        rule="namespace_is_new_or_exists: both",
        rejected=_web(before=CAPACITY + f"  namespace: {{name: shop, namespace_arn: {SHARED}}}\n"),
        accepted=_web(before=CAPACITY + f"  namespace: {{namespace_arn: {SHARED}}}\n"),
        message=(
            "ecs.namespace.name: there are both name and namespace_arn\n"
            "fix: remove name, which is that of the namespace that exists\n"
            "why: A new namespace has the name that the file states, and one that exists has its own."
        ),
    ),
    RulePair(
        rule="records_are_in_a_namespace_of_the_account",
        rejected="account: '444455556666'\n" + _web("service_discovery: {}", before=SHARED_DNS),
        accepted="account: '111122223333'\n" + _web("service_discovery: {}", before=SHARED_DNS),
        message=(
            "ecs.services.web.service_discovery: there is service_discovery, and the namespace is in the account "
            "111122223333\n"
            "fix: use service_connect, or a namespace of the account\n"
            "why: CloudFormation takes the ID of a namespace, which is known in its own account only."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
