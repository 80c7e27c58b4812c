"""An ECS cluster that exists: nothing is made, and tasks get the permissions that its settings take."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2

from reference_constructs.ecs.existing_cluster import ExistingEcsCluster
from reference_constructs.ecs.existing_cluster_options import ExistingClusterOptions
from tests.support.synthesis import new_stack

ARN = "arn:aws:ecs:eu-west-1:111122223333:cluster/shared"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123"
LOG_GROUP = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/exec"


def _cluster(**options: str) -> ExistingEcsCluster:
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id="vpc-0000000a", availability_zones=["eu-west-1a"])
    stated = ExistingClusterOptions.model_validate({"cluster_arn": ARN, **options})
    return ExistingEcsCluster(stack, "Ecs", vpc=vpc, options=stated)


def test_the_name_is_that_of_the_arn() -> None:
    cluster = _cluster()

    assert (cluster.cluster.cluster_name, cluster.cluster.cluster_arn) == ("shared", ARN)
    assert (cluster.exec_log_group, cluster.exec_keys) == (None, [])


def test_sessions_are_recorded_and_encrypted_where_the_cluster_says() -> None:
    cluster = _cluster(exec_log_group_arn=LOG_GROUP, exec_key_arn=KEY)

    assert cluster.exec_log_group is not None
    assert cluster.exec_log_group.log_group_name == "/ecs/exec"
    assert [key.key_arn for key in cluster.exec_keys] == [KEY]
