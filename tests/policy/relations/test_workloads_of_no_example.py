"""Relations of what no example has: queues that exist or have a key of their own, and volumes of Amazon FSx."""

from __future__ import annotations

import copy
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from app import build
from assembly import Graph
from settings import EnvironmentWarning
from tests.support.relation_pairs import misfits
from tests.support.rule_pairs import HEAD
from tests.support.synthesis import new_app, validate

POLICY = "AWS::IAM::ManagedPolicy"
_CONTAINERS = "containers: {web: {image: 'app:1', command: [work]}}"
_WORKLOADS = f"""ecs:
  capacity:
    windows: {{architecture: x86_64, instance_types: [m7i.large], operating_system: windows_2022_core, volume_gib: 50}}
  services:
    documents:
      containers: {{web: {{image: 'app:1', mounts: {{files: {{path: 'C:\\files'}}}}}}}}
      architecture: x86_64
      operating_system: windows_server_2022_core
      cpu_units: 1024
      memory_mib: 2048
      capacity_provider_strategy: [{{capacity_provider: windows}}]
      volumes:
        files:
          kind: fsx_windows
          file_system_id: fs-0000000a
          domain: corp.example.com
          credentials_secret_arn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:files-AbCdEf
  queue_workers:
    orders:
      {_CONTAINERS}
      queue: {{existing: {{queue_arn: 'arn:aws:sqs:eu-west-1:111122223333:orders'}}}}
    mail:
      {_CONTAINERS}
      queue: {{customer_managed_key: true}}
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Every gate is passed, or none of the changes below says anything."""
    folder: Path = tmp_path_factory.mktemp("queues")
    (folder / "queues.yaml").write_text(HEAD + _WORKLOADS)
    app = new_app(
        outdir=folder / "out",
        environment=str(folder / "queues.yaml"),
        **{"@aws-cdk/core:failSynthOnValidationErrors": False},
    )
    build(app)
    report = validate(app, folder / "out")
    assert [finding["ruleName"] for plugin in report for finding in plugin["violations"]] == []
    return Graph.read(folder / "out")


def named(graph: Graph, workload: str, old: str, new: str, *, of_type: str) -> set[tuple[str, str]]:
    """(relation, finding) for a text that is another one in the first resource of a type of a workload."""
    templates: dict[str, Any] = copy.deepcopy(dict(graph.templates))
    (stack,) = [name for name in templates if name.endswith(f"-{workload}")]
    resources = templates[stack]["Resources"]
    logical_id, text = next(
        (name, text)
        for name, each in resources.items()
        if each["Type"] == of_type and old in (text := json.dumps(each))
    )
    resources[logical_id] = json.loads(text.replace(old, new))
    return {(relation, finding) for relation, _, finding in misfits(graph.with_templates(templates))}


def test_of_queues_that_exist_and_of_encrypted_ones_nothing_is_said(graph: Graph) -> None:
    assert misfits(graph) == set()


def test_a_metric_of_another_queue_is_named(graph: Graph) -> None:
    found = named(
        graph,
        "orders",
        '"Name": "QueueName", "Value": "orders"',
        '"Name": "QueueName", "Value": "other"',
        of_type="AWS::CloudWatch::Alarm",
    )
    assert found == {
        ("queue_worker_is_scaled_by_its_queue", "the metric is of the queue other, and the worker has orders")
    }


def test_a_role_that_may_not_receive_from_the_queue_is_named(graph: Graph) -> None:
    found = named(graph, "orders", "sqs:ReceiveMessage", "sqs:SendMessage", of_type=POLICY)
    assert {relation for relation, _ in found} == {"role_may_do_what_it_is_for"}


def test_a_role_that_may_not_decrypt_messages_is_named(graph: Graph) -> None:
    found = named(graph, "mail", "kms:Decrypt", "kms:DescribeKey", of_type=POLICY)
    assert {relation for relation, _ in found} == {"role_may_do_what_it_is_for"}
    assert "kms:Decrypt" in str(found)


@pytest.mark.parametrize("action", ["secretsmanager:GetSecretValue", "fsx:DescribeFileSystems"])
def test_an_execution_role_that_may_not_mount_the_volume_is_named(graph: Graph, action: str) -> None:
    found = named(graph, "documents", action, "logs:PutLogEvents", of_type=POLICY)
    assert {relation for relation, _ in found} == {"role_may_do_what_it_is_for"}
    assert action in str(found)


def test_log_delivery_may_write_the_access_logs_of_a_network_load_balancer(tmp_path: Path) -> None:
    certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/0123"
    file = tmp_path / "logs.yaml"
    file.write_text(
        HEAD + "ecs: {network_load_balancers: {edge: {allowed_cidrs: [10.0.0.0/8], access_log_retention_days: 30, "
        f"listeners: {{tls: {{port: 443, protocol: TLS, certificate_arn: '{certificate}'}}}}}}}}, services: {{web: "
        "{containers: {web: {image: 'app:1', port: 8080}}, network_routings: {tls: {load_balancer: edge, "
        "listener: tls}}}}}\n"
    )
    outdir = tmp_path / "out"
    app = new_app(outdir=outdir, environment=str(file), **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    build(app)
    report = validate(app, outdir)
    assert [finding["ruleName"] for plugin in report for finding in plugin["violations"]] == []
    graph = Graph.read(outdir)
    (stack,) = (name for name in graph.templates if name.endswith("ecs-cluster"))
    broken = copy.deepcopy(dict(graph.templates))
    (policy,) = (each for each in broken[stack]["Resources"].values() if each["Type"] == "AWS::S3::BucketPolicy")
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        if statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}:
            statement["Principal"] = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}

    assert {relation for relation, _, _ in misfits(graph.with_templates(broken))} >= {"bucket_takes_access_logs"}


def test_a_network_load_balancer_that_exists_is_a_way_in(tmp_path: Path) -> None:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/shared/50dc6c495c0c9188"
    file = tmp_path / "existing.yaml"
    file.write_text(
        HEAD + f"ecs: {{network_load_balancers: {{edge: {{existing: {{load_balancer_arn: '{arn}', "
        "security_group_id: sg-0123456789abcdef0}, listeners: {raw: {port: 80}}}}, services: {web: {containers: "
        "{web: {image: 'app:1', port: 8080}}, network_routings: {raw: {load_balancer: edge, listener: raw}}}}}\n"
    )
    outdir = tmp_path / "out"
    app = new_app(outdir=outdir, environment=str(file), **{"@aws-cdk/core:failSynthOnValidationErrors": False})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)
    app.synth()
    graph = Graph.read(outdir)

    assert misfits(graph) == set()
    (listener,) = graph.of_type("AWS::ElasticLoadBalancingV2::Listener")
    assert listener.get("LoadBalancerArn") == arn
    assert graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer") == []
