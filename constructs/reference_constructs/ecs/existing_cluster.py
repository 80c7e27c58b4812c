"""An ECS cluster that somebody else made."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from reference_constructs.ecs.existing_cluster_options import ExistingClusterOptions


class ExistingEcsCluster(Construct):
    """A cluster by its ARN, of which nothing is looked up and nothing is changed; it has no resources.

    Instances of your own cannot join it: the list of its capacity providers is one resource, and whoever states it
    takes the others out of the cluster ("PutClusterCapacityProviders", Amazon ECS API Reference).

    Attributes:
        cluster: The cluster.
        exec_log_group: Where ECS Exec sessions are recorded; None if the cluster records them nowhere that is stated.
        exec_keys: What encrypts them besides TLS.
    """

    cluster: ecs.ICluster
    exec_log_group: logs.ILogGroup | None
    exec_keys: list[kms.IKey]

    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc, options: ExistingClusterOptions) -> None:
        """Import the cluster.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Network of the tasks.
            options: What the cluster is.
        """
        super().__init__(scope, construct_id)
        self.cluster = ecs.Cluster.from_cluster_attributes(
            self,
            "Cluster",
            cluster_name=options.cluster_arn.rpartition("/")[2],
            cluster_arn=options.cluster_arn,
            vpc=vpc,
        )
        log_group, key = options.exec_log_group_arn, options.exec_key_arn
        self.exec_log_group = logs.LogGroup.from_log_group_arn(self, "ExecLogGroup", log_group) if log_group else None
        self.exec_keys = [kms.Key.from_key_arn(self, "ExecKey", key)] if key else []
