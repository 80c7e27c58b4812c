"""What may go wrong with one of several kinds of capacity in a cluster."""

from __future__ import annotations

from tests.support.defects.defect import Defect, put

_CLUSTER = "ecs-capacity-ecs-cluster"
_LAUNCH = "AWS::EC2::LaunchTemplate"
_DATA = "LaunchTemplateData"

ECS_CAPACITY = (
    Defect(
        name="tasks reach the role of their Windows host",
        stack=_CLUSTER,
        change=put(
            _LAUNCH,
            f"{_DATA}.UserData.Fn::Base64.Fn::Join.1.2",
            "' -EnableTaskIAMRole -EnableTaskENI\n</powershell>",
            having="Capacitywindows",
        ),
        named_by=("ecs_hosts_keep_tasks_off_instance_metadata",),
    ),
    Defect(
        name="IMDSv1 on GPU hosts",
        stack=_CLUSTER,
        change=put(_LAUNCH, f"{_DATA}.MetadataOptions.HttpTokens", "optional", having="Capacitygpu"),
        named_by=("ec2_instance_metadata_asks_for_a_token",),
    ),
    Defect(
        name="root on GPU hosts",
        stack="ecs-capacity-ecs-service-model",
        change=put("AWS::ECS::TaskDefinition", "ContainerDefinitions.0.User", "root"),
        named_by=("ecs_container_is_not_root",),
    ),
    Defect(
        name="administrator of a Windows container",
        stack="ecs-capacity-ecs-service-invoices",
        change=put("AWS::ECS::TaskDefinition", "ContainerDefinitions.0.User", "ContainerAdministrator"),
        named_by=("ecs_container_is_not_root",),
    ),
    Defect(
        name="Windows group of one type and no attributes",
        stack=_CLUSTER,
        change=put(
            "AWS::AutoScaling::AutoScalingGroup",
            "MixedInstancesPolicy.LaunchTemplate.Overrides",
            [{"InstanceType": "m7i.large"}],
            having="Capacitywindows",
        ),
        named_by=("autoscaling_group_has_types_and_zones_to_choose_from",),
    ),
)
