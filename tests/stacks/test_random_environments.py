"""Every environment that the checks accept synthesizes, under strict validation, without a warning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app import build
from environments import InvalidEnvironmentError, load_environment
from synthesis import new_app

TYPES = {"arm64": ["m7g.large", "t4g.medium"], "x86_64": ["m7i.large", "t3.medium"]}
INVOKED = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def some(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with any of the keys."""
    return st.fixed_dictionaries({}, optional=values)


@st.composite
def machines(draw: st.DrawFn) -> dict[str, Any]:
    architecture = draw(st.sampled_from(sorted(TYPES)))
    return {
        "architecture": architecture,
        "instance_types": draw(st.lists(st.sampled_from(TYPES[architecture]), min_size=1, max_size=2, unique=True)),
        "operating_system": draw(st.sampled_from(["al2023", "bottlerocket"])),
    }


CONTAINER = st.fixed_dictionaries(
    {"image": st.sampled_from(["app:1.0", "quay.io/a/b:2", "public.ecr.aws/a/b:3", "docker.io/a/b:4"])},
    optional={
        "writable_paths": st.just(["/tmp"]),  # noqa: S108 - a path in the container
        "environment": st.just({"LEVEL": "info"}),
        "secrets": st.just({"TOKEN": "arn:aws:ssm:eu-west-1:111122223333:parameter/token"}),
        "health_check": st.just({"command": ["CMD", "/ok"]}),
        "user": st.just("1000"),
        "read_only_root_filesystem": st.booleans(),
    },
)
SERVICE = st.fixed_dictionaries(
    {"containers": CONTAINER.map(lambda container: {"web": {**container, "port": 8080}})},
    optional={
        "capacity_provider_strategy": st.sampled_from(
            [
                [{"capacity_provider": "EC2"}],
                [{"capacity_provider": "FARGATE", "base": 1}, {"capacity_provider": "FARGATE_SPOT"}],
            ]
        ),
        "routing": st.sampled_from([{"path_patterns": ["/a", "/a/*"]}, {"host_headers": ["a.example.com"]}]),
        "scaling": some(memory_percent=st.none(), min_tasks=st.just(0)),
        "execute_command": st.booleans(),
        "alarms": st.booleans(),
        "architecture": st.sampled_from(sorted(TYPES)),
    },
)
BALANCER = st.sampled_from(
    [
        {"plain_http": True, "web_acl": False, "access_log_retention_days": None},
        {"plain_http": True, "scheme": "internet-facing", "allowed_cidrs": ["0.0.0.0/0", "198.51.100.0/24"]},
        {"certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1"},
        {"hosted_zone": {"hosted_zone_id": "Z1", "zone_name": "example.com", "record_name": "example.com"}},
    ]
)
ENDPOINT = st.sampled_from(
    [
        {},
        {"access": "public", "public_access_cidrs": ["198.51.100.0/24"]},
        {"access": "public_and_private", "public_access_cidrs": ["0.0.0.0/0"]},
    ]
)
ENVIRONMENTS = st.fixed_dictionaries(
    {
        "region": st.just("eu-west-1"),
        "availability_zones": st.sampled_from(
            [["eu-west-1a", "eu-west-1c"], ["eu-west-1a", "eu-west-1b", "eu-west-1c"]]
        ),
        "tags": st.just({"owner": "team", "cost_centre": "x"}),
        "registry": some(
            pull_through_cache=st.lists(st.sampled_from(["ecr-public", "kubernetes", "quay"]), unique=True),
            pull_account_ids=st.just(["444455556666"]),
        ).map(lambda registry: {**registry, "repositories": {"app": {}}}),
    },
    optional={
        "account": st.just("111122223333"),
        "protected": st.booleans(),
        "customer_managed_keys": st.booleans(),
        "log_retention_days": st.sampled_from([1, 365, 3653]),
        "network": some(
            nat_gateways=st.sampled_from(["none", "one", "one_per_zone"]),
            interface_endpoints=st.just(["ecr.api", "ecr.dkr", "logs", "ssmmessages"]),
            cidr=st.sampled_from(["10.0.0.0/16", "192.168.0.0/16"]),
        ),
        "ecs": some(
            capacity=machines(),
            load_balancer=BALANCER,
            alarms=st.sampled_from([{"topic": "none"}, {"topic": "create", "email_addresses": ["a@example.com"]}]),
            services=st.dictionaries(st.sampled_from(["web", "worker"]), SERVICE, max_size=2),
        ),
        "eks": some(
            endpoint=ENDPOINT,
            node_groups=st.dictionaries(st.sampled_from(["one", "two"]), machines(), max_size=2),
            fargate_profiles=st.just({"batch": {"selectors": [{"namespace": "batch"}]}}),
            add_on_versions=st.sampled_from(["pinned", "default"]),
        ),
    },
)


@INVOKED
@given(data=ENVIRONMENTS)
def test_what_is_accepted_synthesizes(tmp_path: Path, data: dict[str, Any]) -> None:
    # Given any environment that the checks accept
    file = tmp_path / "random.yaml"
    file.write_text(json.dumps(data))
    try:
        load_environment(str(file))
    except InvalidEnvironmentError:
        assume(False)

    # When it is synthesized with strict validation on, which raises on any finding
    app = new_app(outdir=tmp_path / "out", environment=str(file))
    build(app)
    app.synth()

    # Then no stack says a word
    for stack in app.node.children:
        if isinstance(stack, cdk.Stack):
            for found in (
                Annotations.from_stack(stack).find_warning("*", Match.any_value()),
                Annotations.from_stack(stack).find_error("*", Match.any_value()),
            ):
                assert found == []


def test_an_environment_that_is_not_accepted_adds_no_stack(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("region: eu-west-1\n")
    app = new_app(environment=str(file))
    with pytest.raises(InvalidEnvironmentError):
        build(app)
    assert [child for child in app.node.children if isinstance(child, cdk.Stack)] == []
