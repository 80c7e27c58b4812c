"""An AWS Backup plan for the file systems of an environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.backup_plan_options import BackupPlanOptions

_POLICIES: Final = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "AWSBackupServiceRolePolicyForS3Backup",
)


class StorageBackupPlan(Construct):
    """A plan, its vault, and the role by which AWS Backup reads what it backs up.

    The vault outlives a protected stack, as its backups do; AWS Backup deletes no vault with backups in it.

    Attributes:
        vault: Where the backups are.
    """

    vault: backup.BackupVault

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: BackupPlanOptions,
        resource_arns: Sequence[str],
        tags: Mapping[str, str] = {},
        encryption_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the plan.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: When, and how long backups are kept.
            resource_arns: What is backed up.
            tags: Tags of the backups.
            encryption_key: Encrypts the vault. Without one, the AWS managed key of AWS Backup does.
            retention: Whether the vault outlives its stack.
        """
        super().__init__(scope, construct_id)
        self.vault = backup.BackupVault(
            self,
            "Vault",
            encryption_key=encryption_key,
            removal_policy=removal_policy(protected=retention.protected),
        )
        plan = backup.BackupPlan(self, "Plan", backup_plan_name=cdk.Stack.of(self).stack_name, backup_vault=self.vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="daily",
                schedule_expression=events.Schedule.expression(options.schedule_expression),
                recovery_point_tags=tags or None,
                delete_after=cdk.Duration.days(options.retention_days),
            )
        )
        plan.add_selection(
            "Selection",
            resources=[backup.BackupResource.from_arn(arn) for arn in resource_arns],
            role=self._define_role(),
            # The role has both policies already, which the L2 would add for restores too.
            disable_default_backup_policy=True,
        )

    def _define_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "backup.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}}
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _POLICIES],
        )
        for name in _POLICIES:
            acknowledge(
                role,
                f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]",
                packs=("AwsSolutions",),
                reason="What AWS Backup needs in order to back resources up, and changes with the services that it "
                "supports. Only AWS Backup assumes the role, and for this account.",
            )
        return role
