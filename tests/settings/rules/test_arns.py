"""Rules of all ARNs of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.arns import arn_keys, has_random_suffix
from tests.support.rule_pairs import HEAD, MANAGED, RulePair, containers, eks, problems, service

REFUSED = "why: Nothing of one partition of AWS can be used in another: IAM and each service refuse the ARN."
BOUNDARY = (
    "why: IAM accepts only a managed policy of the account of the role, or one of AWS, as a permissions boundary."
)
IN_THE_REGION = (
    "why: Certificates, topics, keys, queues, listeners, log groups, clusters, and Outposts are used in one Region "
    "only."
)


def text(value: str) -> str:
    return containers(f"web: {{image: 'app:1', environment: {{TOPIC: '{value}'}}}}")


def topic(arn: str) -> str:
    return HEAD + f"ecs: {{alarms: {{topic: '{arn}'}}}}\n"


def certificate(arn: str, head: str = HEAD) -> str:
    return head + f"ecs: {{load_balancer: {{allowed_cidrs: [198.51.100.0/24], certificate_arn: '{arn}'}}}}\n"


def statement(resource: str) -> str:
    return service(f"task_role_statements: [{{actions: ['s3:GetObject'], resources: ['{resource}']}}]")


def boundary(account: str, policy: str) -> str:
    return f"account: '{account}'\npermissions_boundary_arn: 'arn:aws:iam::{policy}'\n{HEAD}"


PAIRS = (
    RulePair(
        rule="arn_is_in_the_partition",
        rejected=statement("arn:aws-cn:s3:::orders/*"),
        accepted=statement("arn:*:s3:::orders/*"),
        message=(
            "ecs.services.web.task_role_statements[0].resources[0]: 'arn:aws-cn:s3:::orders/*' is not allowed\n"
            f"allowed: an ARN that begins with arn:aws:, as those of eu-west-1 do\n{REFUSED}"
        ),
    ),
    RulePair(
        rule="arn_is_in_the_region",
        rejected=topic("arn:aws:sns:us-east-1:111122223333:alarms"),
        accepted=topic("arn:aws:sns:eu-west-1:111122223333:alarms"),
        message=(
            "ecs.alarms.topic: 'arn:aws:sns:us-east-1:111122223333:alarms' is not allowed\n"
            f"allowed: an ARN in the Region eu-west-1\n{IN_THE_REGION}"
        ),
    ),
    RulePair(
        rule="arn_is_in_the_account",
        rejected=certificate("arn:aws:acm:eu-west-1:111122223333:certificate/1", f"account: '444455556666'\n{HEAD}"),
        accepted=certificate("arn:aws:acm:eu-west-1:111122223333:certificate/1", f"account: '111122223333'\n{HEAD}"),
        message=(
            "ecs.load_balancer.certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1' is not allowed\n"
            "allowed: an ARN in the account 444455556666\n"
            "why: Certificates, listeners, log groups, queues, and clusters are used in their own account only."
        ),
    ),
    RulePair(
        rule="text_is_about_the_partition",
        rejected=text("arn:aws-cn:sns:cn-north-1:111122223333:orders"),
        accepted=text("arn:aws:sns:us-east-1:111122223333:orders"),
        message=(
            "ecs.services.web.containers.web.environment.TOPIC: an ARN begins with arn:aws-cn:, and the environment is "
            "in eu-west-1\n"
            "fix: use one that begins with arn:aws:, or acknowledge that the program has credentials of aws-cn\n"
            "why: Roles of one partition of AWS have no permissions in another, and no request there is of one here."
        ),
    ),
    RulePair(
        rule="text_is_about_the_partition: a host",
        rejected=text("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/orders"),
        accepted=text("https://sqs.us-east-1.amazonaws.com/111122223333/orders"),
        message=(
            "ecs.services.web.containers.web.environment.TOPIC: sqs.cn-north-1.amazonaws.com.cn is in the partition "
            "aws-cn, and the environment in aws\n"
            "fix: use a host in aws, or acknowledge that the program has other credentials\n"
            "why: Roles of one partition of AWS have no permissions in another, and no request there is of one here."
        ),
    ),
    RulePair(
        rule="text_is_about_the_partition: a host that is",
        rejected=text("https://sqs.eu-west-1.amazonaws.com.cn/111122223333/orders"),
        accepted=text("https://sqs.eu-west-1.amazonaws.com.example/111122223333/orders"),
        message=(
            "ecs.services.web.containers.web.environment.TOPIC: there is no host sqs.eu-west-1.amazonaws.com.cn\n"
            "fix: hosts in eu-west-1 end with .amazonaws.com\n"
            "why: Roles of one partition of AWS have no permissions in another, and no request there is of one here."
        ),
    ),
    RulePair(
        rule="permissions_boundary_is_in_the_account",
        rejected=boundary("444455556666", "111122223333:policy/platform"),
        accepted=boundary("444455556666", "444455556666:policy/platform"),
        message=(
            "permissions_boundary_arn: 'arn:aws:iam::111122223333:policy/platform' is not allowed\n"
            f"allowed: a policy in the account 444455556666, or one of AWS\n{BOUNDARY}"
        ),
    ),
    RulePair(
        rule="permissions_boundary_is_in_the_account: one of AWS",
        rejected=boundary("444455556666", "111122223333:policy/PowerUserAccess"),
        accepted=boundary("444455556666", "aws:policy/PowerUserAccess"),
        message=(
            "permissions_boundary_arn: 'arn:aws:iam::111122223333:policy/PowerUserAccess' is not allowed\n"
            f"allowed: a policy in the account 444455556666, or one of AWS\n{BOUNDARY}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_keys_of_arns_are_found_by_their_types() -> None:
    assert arn_keys() == (
        "ecs.alarms.topic",
        "ecs.capacity.<name>.capacity_reservation_group_arn",
        "ecs.existing_cluster.cluster_arn",
        "ecs.existing_cluster.exec_key_arn",
        "ecs.existing_cluster.exec_log_group_arn",
        "ecs.load_balancer.additional_certificate_arns[]",
        "ecs.load_balancer.certificate_arn",
        "ecs.load_balancer.cloudfront.certificate_arn",
        "ecs.load_balancer.cloudfront.web_acl_arn",
        "ecs.load_balancer.existing.listener_arn",
        "ecs.load_balancer.identity_providers.<name>.client_secret_arn",
        "ecs.load_balancer.identity_providers.<name>.user_pool_arn",
        "ecs.load_balancer.mutual_tls.trust_store_arn",
        "ecs.load_balancer.web_acl.arn",
        "ecs.load_balancer.web_acl.rule_group_arns[]",
        "ecs.load_balancers.<name>.additional_certificate_arns[]",
        "ecs.load_balancers.<name>.certificate_arn",
        "ecs.load_balancers.<name>.cloudfront.certificate_arn",
        "ecs.load_balancers.<name>.cloudfront.web_acl_arn",
        "ecs.load_balancers.<name>.existing.listener_arn",
        "ecs.load_balancers.<name>.identity_providers.<name>.client_secret_arn",
        "ecs.load_balancers.<name>.identity_providers.<name>.user_pool_arn",
        "ecs.load_balancers.<name>.mutual_tls.trust_store_arn",
        "ecs.load_balancers.<name>.web_acl.arn",
        "ecs.load_balancers.<name>.web_acl.rule_group_arns[]",
        "ecs.namespace.namespace_arn",
        "ecs.network_load_balancers.<name>.existing.load_balancer_arn",
        "ecs.network_load_balancers.<name>.listeners.<name>.certificate_arn",
        "ecs.queue_workers.<name>.containers.<name>.environment_files[]",
        "ecs.queue_workers.<name>.containers.<name>.repository_credentials_arn",
        "ecs.queue_workers.<name>.containers.<name>.secrets.<name>",
        "ecs.queue_workers.<name>.log_router.configuration_file_arn",
        "ecs.queue_workers.<name>.log_router.destination.bucket_arn",
        "ecs.queue_workers.<name>.log_router.destination.domain_arn",
        "ecs.queue_workers.<name>.log_router.destination.stream_arn",
        "ecs.queue_workers.<name>.queue.existing.queue_arn",
        "ecs.queue_workers.<name>.queue.existing.queue_key_arn",
        "ecs.queue_workers.<name>.secrets_kms_key_arns[]",
        "ecs.queue_workers.<name>.sidecars.collector.configuration_parameter_arn",
        "ecs.queue_workers.<name>.task_role_statements[].resources[]",
        "ecs.queue_workers.<name>.volumes.<name>.credentials_secret_arn",
        "ecs.scheduled_tasks.<name>.containers.<name>.environment_files[]",
        "ecs.scheduled_tasks.<name>.containers.<name>.repository_credentials_arn",
        "ecs.scheduled_tasks.<name>.containers.<name>.secrets.<name>",
        "ecs.scheduled_tasks.<name>.log_router.configuration_file_arn",
        "ecs.scheduled_tasks.<name>.log_router.destination.bucket_arn",
        "ecs.scheduled_tasks.<name>.log_router.destination.domain_arn",
        "ecs.scheduled_tasks.<name>.log_router.destination.stream_arn",
        "ecs.scheduled_tasks.<name>.secrets_kms_key_arns[]",
        "ecs.scheduled_tasks.<name>.sidecars.collector.configuration_parameter_arn",
        "ecs.scheduled_tasks.<name>.task_role_statements[].resources[]",
        "ecs.scheduled_tasks.<name>.volumes.<name>.credentials_secret_arn",
        "ecs.services.<name>.containers.<name>.environment_files[]",
        "ecs.services.<name>.containers.<name>.repository_credentials_arn",
        "ecs.services.<name>.containers.<name>.secrets.<name>",
        "ecs.services.<name>.deployment.lifecycle_hooks.<name>.function_arn",
        "ecs.services.<name>.log_router.configuration_file_arn",
        "ecs.services.<name>.log_router.destination.bucket_arn",
        "ecs.services.<name>.log_router.destination.domain_arn",
        "ecs.services.<name>.log_router.destination.stream_arn",
        "ecs.services.<name>.secrets_kms_key_arns[]",
        "ecs.services.<name>.service_connect.serves.<name>.tls.certificate_authority_arn",
        "ecs.services.<name>.service_connect.serves.<name>.tls.kms_key_arn",
        "ecs.services.<name>.sidecars.collector.configuration_parameter_arn",
        "ecs.services.<name>.task_role_statements[].resources[]",
        "ecs.services.<name>.volumes.<name>.credentials_secret_arn",
        "ecs.services.<name>.vpc_lattice.auth_policy.principal_arns[]",
        "ecs.services.<name>.vpc_lattice.certificate_arn",
        "ecs.standalone_tasks.<name>.containers.<name>.environment_files[]",
        "ecs.standalone_tasks.<name>.containers.<name>.repository_credentials_arn",
        "ecs.standalone_tasks.<name>.containers.<name>.secrets.<name>",
        "ecs.standalone_tasks.<name>.log_router.configuration_file_arn",
        "ecs.standalone_tasks.<name>.log_router.destination.bucket_arn",
        "ecs.standalone_tasks.<name>.log_router.destination.domain_arn",
        "ecs.standalone_tasks.<name>.log_router.destination.stream_arn",
        "ecs.standalone_tasks.<name>.secrets_kms_key_arns[]",
        "ecs.standalone_tasks.<name>.sidecars.collector.configuration_parameter_arn",
        "ecs.standalone_tasks.<name>.task_role_statements[].resources[]",
        "ecs.standalone_tasks.<name>.volumes.<name>.credentials_secret_arn",
        "ecs.vpc_lattice.service_network_arn",
        "eks.access_entries.<name>.principal_arn",
        "eks.add_ons.<name>.policy_arns[]",
        "eks.add_ons.<name>.statements[].resources[]",
        "eks.capabilities.ack.policy_arns[]",
        "eks.capabilities.ack.statements[].resources[]",
        "eks.capabilities.argocd.identity_center_arn",
        "eks.capabilities.argocd.policy_arns[]",
        "eks.capabilities.argocd.statements[].resources[]",
        "eks.capabilities.kro.policy_arns[]",
        "eks.capabilities.kro.statements[].resources[]",
        "eks.delivery_roles.<name>.oidc.provider_arn",
        "eks.delivery_roles.<name>.trusted_principal_arns[]",
        "eks.nodes.<name>.policy_arns[]",
        "eks.nodes.<name>.volume_key_arn",
        "eks.outpost.arn",
        "eks.pod_identities.<name>.permissions_boundary_arn",
        "eks.pod_identities.<name>.policy_arns[]",
        "eks.pod_identities.<name>.role_arn",
        "eks.pod_identities.<name>.statements[].resources[]",
        "eks.pod_identities.<name>.target_role_arn",
        "eks.secrets_key_arn",
        "permissions_boundary_arn",
        "registry.pull_through_cache_credentials.<name>",
        "registry.signing_profile_arn",
    )
    assert arn_keys(region=True) == (
        "ecs.alarms.topic",
        "ecs.capacity.<name>.capacity_reservation_group_arn",
        "ecs.existing_cluster.cluster_arn",
        "ecs.existing_cluster.exec_key_arn",
        "ecs.existing_cluster.exec_log_group_arn",
        "ecs.load_balancer.additional_certificate_arns[]",
        "ecs.load_balancer.certificate_arn",
        "ecs.load_balancer.existing.listener_arn",
        "ecs.load_balancer.mutual_tls.trust_store_arn",
        "ecs.load_balancer.web_acl.arn",
        "ecs.load_balancer.web_acl.rule_group_arns[]",
        "ecs.load_balancers.<name>.additional_certificate_arns[]",
        "ecs.load_balancers.<name>.certificate_arn",
        "ecs.load_balancers.<name>.existing.listener_arn",
        "ecs.load_balancers.<name>.mutual_tls.trust_store_arn",
        "ecs.load_balancers.<name>.web_acl.arn",
        "ecs.load_balancers.<name>.web_acl.rule_group_arns[]",
        "ecs.namespace.namespace_arn",
        "ecs.network_load_balancers.<name>.existing.load_balancer_arn",
        "ecs.network_load_balancers.<name>.listeners.<name>.certificate_arn",
        "ecs.queue_workers.<name>.queue.existing.queue_arn",
        "ecs.queue_workers.<name>.queue.existing.queue_key_arn",
        "ecs.services.<name>.deployment.lifecycle_hooks.<name>.function_arn",
        "ecs.services.<name>.service_connect.serves.<name>.tls.certificate_authority_arn",
        "ecs.services.<name>.service_connect.serves.<name>.tls.kms_key_arn",
        "ecs.services.<name>.vpc_lattice.certificate_arn",
        "ecs.vpc_lattice.service_network_arn",
        "eks.nodes.<name>.volume_key_arn",
        "eks.outpost.arn",
        "eks.secrets_key_arn",
        "registry.pull_through_cache_credentials.<name>",
        "registry.signing_profile_arn",
    )
    assert arn_keys(account=True) == (
        "ecs.existing_cluster.cluster_arn",
        "ecs.existing_cluster.exec_log_group_arn",
        "ecs.load_balancer.additional_certificate_arns[]",
        "ecs.load_balancer.certificate_arn",
        "ecs.load_balancer.cloudfront.certificate_arn",
        "ecs.load_balancer.cloudfront.web_acl_arn",
        "ecs.load_balancer.existing.listener_arn",
        "ecs.load_balancer.web_acl.arn",
        "ecs.load_balancers.<name>.additional_certificate_arns[]",
        "ecs.load_balancers.<name>.certificate_arn",
        "ecs.load_balancers.<name>.cloudfront.certificate_arn",
        "ecs.load_balancers.<name>.cloudfront.web_acl_arn",
        "ecs.load_balancers.<name>.existing.listener_arn",
        "ecs.load_balancers.<name>.web_acl.arn",
        "ecs.network_load_balancers.<name>.existing.load_balancer_arn",
        "ecs.network_load_balancers.<name>.listeners.<name>.certificate_arn",
        "ecs.queue_workers.<name>.queue.existing.queue_arn",
        "ecs.services.<name>.vpc_lattice.certificate_arn",
        "eks.delivery_roles.<name>.oidc.provider_arn",
        "eks.pod_identities.<name>.role_arn",
        "registry.pull_through_cache_credentials.<name>",
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (topic("arn:aws-us-gov:sns:eu-west-1:111122223333:a"), "ecs.alarms.topic"),
        (certificate("arn:aws-cn:acm:cn-north-1:111122223333:certificate/1"), "ecs.load_balancer.certificate_arn"),
        (
            containers("web: {image: 'app:1', secrets: {A: 'arn:aws-cn:ssm:eu-west-1:111122223333:parameter/a'}}"),
            "ecs.services.web.containers.web.secrets.A",
        ),
        (
            service("secrets_kms_key_arns: ['arn:aws-cn:kms:eu-west-1:111122223333:key/1']"),
            "ecs.services.web.secrets_kms_key_arns[0]",
        ),
        (
            eks("access_entries: {ops: {principal_arn: 'arn:aws-cn:iam::111122223333:role/a'}}", MANAGED),
            "eks.access_entries.ops.principal_arn",
        ),
        (service("desired_count: many", "secrets_kms_key_arns: ['arn:aws-cn:kms:eu-west-1:111122223333:key/1']"), ""),
    ],
)
def test_an_arn_of_another_partition_is_named_once(tmp_path: Path, text: str, key: str) -> None:
    found = [problem.key for problem in problems(tmp_path, text) if "arn" in problem.allowed]
    assert found == [key or "ecs.services.web.secrets_kms_key_arns[0]"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            service(
                "task_role_statements: [{actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*'], conditions: "
                "{ArnLike: {'aws:PrincipalArn': 'arn:aws-cn:iam::*:role/a'}}}]"
            ),
            "ecs.services.web.task_role_statements[0].conditions.ArnLike.aws:PrincipalArn[0]",
        ),
        (
            containers("web: {image: 'app:1', command: [app, '--topics=a,arn:aws-cn:sns:cn-north-1:111122223333:a']}"),
            "ecs.services.web.containers.web.command[1]",
        ),
        (text("see https://example.com/arn:aws:sns:eu-west-1:1:a and warn:aws-cn:sns:::"), None),
        ("name: prod\n" + text("arn:*:sns:eu-west-1:111122223333:a"), None),
    ],
)
def test_an_arn_is_found_in_any_text(tmp_path: Path, text: str, key: str | None) -> None:
    assert [problem.key for problem in problems(tmp_path, text)] == [key] * (key is not None)


@pytest.mark.parametrize(
    ("suffix", "is_random"),
    [
        *[("-AbCdEf", True), ("-a1b2c3", True), ("-master", False), ("-MASTER", False), ("-Master", False)],
        *[("-202611", False), ("-abcde", False), ("_AbCdEf", False), ("-AbCdEf:", False)],
    ],
)
def test_a_random_suffix_looks_like_no_word(suffix: str, *, is_random: bool) -> None:
    assert has_random_suffix(f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:a{suffix}") is is_random
