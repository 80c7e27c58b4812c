"""A KMS key for what one stack stores."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions


class EncryptionKey(kms.Key):
    """A symmetric KMS key that rotates every year.

    One key for each stack, because a key costs a dollar a month and a stack is deleted as a whole: the key goes
    with the data it protects, and no stack holds the key of another. Services get their permission from the key
    policy here, so a new log group or volume in the stack changes no policy.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, description: str, retention: RetentionOptions = PROTECTED
    ) -> None:
        """Define the key.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            description: Shown in the console beside the key's random id.
            retention: Whether the key outlives the stack; without it, what it encrypted is unreadable. Otherwise KMS
                deletes it after the shortest waiting period, 7 days, in which it costs nothing ("AWS KMS pricing").
        """
        super().__init__(
            scope,
            construct_id,
            description=description,
            enable_key_rotation=True,
            pending_window=None if retention.protected else cdk.Duration.days(7),
            removal_policy=removal_policy(protected=retention.protected),
        )

    def allow_cloudwatch_logs(self) -> None:
        """Let CloudWatch Logs encrypt any log group of this account and Region with the key.

        The encryption context names the log group ("Encrypt log data in CloudWatch Logs using AWS KMS"); naming
        each group here would make the policy, and so the key, change with every new one.
        """
        stack = cdk.Stack.of(self)
        log_groups = stack.format_arn(
            service="logs", resource="log-group", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchLogs",
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.{stack.url_suffix}")],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}},
            )
        )

    def allow_cloudwatch_alarms(self) -> None:
        """Let CloudWatch alarms publish to an SNS topic that the key encrypts; `alias/aws/sns` would not do.

        Limited to this account, not to alarms by `aws:SourceArn`, of which AWS does not say that KMS receives it here;
        the policy of the topic has it. Source: "Why didn't I receive an SNS notification for my CloudWatch alarm
        trigger?" (re:Post).
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudWatchAlarms",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )

    def allow_ebs_volumes(self) -> None:
        """Let EC2 use the key for the volumes of instances that an Auto Scaling group starts.

        The same as in the policy of `aws/ebs`: whoever of this account acts through EC2. Naming the service-linked role
        of Auto Scaling instead fails in an account in which that role was never made, since a key policy must name
        principals that exist (terraform-provider-aws issue 28644). Grants are allowed to AWS services only, as in
        "Required AWS KMS key policy for use with encrypted volumes" (Amazon EC2 Auto Scaling User Guide).
        """
        stack = cdk.Stack.of(self)
        through_ec2 = {
            "StringEquals": {
                "kms:CallerAccount": stack.account,
                "kms:ViaService": f"ec2.{stack.region}.{stack.url_suffix}",
            }
        }
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EbsVolumes",
                principals=[iam.AnyPrincipal()],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions=through_ec2,
            )
        )
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EbsVolumesGrants",
                principals=[iam.AnyPrincipal()],
                actions=["kms:CreateGrant"],
                resources=["*"],
                conditions={**through_ec2, "Bool": {"kms:GrantIsForAWSResource": "true"}},
            )
        )

    def deny_grants_to_others(self) -> None:
        """Let nobody give the use of the key away: only AWS services create grants, on behalf of their users.

        The first statement of the policy gives the key to the account, and so to every IAM policy in it that allows
        `kms:CreateGrant`. For keys whose grants are none, or those of EBS, which are made for an AWS resource; not for
        those of EKS and ECR, of which AWS does not say so. Source: AWS Control Tower, CT.KMS.PR.3.
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="GrantsAreForAwsServices",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["kms:CreateGrant"],
                resources=["*"],
                conditions={
                    "BoolIfExists": {"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"}
                },
            )
        )
