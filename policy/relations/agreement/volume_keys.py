"""A volume and the key that encrypts it are of one Region."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from assembly.assembly import Arn
from policy.relations.relation import Misfit, relation


@relation("Amazon EBS encryption, Amazon EBS User Guide: KMS keys; AWS::EC2::LaunchTemplate Ebs, KmsKeyId")
def key_of_a_volume_is_of_its_region(graph: Graph) -> Iterator[Misfit]:
    """Amazon EC2 looks for the key in its own Region, so that the instance is ended before it runs."""
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        region = graph.region(template.stack)
        for device in template.list("LaunchTemplateData.BlockDeviceMappings"):
            key = str(device.get("Ebs", {}).get("KmsKeyId", ""))
            if key.startswith("arn:") and (found := Arn.of(key).region) not in ("*", region):
                yield Misfit(
                    resource=template,
                    finding=f"the key of {device.get('DeviceName')} is of {found}, and the instances of {region}",
                    fix=f"name a key of {region}",
                )
