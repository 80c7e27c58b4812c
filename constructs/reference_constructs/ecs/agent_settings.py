"""User data that configures the ECS agent, on each operating system in its own way."""

from __future__ import annotations

from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2

from reference_constructs.ecs.capacity_options import Ec2CapacityOptions

# Keep tasks off the metadata service, whose credentials are those of the host: "Amazon ECS container agent
# configuration", ECS_AWSVPC_BLOCK_IMDS; Bottlerocket 1.19, `settings.ecs.awsvpc-block-imds`.
_BLOCK_IMDS: Final = ("ECS_AWSVPC_BLOCK_IMDS", "awsvpc-block-imds")
_DRAIN_SPOT: Final = ("ECS_ENABLE_SPOT_INSTANCE_DRAINING", "enable-spot-instance-draining")
# Else instances of a warm pool register as soon as they boot: "Configuring pre-initialized instances for your Amazon
# ECS Auto Scaling group". Bottlerocket has no such setting.
_WARM_POOL: Final = ("ECS_WARM_POOLS_CHECK", "")


def configure_agent(group: autoscaling.AutoScalingGroup, options: Ec2CapacityOptions) -> None:
    """Add the settings of the agent to the user data that the L2 has begun.

    Args:
        group: Instances of Linux.
        options: Of the group.
    """
    for variable, setting in _settings(options):
        group.add_user_data(
            f"{setting} = true"  # still in the table [settings.ecs] that the L2 opens
            if options.operating_system == "bottlerocket"
            else f"echo {variable}=true >> /etc/ecs/ecs.config"
        )


def configure_windows_agent(template: ec2.LaunchTemplate, options: Ec2CapacityOptions, *, cluster_name: str) -> None:
    """Escape hatch: the L2 starts the agent without roles and without network interfaces of tasks.

    "Bootstrapping Amazon ECS Windows container instances to pass data"; "Additional configuration for Windows IAM roles
    for tasks": network mode `awsvpc` needs `-EnableTaskENI`, and the execution role writes the logs only with
    `ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE`.

    Args:
        template: Launch template of the instances.
        options: Of the group.
        cluster_name: Name of the cluster that they join.
    """
    variables = ["ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE", *(name for name, _ in _settings(options)[1:])]
    script = [
        "<powershell>",
        *(f'[Environment]::SetEnvironmentVariable("{name}", "true", "Machine")' for name in variables),
        "Import-Module ECSTools",
        f"Initialize-ECSAgent -Cluster '{cluster_name}' -EnableTaskIAMRole -EnableTaskENI -AwsvpcBlockIMDS "
        """-LoggingDrivers '["json-file","awslogs"]'""",
        "</powershell>",
    ]
    resource = cast(ec2.CfnLaunchTemplate, template.node.default_child)
    resource.add_property_override("LaunchTemplateData.UserData", cdk.Fn.base64("\n".join(script)))


def _settings(options: Ec2CapacityOptions) -> list[tuple[str, str]]:
    return [_BLOCK_IMDS, *([_DRAIN_SPOT] if options.uses_spot else []), *([_WARM_POOL] if options.warm_pool else [])]
