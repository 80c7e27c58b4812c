"""What a file may choose against a check is synthesized, and acknowledged where it is chosen."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from app import build
from settings import EnvironmentWarning
from tests.support.rule_pairs import HEAD, eks, load_balancer, service
from tests.support.synthesis import new_app, validate

# Each synthesizes an environment of its own under every check.
pytestmark = pytest.mark.thorough

CHOICES = {
    "scaling_begins_before_the_alarm": service("scaling: {cpu_utilization_percent: 95}"),
    "new_tasks_are_given_time": service(
        "routing: {path_patterns: [/*], health_check_grace_period_seconds: 29}",
        container="      containers: {web: {image: 'app:1', port: 8080, health_check: {command: [CMD, /ok]}}}\n",
    ),
    "ecs_service_has_no_public_address": service("assign_public_ip: true"),
    "ecs_shift_has_a_bake_time": service(
        "routing: {path_patterns: [/*]}", "deployment: {strategy: BLUE_GREEN, bake_time_minutes: 0}"
    ),
    "ecr_tags_are_immutable": HEAD.replace("app: {}", "app: {mutable_tags: [cache]}"),
    "cloudfront_cache_tells_users_apart": load_balancer(
        "{plain_http: true, allowed_prefix_list_ids: [pl-4fa04526], web_acl: null, "
        "cloudfront: {cache_policy: CachingOptimized}}"
    ),
    "vpc_origin_is_let_in": load_balancer("{plain_http: true, web_acl: null, cloudfront: {}}"),
    "security_groups_of_others_stay_as_they_are": service(
        before="  reachable_security_groups: {db: {security_group_id: sg-0123456789abcdef0, port: 5432, "
        "reachable_from: [web]}}\n"
    ),
    "scheduler_task_has_no_public_address": HEAD
    + "ecs: {scheduled_tasks: {tidy: {schedule_expression: rate(1 hour), assign_public_ip: true, "
    "containers: {web: {image: 'app:1'}}}}}\n",
    "lifecycle_policy_keeps_what_is_in_use": HEAD.replace("app: {}", "app: {max_image_count: 1}"),
    "E1029": service(
        container="      containers: {web: {image: 'app:1', command: [sh, -c, 'exec app ${HOSTNAME}']}}\n"
    ),
    "nodes_are_replaced_in_turn": eks("nodes: {main: {kind: managed, max_unavailable_percent: 100}}"),
    "nodes_of_a_cluster_are_in_several_zones": eks(
        "nodes: {main: {kind: managed, availability_zones: [eu-west-1a], max_unavailable: 2}}"
    ),
    "autoscaling_spot_instances_are_interrupted_seldom": eks(
        "nodes: {main: {kind: managed}, cheap: {kind: self_managed, on_demand_percent_above_base: 0, "
        "instance_types: [m7g.large, m6g.large], spot_max_price: '0.05'}}",
        "service_cidr: 172.20.0.0/16",
    ),
    "eks_nodes_run_a_supported_system": eks(
        "nodes: {main: {kind: managed, image_id: ami-0123456789abcdef0}}", "service_cidr: 172.20.0.0/16"
    ),
    "NIST.800.53.R5-EC2RestrictedCommonPorts": eks(
        "nodes: {main: {kind: managed, efa_interfaces: 1, availability_zones: [eu-west-1a], instance_types: "
        "[c7gn.16xlarge], policy_arns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']}, more: {kind: managed}}"
    ),
    "nodes_are_admitted_by_the_public_endpoint": eks(
        "nodes: {main: {kind: managed}}", "endpoint: {access: public, public_access_cidrs: [192.31.196.0/24]}"
    ),
    "access_to_workloads_is_in_namespaces": eks(
        "nodes: {main: {kind: managed}}",
        "access_entries: {dev: {principal_arn: arn:aws:iam::111122223333:role/dev, policy: AmazonEKSEditPolicy}}",
    ),
    "eks_cluster_logs_every_component": eks("log_types: [audit]", "nodes: {main: {kind: managed}}"),
    "eks_cluster_without_extended_support": eks("support_type: EXTENDED", "nodes: {main: {kind: managed}}"),
    "AwsSolutions-IAM4[Policy::arn:aws:iam::aws:policy/ReadOnlyAccess]": eks(
        "nodes: {main: {kind: managed}}",
        "pod_identities: {app: {namespace: a, service_account: a, "
        "policy_arns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']}}",
    ),
    "protection_agrees_with_the_fate_of_data": eks("deletion_protection: false", "nodes: {main: {kind: managed}}"),
}


@pytest.mark.parametrize("rule", CHOICES)
def test_the_choice_is_acknowledged(tmp_path: Path, rule: str) -> None:
    file = tmp_path / "chosen.yaml"
    file.write_text(CHOICES[rule])
    app = new_app(
        outdir=tmp_path / "out", environment=str(file), **{"@aws-cdk/core:failSynthOnValidationErrors": False}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)
    report = validate(app, tmp_path / "out")
    assert [finding["ruleName"] for plugin in report for finding in plugin["violations"]] == []
    acknowledged = {each["ruleName"] for plugin in report for each in plugin.get("suppressedViolations", [])}
    assert rule in acknowledged


def test_an_image_that_the_execution_role_can_pull_is_no_warning(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.yaml"
    image = "444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/shop:1.4.2"
    file.write_text(service(container=f"      containers: {{web: {{image: '{image}'}}}}\n"))
    app = new_app(outdir=tmp_path / "out", environment=str(file))
    build(app)
    app.synth()
    metadata = [entry.data for construct in app.node.find_all() for entry in construct.node.metadata]
    assert [text for text in metadata if "ecrImageRequiresPolicy" in str(text)] == []
