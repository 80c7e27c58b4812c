"""An ECS cluster."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.observability.log_group import EncryptedLogGroup
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions


class EcsCluster(Construct):
    """A cluster with Fargate and Fargate Spot, enhanced Container Insights, and ECS Exec that leaves a trace.

    Attributes:
        cluster: The cluster.
        exec_log_group: What was typed and shown in ECS Exec sessions.
        insights_log_group: Where Container Insights writes.
    """

    cluster: ecs.Cluster
    exec_log_group: EncryptedLogGroup
    insights_log_group: EncryptedLogGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        cluster_name: str,
        encryption_key: kms.IKey,
        encrypt_fargate_storage: bool = False,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the cluster.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Network of the tasks.
            cluster_name: Stated, because Container Insights writes to a log group that has it in its name.
            encryption_key: Encrypts logs and ECS Exec sessions; its policy must admit CloudWatch Logs.
            encrypt_fargate_storage: Whether the key encrypts the ephemeral storage of tasks on Fargate too, which AWS
                otherwise encrypts with a key of its own. Its policy then admits Fargate.
            retention: How long logs are kept, and whether they outlive the stack.
        """
        super().__init__(scope, construct_id)
        self._define_log_groups(cluster_name, encryption_key, retention)
        self._define_cluster(vpc, cluster_name, encryption_key, encrypt_fargate_storage=encrypt_fargate_storage)

    def _define_log_groups(self, cluster_name: str, encryption_key: kms.IKey, retention: RetentionOptions) -> None:
        self.exec_log_group = EncryptedLogGroup(
            self, "ExecLogGroup", encryption_key=encryption_key, retention=retention
        )
        # Else ECS makes it: not encrypted, never expiring, and still there when the stack is gone
        # (containers-roadmap issues 2315 and 2562).
        self.insights_log_group = EncryptedLogGroup(
            self,
            "InsightsLogGroup",
            log_group_name=f"/aws/ecs/containerinsights/{cluster_name}/performance",
            encryption_key=encryption_key,
            retention=retention,
        )

    def _define_cluster(
        self, vpc: ec2.IVpc, cluster_name: str, encryption_key: kms.IKey, *, encrypt_fargate_storage: bool
    ) -> None:
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=cluster_name,
            vpc=vpc,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
            enable_fargate_capacity_providers=True,
            managed_storage_configuration=ecs.ManagedStorageConfiguration(
                fargate_ephemeral_storage_kms_key=encryption_key
            )
            if encrypt_fargate_storage
            else None,
            execute_command_configuration=ecs.ExecuteCommandConfiguration(
                kms_key=encryption_key,
                logging=ecs.ExecuteCommandLogging.OVERRIDE,
                log_configuration=ecs.ExecuteCommandLogConfiguration(
                    cloud_watch_log_group=self.exec_log_group, cloud_watch_encryption_enabled=True
                ),
            ),
        )
        # The cluster writes there as long as it exists: it comes after the log group and goes before it.
        self.cluster.node.add_dependency(self.insights_log_group)
