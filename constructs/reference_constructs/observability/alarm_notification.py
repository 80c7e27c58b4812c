"""Who is told of alarms."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_sns as sns

from reference_constructs.security.acknowledgements import acknowledge


def notify(alarms: Iterable[cloudwatch.Alarm], topic: sns.ITopic | None) -> None:
    """Send changes of alarms to a topic, both when something is wrong and when it is right again.

    Args:
        alarms: The alarms.
        topic: Topic of the environment; None where it asked for none, which a policy pack objects to.
    """
    for alarm in alarms:
        if topic is not None:
            action = cloudwatch_actions.SnsAction(topic)
            alarm.add_alarm_action(action)
            alarm.add_ok_action(action)
        else:
            acknowledge(
                alarm,
                "CloudWatchAlarmAction",
                packs=("NIST.800.53.R5", "HIPAA.Security"),
                reason="The environment asked for no topic (alarms.topic: none): whoever watches reads the state of "
                "the alarms from CloudWatch, such as a dashboard or a monitoring product.",
            )
