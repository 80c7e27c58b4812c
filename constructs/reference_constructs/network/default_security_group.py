"""The default security group of a VPC, without its rules."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource

_RUNBOOK = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
# Two short steps; the rest is for State Manager to start them.
_WAIT_FOR_SUCCESS_SECONDS = 600


class ClosedDefaultSecurityGroup(Construct):
    """Takes the rules from the default security group, through which anything put in by mistake could talk.

    CloudFormation cannot: the group is not in the template. State Manager runs an AWS managed runbook once, as soon as
    the association exists ("Run automations based on targets"). The CDK's way, a Lambda function, leaves its log
    group behind and runs in every account that copies this; see docs/adr/0004.

    The stack waits for the first run, and fails if the run does: otherwise the stack would be complete, and the group
    open. AWS documents that drift detection of such an association can be inaccurate (`WaitForSuccessTimeoutSeconds`,
    AWS::SSM::Association). docs/operations.md says what to do when it fails.
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.Vpc) -> None:
        """Define the association and the role that the runbook runs with.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            vpc: Its default security group is closed.
        """
        super().__init__(scope, construct_id)
        self._group_id = vpc.vpc_default_security_group
        self._define_association(self._define_role(self._define_policy()))
        acknowledge(
            vpc,
            "VPCDefaultSecurityGroupClosed",
            reason="The rules are removed by the State Manager association beside it. The rule knows only the "
            "Lambda function of the CDK, whose log group would outlive the stack (docs/adr/0004).",
        )

    def _define_role(self, policy: iam.ManagedPolicy) -> iam.Role:
        """Trusted for this account, and not for executions alone.

        "Create a service role for Automation" has `aws:SourceArn` of `automation-execution/*`; but State Manager
        assumes the role before there is an execution, to start it, and no page says with which ARN.
        """
        account = cdk.Stack.of(self).account
        return iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "ssm.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": account}}
            ),
            managed_policies=[policy],
        )

    def _define_policy(self) -> iam.ManagedPolicy:
        """All that the runbook's page lists, as narrow as each action allows.

        Starting it takes the document and the execution ("Setting up identity based policies examples", AWS Systems
        Manager, example 1; the ARN of a document of AWS has no account). That page asked for `automation-definition`
        before; the Service Authorization Reference and AWS's own policies still list it beside the two
        (`AWS-SSM-DiagnosisAutomation-AdministrationRolePolicy`).
        """
        stack = cdk.Stack.of(self)
        group = stack.format_arn(service="ec2", resource="security-group", resource_name=self._group_id)
        document = stack.format_arn(service="ssm", account="", resource="document", resource_name=_RUNBOOK)
        definition = stack.format_arn(
            service="ssm", account="", resource="automation-definition", resource_name=f"{_RUNBOOK}:$DEFAULT"
        )
        executions = stack.format_arn(service="ssm", resource="automation-execution", resource_name="*")
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            statements=[
                iam.PolicyStatement(
                    actions=["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"], resources=[group]
                ),
                iam.PolicyStatement(
                    actions=["ssm:StartAutomationExecution"], resources=[document, definition, executions]
                ),
                iam.PolicyStatement(actions=["ssm:GetAutomationExecution"], resources=[executions]),
                iam.PolicyStatement(actions=["ec2:DescribeSecurityGroups"], resources=["*"]),
            ],
        )
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="ec2:DescribeSecurityGroups has no resource-level permission (Service Authorization Reference) and "
            "only reads; the two actions that change are limited to the default security group of this VPC.",
        )
        acknowledge(
            policy,
            wildcard_resource(self, executions),
            packs=("AwsSolutions",),
            reason="The id of an execution exists only once it has started. Which runbook may be started is limited by "
            "the document beside it.",
        )
        return policy

    def _define_association(self, role: iam.Role) -> None:
        """L1, because the CDK has no L2 of it."""
        ssm.CfnAssociation(
            self,
            "Association",
            name=_RUNBOOK,
            automation_target_parameter_name="GroupId",
            targets=[ssm.CfnAssociation.TargetProperty(key="ParameterValues", values=[self._group_id])],
            parameters={"AutomationAssumeRole": [role.role_arn]},
            wait_for_success_timeout_seconds=_WAIT_FOR_SUCCESS_SECONDS,
        )
