"""A state machine that runs a task unless it is running already."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from reference_constructs.ecs.run_task import RunTask
from reference_constructs.ecs.task_starter import acknowledge_run_task, run_task_statements
from reference_constructs.security.acknowledgements import acknowledge

_ATTEMPTS = 5


class SingleRun(Construct):
    """AWS Step Functions asks Amazon ECS for running tasks of the family, and starts one if there is none.

    Neither RunTask nor EventBridge Scheduler can be told not to start a second task, and it takes no Lambda function to
    ask: Step Functions calls ListTasks and RunTask itself ("AWS SDK service integrations"). An execution ends when the
    task is accepted, so that it costs a few state transitions, whatever the task takes.

    ListTasks is answered from what ECS knows at that moment. Two executions within the same second, of a schedule that
    is delivered twice, could both find none (docs/adr/0030).

    Attributes:
        state_machine: The state machine.
        role: What it may do.
    """

    state_machine: sfn.StateMachine
    role: iam.Role

    def __init__(
        self, scope: Construct, construct_id: str, *, run_task: RunTask, count: int, failures: sqs.IQueue
    ) -> None:
        """Define the state machine.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            run_task: What runs, and where.
            count: Number of tasks to start.
            failures: Queue for executions that failed, with their cause.
        """
        super().__init__(scope, construct_id)
        self._run_task = run_task
        self._define_role()
        self._define_state_machine(count)
        self._report_failures(failures)

    @property
    def state_machine_arn(self) -> str:
        """Of the state machine."""
        return self.state_machine.state_machine_arn

    def _define_role(self) -> None:
        stack = cdk.Stack.of(self)
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            statements=[
                *run_task_statements(self._run_task),
                iam.PolicyStatement(
                    # Of a whole cluster or, by its resource, of one of its instances, which Fargate does not have.
                    actions=["ecs:ListTasks"],
                    resources=["*"],
                    conditions={"ArnEquals": {"ecs:cluster": self._run_task.cluster.cluster_arn}},
                ),
            ],
        )
        acknowledge_run_task(policy, self._run_task)
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="ecs:ListTasks has container instances as its only resource (Service Authorization Reference), and "
            "tasks on Fargate have none; a condition limits it to the cluster, and it tells nothing but ARNs of tasks.",
        )
        machines = stack.format_arn(
            service="states", resource="stateMachine", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": machines},
                },
            ),
            managed_policies=[policy],
        )

    def _define_state_machine(self, count: int) -> None:
        """The definition as text: the classes of the CDK would grant what the policy has, and more."""
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_string(cdk.Stack.of(self).to_json_string(self._definition(count))),
            role=self.role.without_policy_updates(),
            timeout=cdk.Duration.minutes(30),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        acknowledge(
            self.state_machine,
            "SF1",
            packs=("AwsSolutions",),
            reason="Step Functions keeps the history of a standard execution for 90 days, with every event and its "
            "cause; failures go to a queue that an alarm watches. A log group would repeat it.",
        )
        acknowledge(
            self.state_machine,
            "SF2",
            packs=("AwsSolutions",),
            reason="It makes two calls of Amazon ECS, whose times the history of each execution has: there is nothing "
            "to trace.",
        )

    def _definition(self, count: int) -> dict[str, Any]:
        run, partition = self._run_task, cdk.Stack.of(self).partition
        retry = [
            # Throttling and errors of the service among them; what cannot succeed is not tried for long.
            {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "BackoffRate": 3, "MaxAttempts": _ATTEMPTS}
        ]
        return {
            "StartAt": "ListRunning",
            "States": {
                "ListRunning": {
                    "Type": "Task",
                    "Resource": f"arn:{partition}:states:::aws-sdk:ecs:listTasks",
                    "Parameters": {
                        "Cluster": run.cluster.cluster_arn,
                        "Family": run.task.task_definition.family,
                        # What is to run: tasks that are about to start, too.
                        "DesiredStatus": "RUNNING",
                    },
                    "ResultSelector": {"count.$": "States.ArrayLength($.TaskArns)"},
                    "Retry": retry,
                    "Next": "IsRunning",
                },
                "IsRunning": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.count", "NumericGreaterThan": 0, "Next": "Skipped"}],
                    "Default": "Run",
                },
                "Skipped": {"Type": "Succeed"},
                "Run": {
                    "Type": "Task",
                    "Resource": f"arn:{partition}:states:::aws-sdk:ecs:runTask",
                    "Parameters": {**_pascal_case(run.request), "Count": count},
                    "ResultSelector": {
                        "failures.$": "$.Failures",
                        "count.$": "States.ArrayLength($.Failures)",
                    },
                    "Retry": retry,
                    "Next": "IsAccepted",
                },
                "IsAccepted": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.count", "NumericGreaterThan": 0, "Next": "NotAccepted"}],
                    "Default": "Started",
                },
                "Started": {"Type": "Succeed"},
                "NotAccepted": {
                    "Type": "Fail",
                    "Error": "RunTaskFailures",
                    "CausePath": "States.JsonToString($.failures)",
                },
            },
        }

    def _report_failures(self, queue: sqs.IQueue) -> None:
        events.Rule(
            self,
            "Rule",
            description="Executions that started no task",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.state_machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
            targets=[targets.SqsQueue(queue)],
        )


def _pascal_case(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """As Step Functions spells parameters of AWS SDK integrations, whatever the API does."""
    if isinstance(value, dict):
        return {f"{key[0].upper()}{key[1:]}": _pascal_case(inner) for key, inner in value.items()}
    return [_pascal_case(each) for each in value] if isinstance(value, list) else value
