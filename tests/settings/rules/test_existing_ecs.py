"""Rules of a load balancer and of an ECS cluster that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings.loader import load_environment
from tests.support.rule_pairs import CAPACITY, CONTAINER, HEAD, LOAD_BALANCER, RulePair, service

VPC = """\
network:
  existing:
    vpc_id: vpc-00000001
    cidrs: [10.7.0.0/16]
    private_subnets:
      eu-west-1a: {subnet_id: subnet-0000000a, cidr: 10.7.0.0/19}
      eu-west-1b: {subnet_id: subnet-0000000b, cidr: 10.7.32.0/19}
"""
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2"
CLUSTER = "arn:aws:ecs:eu-west-1:111122223333:cluster/shared"
LOG_GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/exec"
WRITABLE = "      containers: {web: {image: 'app:1', read_only_root_filesystem: false}}\n"
PUBLIC = """\
    public_subnets:
      eu-west-1a: {subnet_id: subnet-000000aa, cidr: 10.7.128.0/24}
      eu-west-1b: {subnet_id: subnet-000000bb, cidr: 10.7.129.0/24}
"""


def balanced(*keys: str, routing: str = "path_patterns: [/*]", beside: str = "", vpc: str = VPC) -> str:
    """A service behind a load balancer that exists."""
    existing = ", ".join((f"listener_arn: '{LISTENER}'", "security_group_id: sg-0000000a", *keys))
    head = f"  load_balancer:\n{beside}    existing: {{{existing}}}\n"
    return service(f"routing: {{{routing}}}", before=head).replace(HEAD, HEAD + vpc)


def clustered(
    *keys: str, strategy: str = "FARGATE", container: str = CONTAINER, before: str = "", more: str = ""
) -> str:
    """A service in a cluster that exists."""
    existing = ", ".join((f"cluster_arn: '{CLUSTER}'", *keys))
    lines = [f"capacity_provider_strategy: [{{capacity_provider: {strategy}}}]", *([more] if more else [])]
    return service(*lines, container=container, before=f"  existing_cluster: {{{existing}}}\n{before}")


PAIRS = (
    RulePair(
        rule="existing_load_balancer_is_not_shaped",
        rejected=balanced(beside="    scheme: internal\n"),
        accepted=balanced(),
        message=(
            "ecs.load_balancer.scheme: scheme is of a new load balancer, but there is ecs.load_balancer.existing\n"
            "fix: remove scheme, or remove existing\n"
            "why: The load balancer is what its owner made of it, so a key that shapes a new one would do nothing."
        ),
    ),
    RulePair(
        rule="existing_load_balancer_is_in_the_vpc",
        rejected=balanced(vpc=""),
        accepted=balanced(),
        message=(
            "ecs.load_balancer.existing: the load balancer exists, and the VPC of its targets is a new one\n"
            "fix: name the VPC of the load balancer in network.existing, or acknowledge that somebody has put the load "
            "balancer into the VPC of this environment\n"
            "why: Elastic Load Balancing refuses a rule that forwards to a target group in another VPC."
        ),
    ),
    RulePair(
        rule="priority_is_not_taken",
        rejected=balanced("taken_priorities: [10, 20]", routing="path_patterns: [/*], priority: 20"),
        accepted=balanced("taken_priorities: [10, 20]", routing="path_patterns: [/*], priority: 21"),
        message=(
            "ecs.services.web.routing.priority: the priority 20 is one of ecs.load_balancer.existing.taken_priorities\n"
            "fix: set priority to another number from 1 to 50000\n"
            "why: A listener refuses two rules with the same priority, whoever has added the other."
        ),
    ),
    RulePair(
        rule="priority_is_not_taken: a computed one",
        rejected=balanced("taken_priorities: [49103]"),
        accepted=balanced("taken_priorities: [49102]"),
        message=(
            "ecs.services.web.routing.priority: the computed priority 49103 is one of "
            "ecs.load_balancer.existing.taken_priorities\n"
            "fix: set priority to another number from 1 to 50000\n"
            "why: A listener refuses two rules with the same priority, whoever has added the other."
        ),
    ),
    RulePair(
        rule="existing_cluster_has_its_own_capacity",
        rejected=clustered(before=CAPACITY),
        accepted=clustered("capacity_providers: {default: shared-instances}", strategy="default"),
        message=(
            "ecs.capacity: there are groups of instances for a new cluster, but there is ecs.existing_cluster\n"
            "fix: remove capacity and name the capacity providers of the cluster in "
            "ecs.existing_cluster.capacity_providers, or remove existing_cluster\n"
            "why: The capacity providers of a cluster are one list: a deployment that states it removes those of "
            "others."
        ),
    ),
    RulePair(
        rule="existing_cluster_records_ecs_exec",
        rejected=clustered(container=WRITABLE, more="execute_command: true"),
        accepted=clustered(f"exec_log_group_arn: '{LOG_GROUP}'", container=WRITABLE, more="execute_command: true"),
        message=(
            "ecs.services.web.execute_command: execute_command is true, but ecs.existing_cluster has no "
            "exec_log_group_arn\n"
            "fix: add the log group of the cluster's executeCommandConfiguration, or set execute_command to false\n"
            "why: What is typed in ECS Exec sessions is recorded in a log group, which the role of the task must name."
        ),
    ),
    RulePair(
        rule="capacity_provider_exists: of a cluster that exists",
        rejected=clustered("capacity_providers: {instances: shared}", strategy="instance"),
        accepted=clustered("capacity_providers: {instances: shared}", strategy="instances"),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: there is no 'instance' in "
            "ecs.existing_cluster.capacity_providers\n"
            "allowed: FARGATE, FARGATE_SPOT, or instances\n"
            "fix: did you mean instances?\n"
            "why: Amazon ECS refuses a capacity provider that the cluster does not have."
        ),
    ),
    RulePair(
        rule="capacity_provider_exists: a cluster without any",
        rejected=clustered("fargate: false", strategy="instances"),
        accepted=clustered("fargate: false, capacity_providers: {instances: shared}", strategy="instances"),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: there is no 'instances' in "
            "ecs.existing_cluster.capacity_providers\n"
            "allowed: none, until the cluster has capacity providers\n"
            "fix: add ecs.existing_cluster.capacity_providers.instances\n"
            "why: Amazon ECS refuses a capacity provider that the cluster does not have."
        ),
    ),
    RulePair(
        rule="capacity_provider_exists: a cluster without Fargate",
        rejected=clustered("fargate: false", "capacity_providers: {instances: shared}"),
        accepted=clustered("fargate: false", "capacity_providers: {instances: shared}", strategy="instances"),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: ecs.existing_cluster.fargate is false, "
            "and 'FARGATE' is named\n"
            "allowed: instances\n"
            "fix: associate it with the cluster and set fargate to true\n"
            "why: Amazon ECS refuses a capacity provider that the cluster does not have."
        ),
    ),
    RulePair(
        rule="capacity_provider_exists: a cluster without anything",
        rejected=clustered("fargate: false"),
        accepted=clustered("fargate: true"),
        message=(
            "ecs.services.web.capacity_provider_strategy[0].capacity_provider: ecs.existing_cluster.fargate is false, "
            "and 'FARGATE' is named\n"
            "allowed: none, until the cluster has capacity providers\n"
            "fix: associate it with the cluster and set fargate to true\n"
            "why: Amazon ECS refuses a capacity provider that the cluster does not have."
        ),
    ),
    RulePair(
        rule="arn_is_in_the_region: a listener",
        rejected=balanced().replace("elasticloadbalancing:eu-west-1", "elasticloadbalancing:eu-west-2"),
        accepted=balanced(),
        message=(
            "ecs.load_balancer.existing.listener_arn: "
            f"'{LISTENER.replace('eu-west-1', 'eu-west-2')}' is not allowed\n"
            "allowed: an ARN in the Region eu-west-1\n"
            "why: Certificates, topics, keys, queues, listeners, log groups, clusters, and Outposts are used in "
            "one Region only."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_rules_of_a_new_load_balancer_leave_one_that_exists_alone(tmp_path: Path) -> None:
    file = tmp_path / "checked.yaml"
    # It has no certificate, no clients and no subnets, which a new one would be refused for.
    file.write_text(balanced())
    environment = load_environment(str(file))

    assert environment.ecs is not None
    assert environment.ecs.load_balancer is not None
    assert LOAD_BALANCER not in file.read_text()
    assert environment.ecs.load_balancer.allowed_cidrs == ()
