"""What whoever starts a task may do, and no more."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from reference_constructs.ecs.run_task import RunTask


def run_task_statements(run_task: RunTask) -> list[iam.PolicyStatement]:
    """Statements for running one task in one cluster.

    Every revision of the family is allowed: a deployment changes policy and revision one after the other, and a run
    between the two would be denied. The roles can be passed to ECS tasks only ("Amazon ECS task execution IAM role:
    passing roles"; "Actions, resources, and condition keys for Amazon Elastic Container Service").

    Args:
        run_task: What runs, and where.
    """
    stack, task, cluster = cdk.Stack.of(run_task), run_task.task, run_task.cluster
    return [
        iam.PolicyStatement(
            actions=["ecs:RunTask"],
            resources=[
                stack.format_arn(
                    service="ecs", resource="task-definition", resource_name=f"{task.task_definition.family}:*"
                )
            ],
            conditions={"ArnEquals": {"ecs:cluster": cluster.cluster_arn}},
        ),
        iam.PolicyStatement(
            # Whoever starts a task with tags must be allowed to, and to nothing else ("Tagging authorization").
            actions=["ecs:TagResource"],
            resources=[stack.format_arn(service="ecs", resource="task", resource_name=f"{cluster.cluster_name}/*")],
            conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
        ),
        iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[task.task_role.role_arn, task.execution_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
    ]
