"""The queue by which Karpenter hears that instances are about to end."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge

# "Interruption", karpenter.sh: construct ID of the rule -> (source, detail type). All of them, because an instance
# that ends without notice takes its pods with it.
_EVENTS: Final = {
    "ScheduledChange": ("aws.health", "AWS Health Event"),
    "SpotInterruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "Rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "StateChange": ("aws.ec2", "EC2 Instance State-change Notification"),
    "CapacityReservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}


class InterruptionQueue(Construct):
    """An encrypted queue, and rules of Amazon EventBridge that fill it.

    Messages are kept for five minutes: a Spot Instance ends two minutes after its notice, so an older one is of no use.
    Events are those of all instances of the account and Region; Karpenter ignores those that it has not started.

    Attributes:
        queue: The queue.
        rules: One for each kind of event.
    """

    queue: sqs.Queue
    rules: list[events.Rule]

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define queue and rules.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
        """
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.minutes(5),
        )
        acknowledge(
            self.queue,
            "SQS3",
            packs=("AwsSolutions",),
            reason="A notice that nobody has read within minutes is about an instance that has ended since, so there "
            "is nothing to do with it later, and no dead-letter queue to keep it in.",
        )
        target = targets.SqsQueue(self.queue)
        self.rules = [
            events.Rule(
                self,
                name,
                event_pattern=events.EventPattern(source=[source], detail_type=[detail_type]),
                targets=[target],
            )
            for name, (source, detail_type) in _EVENTS.items()
        ]
