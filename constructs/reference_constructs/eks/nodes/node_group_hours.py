"""Managed node groups that have no node outside of working hours."""

from __future__ import annotations

from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.durations import seconds

# Later than that, the next of the two may be due.
_MAX_EVENT_AGE_SECONDS: Final = 3600


class NodeGroupHours(Construct):
    """Two schedules that call `UpdateNodegroupConfig`: one with 0 nodes, one with those that the options state.

    The Auto Scaling group of a managed node group has a name that CloudFormation does not return, so it cannot have a
    scheduled action; EventBridge Scheduler calls the API of Amazon EKS itself ("Using universal targets in EventBridge
    Scheduler"), without a Lambda function. The maximum of a managed node group is at least 1, so something that scales
    nodes, such as Cluster Autoscaler, can still add nodes outside of working hours if pods wait for them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        node_group: eks.Nodegroup,
        cluster_name: str,
        hours: WorkingHoursOptions,
        min_size: int,
        desired_size: int,
        max_size: int,
    ) -> None:
        """Define the schedules.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            node_group: The node group.
            cluster_name: Name of its cluster.
            hours: When it has nodes.
            min_size: Its minimum in working hours.
            desired_size: Number of nodes with which it starts.
            max_size: Its maximum.
        """
        super().__init__(scope, construct_id)
        self._node_group = node_group
        self._cluster_name = cluster_name
        self._hours = hours
        self._group = scheduler.ScheduleGroup(self, "Group", removal_policy=cdk.RemovalPolicy.DESTROY)
        self._statement = iam.PolicyStatement(
            actions=["eks:UpdateNodegroupConfig"], resources=[node_group.nodegroup_arn]
        )
        self._role = self._define_role()
        self._add("Stop", hours.stop_expression, {"MinSize": 0, "DesiredSize": 0, "MaxSize": max_size})
        self._add(
            "Start",
            hours.start_expression,
            {"MinSize": min_size, "DesiredSize": desired_size, "MaxSize": max_size},
        )

    def _define_role(self) -> iam.Role:
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            statements=[self._statement],
        )
        # "Confused deputy prevention", EventBridge Scheduler.
        principal = iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={
                "StringEquals": {
                    "aws:SourceAccount": cdk.Stack.of(self).account,
                    "aws:SourceArn": self._group.schedule_group_arn,
                }
            },
        )
        return iam.Role(self, "Role", assumed_by=principal, managed_policies=[policy])

    def _add(self, construct_id: str, expression: str, sizes: dict[str, Any]) -> None:
        scheduler.Schedule(
            self,
            construct_id,
            schedule=scheduler.ScheduleExpression.expression(expression, cdk.TimeZone.of(self._hours.timezone)),
            schedule_group=self._group,
            target=targets.Universal(
                service="eks",
                action="updateNodegroupConfig",
                input=scheduler.ScheduleTargetInput.from_object(
                    {
                        "ClusterName": self._cluster_name,
                        "NodegroupName": self._node_group.nodegroup_name,
                        "ScalingConfig": sizes,
                    }
                ),
                policy_statements=[self._statement],
                # Else the CDK grants inline what the policy has already.
                role=self._role.without_policy_updates(),
                max_event_age=seconds(_MAX_EVENT_AGE_SECONDS),
            ),
        )
