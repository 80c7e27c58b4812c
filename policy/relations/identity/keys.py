"""The policy of a customer managed key admits the services that use the key, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from assembly import Graph, Resource
from assembly.policies import Statement, matches, statements
from policy.relations.relation import Misfit, relation

_ENCRYPT = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
)
_VOLUMES = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")


class KeyUse(NamedTuple):
    """A service that uses a key by the key's policy alone, since no role of ours acts for it."""

    key: Resource
    user: Resource
    service: str
    """Begin of the service principal, up to `.amazonaws.com` or a Region."""

    actions: tuple[str, ...]


def uses(graph: Graph) -> Iterator[KeyUse]:
    """Every use of a key of the templates."""
    for group in graph.of_type("AWS::Logs::LogGroup"):
        if key := graph.find(group.get("KmsKeyId")):
            yield KeyUse(key, group, "logs", _ENCRYPT)
    for cluster in graph.of_type("AWS::ECS::Cluster"):
        key = graph.find(cluster.get("Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId"))
        if key:
            yield KeyUse(key, cluster, "fargate", ("kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant"))
    alarmed = {
        graph.find(action)
        for alarm in graph.of_type("AWS::CloudWatch::Alarm")
        for action in (*alarm.list("AlarmActions"), *alarm.list("OKActions"))
    }
    for topic in graph.of_type("AWS::SNS::Topic"):
        if (key := graph.find(topic.get("KmsMasterKeyId"))) and topic in alarmed:
            yield KeyUse(key, topic, "cloudwatch", ("kms:Decrypt", "kms:GenerateDataKey"))


def _admits(statement: Statement, use: KeyUse, graph: Graph) -> bool:
    """Whether the statement lets the service use the key, its conditions included."""
    named = any(
        kind == "Service"
        and name.startswith((f"{use.service}.amazonaws.", f"{use.service}.{graph.region(use.key.stack)}."))
        for kind, name in statement.principals
    )
    return (
        named
        and all(
            "Not" in operator or any(value == graph.account(use.key.stack) for value in values)
            for operator, values in statement.condition("aws:SourceAccount")
        )
        and all(
            "Not" in operator or any(_is_of_group(pattern, use, graph) for pattern in patterns)
            for operator, patterns in statement.condition("kms:EncryptionContext:aws:logs:arn")
        )
    )


def _is_of_group(pattern: str, use: KeyUse, graph: Graph) -> bool:
    """Whether the pattern matches the ARN of a log group, whose name AWS derives if the template states none."""
    name = use.user.get("LogGroupName", f"{use.user.stack}-{use.user.logical_id}-0123456789AB")
    stated = pattern.partition(":log-group:")[2]
    return graph.is_arn_of(pattern, use.user.stack) and (
        use.user in graph.references(pattern) or matches(str(name), stated, exact_case=True)
    )


def _allows(key: Resource, use: KeyUse, action: str, graph: Graph) -> bool:
    return any(
        each.effect == "Allow" and each.is_about(action) and _admits(each, use, graph)
        for each in statements(key.get("KeyPolicy"))
    )


@relation(
    "Encrypt log data in CloudWatch Logs using AWS KMS; Amazon SNS, Manage encryption keys: compatibility between "
    "event sources from AWS services and encrypted topics"
)
def key_policy_admits_the_service_that_uses_the_key(graph: Graph) -> Iterator[Misfit]:
    """The service cannot encrypt: a log group is not created, and an alarm changes its state but tells nobody."""
    for use in uses(graph):
        missing = [action for action in use.actions if not _allows(use.key, use, action, graph)]
        if missing:
            yield Misfit(
                resource=use.key,
                finding=f"{use.service} may not {', '.join(missing)} for {use.user.logical_id}, which uses the key",
                fix=f"allow {use.service} these actions in the key policy",
            )


@relation("Required AWS KMS key policy for use with encrypted volumes, Amazon EC2 Auto Scaling User Guide")
def key_of_volumes_admits_auto_scaling(graph: Graph) -> Iterator[Misfit]:
    """Amazon EC2 Auto Scaling cannot use the key: each instance ends with Client.InternalError before it boots."""
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        for mapping in template.list("LaunchTemplateData.BlockDeviceMappings"):
            key = graph.find(mapping.get("Ebs", {}).get("KmsKeyId"))
            if key is None:
                continue
            admitting = [each for each in statements(key.get("KeyPolicy")) if _is_for_volumes(each, key, graph)]
            missing = [action for action in _VOLUMES if not any(each.is_about(action) for each in admitting)]
            if missing:
                yield Misfit(
                    resource=key,
                    finding=f"nobody may {', '.join(missing)} for volumes of {template.logical_id}, which use the key",
                    fix="allow them to AWSServiceRoleForAutoScaling, or to the account by kms:ViaService Amazon EC2",
                )


def _is_for_volumes(statement: Statement, key: Resource, graph: Graph) -> bool:
    service_role = any("AWSServiceRoleForAutoScaling" in name for _, name in statement.principals)
    via = [value for _, values in statement.condition("kms:ViaService") for value in values]
    through_ec2 = any(value.startswith(f"ec2.{graph.region(key.stack)}.") for value in via)
    accounts = [values for _, values in statement.condition("kms:CallerAccount")]
    ours = bool(accounts) and all(any(each == graph.account(key.stack) for each in values) for values in accounts)
    return statement.effect == "Allow" and (service_role or (through_ec2 and ours))


@relation("AWS KMS Developer Guide, Default key policy; Key policies in AWS KMS")
def key_policy_admits_nobody_else(graph: Graph) -> Iterator[Misfit]:
    """A key that its account cannot manage is lost for good, and one that others may use protects nothing from them."""
    used: dict[Resource, set[str]] = {key: set() for key in graph.of_type("AWS::KMS::Key")}
    for use in uses(graph):
        used.setdefault(use.key, set()).add(use.service)
    for topic in graph.of_type("AWS::SNS::Topic"):
        # Its alarms may come later, with stacks that share it.
        if key := graph.find(topic.get("KmsMasterKeyId")):
            used.setdefault(key, set()).add("cloudwatch")
    for key, services in used.items():
        allowing = [each for each in statements(key.get("KeyPolicy")) if each.effect == "Allow"]
        if not any(_is_of_the_account(each, key, graph) for each in allowing):
            yield Misfit(
                resource=key,
                finding="the account of the stack may not manage the key",
                fix="allow kms:* to the root principal of the account",
            )
        for each in allowing:
            for kind, name in each.principals:
                service = name.partition(".")[0]
                if kind == "Service" and service not in services:
                    finding = f"the key policy admits {name}, for which nothing in the templates uses the key"
                    yield Misfit(resource=key, finding=finding, fix="remove the statement")
                elif kind != "Service" and not _is_ours(name, each, key, graph):
                    finding = f"the key policy admits {name} from outside this account"
                    yield Misfit(resource=key, finding=finding, fix="limit the statement by kms:CallerAccount")


def _is_of_the_account(statement: Statement, key: Resource, graph: Graph) -> bool:
    return statement.is_about("kms:PutKeyPolicy") and any(
        name.endswith(":root") and graph.is_arn_of(name, key.stack) for _, name in statement.principals
    )


def _is_ours(principal: str, statement: Statement, key: Resource, graph: Graph) -> bool:
    if principal == "*":
        callers = [values for _, values in statement.condition("kms:CallerAccount")]
        return bool(callers) and all(each == graph.account(key.stack) for values in callers for each in values)
    return bool(graph.references(principal)) or (":" in principal and graph.is_arn_of(principal, key.stack))
