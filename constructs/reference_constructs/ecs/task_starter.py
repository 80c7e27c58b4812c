"""What whoever starts a task may do, and no more."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from reference_constructs.ecs.run_task import RunTask
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource


def run_task_statements(run_task: RunTask) -> list[iam.PolicyStatement]:
    """Statements for running one task in one cluster.

    Every revision of the family is allowed: a deployment changes policy and revision one after the other, and a run
    between the two would be denied. The roles can be passed to ECS tasks only ("Amazon ECS task execution IAM role:
    passing roles"; "Actions, resources, and condition keys for Amazon Elastic Container Service").

    Args:
        run_task: What runs, and where.
    """
    task, cluster = run_task.task, run_task.cluster
    return [
        iam.PolicyStatement(
            actions=["ecs:RunTask"],
            resources=[_every_revision(run_task)],
            conditions={"ArnEquals": {"ecs:cluster": cluster.cluster_arn}},
        ),
        iam.PolicyStatement(
            # Whoever starts a task with tags must be allowed to, and to nothing else ("Tagging authorization").
            actions=["ecs:TagResource"],
            resources=[_every_task(run_task)],
            conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[task.task_role.role_arn, task.execution_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    ]


def acknowledge_run_task(policy: iam.ManagedPolicy, run_task: RunTask) -> None:
    """Accept the wildcards of `run_task_statements`.

    Args:
        policy: Has the statements.
        run_task: What runs, and where.
    """
    acknowledge(
        policy,
        wildcard_resource(policy, _every_revision(run_task)),
        packs=("AwsSolutions",),
        reason="The revisions of one family, all of them made by this stack, and in one cluster: a deployment changes "
        "policy and revision one after the other.",
    )
    acknowledge(
        policy,
        wildcard_resource(policy, _every_task(run_task)),
        packs=("AwsSolutions",),
        reason="A task has its ID when it is started, and a condition allows tags only then: for what the role may "
        "start.",
    )


def _every_revision(run_task: RunTask) -> str:
    family = run_task.task.task_definition.family
    return cdk.Stack.of(run_task).format_arn(service="ecs", resource="task-definition", resource_name=f"{family}:*")


def _every_task(run_task: RunTask) -> str:
    return cdk.Stack.of(run_task).format_arn(service="ecs", resource="task", resource_name="*")
