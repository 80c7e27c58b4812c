"""Who may publish to a topic, write to a bucket and push to a repository: whoever must, and nobody from outside."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.policies import Statement, statements
from policy.relations.relation import Misfit, relation

_PUSH = (
    "ecr:PutImage",
    "ecr:InitiateLayerUpload",
    "ecr:BatchDeleteImage",
    "ecr:DeleteRepository",
    "ecr:SetRepositoryPolicy",
)
# Whatever else publishes has no resource in the templates. Alarms may come later, with stacks that share the topic.
_PUBLISHERS = ("cloudwatch.amazonaws.com",)
_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"


def alarms_by_topic(graph: Graph) -> dict[Resource, list[Resource]]:
    """Every topic that an alarm tells of its state."""
    found: dict[Resource, list[Resource]] = {}
    for alarm in graph.of_type("AWS::CloudWatch::Alarm"):
        for action in (*alarm.list("AlarmActions"), *alarm.list("OKActions"), *alarm.list("InsufficientDataActions")):
            topic = graph.find(action)
            if topic is not None and topic.type == "AWS::SNS::Topic":
                found.setdefault(topic, []).append(alarm)
    return found


def _policy_of(graph: Graph, resource_type: str, key: str, holder: Resource) -> tuple[Resource, list[Statement]] | None:
    for policy in graph.of_type(resource_type):
        if holder in [graph.find(each) for each in policy.list(key)]:
            return policy, statements(policy.get("PolicyDocument"))
    return None


def _is_from(statement: Statement, graph: Graph, stack: str, service: str) -> bool:
    """Whether its conditions let something of a service in the account and Region of a stack through."""
    return all(
        "Not" in operator or graph.account(stack) in values
        for operator, values in statement.condition("aws:SourceAccount")
    ) and all(
        "Not" in operator or any(f":{service}:" in each and graph.is_arn_of(each, stack) for each in values)
        for operator, values in statement.condition("aws:SourceArn")
    )


@relation("Amazon SNS, Access control: allow Amazon CloudWatch alarms to publish to a topic")
def topic_takes_messages_of_its_alarms(graph: Graph) -> Iterator[Misfit]:
    """The alarm changes its state, and nobody hears of it."""
    for topic, alarms in alarms_by_topic(graph).items():
        found = _policy_of(graph, "AWS::SNS::TopicPolicy", "Topics", topic)
        # Without a policy of its own, a topic takes messages from its account.
        if found is not None and not any(
            each.effect == "Allow"
            and each.is_about("sns:Publish")
            and ("Service", "cloudwatch.amazonaws.com") in each.principals
            and _is_from(each, graph, topic.stack, "cloudwatch")
            and (topic.reference in each.resources or each.covers(topic.reference))
            for each in found[1]
        ):
            yield Misfit(
                resource=found[0],
                finding=f"Amazon CloudWatch may not publish to {topic.logical_id}, as {alarms[0].logical_id} does",
                fix="allow cloudwatch.amazonaws.com to sns:Publish, for alarms of this account and Region",
            )


@relation("Amazon SNS, Access control; IAM User Guide, The confused deputy problem")
def topic_takes_messages_of_nobody_else(graph: Graph) -> Iterator[Misfit]:
    """Whoever may publish can raise false alarms, and fill the mailboxes that an alarm must reach."""
    for policy in graph.of_type("AWS::SNS::TopicPolicy"):
        for statement in statements(policy.get("PolicyDocument")):
            for kind, name in statement.principals if statement.effect == "Allow" else ():
                ours = kind == "AWS" and name != "*" and graph.is_arn_of(name, policy.stack) and ":" in name
                conditions = (*statement.condition("aws:SourceAccount"), *statement.condition("aws:SourceOwner"))
                limited = any(values == [graph.account(policy.stack)] for _, values in conditions)
                if not (ours or limited) or (kind == "Service" and name not in _PUBLISHERS):
                    yield Misfit(
                        resource=policy,
                        finding=f"{name} may {', '.join(statement.actions)}" + ("" if limited else " from any account"),
                        fix="allow only the services whose resources use the topic, under aws:SourceAccount",
                    )


@relation("Enable access logs for your Application Load Balancer, for your Network Load Balancer: policy of the bucket")
def bucket_takes_access_logs(graph: Graph) -> Iterator[Misfit]:
    """Elastic Load Balancing checks that it can write, and refuses to turn on access logs otherwise."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        attributes = balancer.pairs("LoadBalancerAttributes")
        bucket = graph.find(attributes.get("access_logs.s3.bucket"))
        if bucket is None or attributes.get("access_logs.s3.enabled") != "true":
            continue
        prefix = f"{attributes['access_logs.s3.prefix']}/" if attributes.get("access_logs.s3.prefix") else ""
        target = f"{bucket.arn}/{prefix}AWSLogs/{graph.account(balancer.stack)}/0"
        policy, granted = _policy_of(graph, "AWS::S3::BucketPolicy", "Bucket", bucket) or (bucket, [])
        is_network = balancer.get("Type") == "network"
        service = "delivery.logs.amazonaws.com" if is_network else _DELIVERY
        # Regions older than August 2022 have an account of Elastic Load Balancing in place of the service.
        if not any(
            each.effect == "Allow"
            and each.is_about("s3:PutObject")
            and any(name == service or (kind == "AWS" and not is_network) for kind, name in each.principals)
            and each.covers(target)
            for each in granted
        ):
            yield Misfit(
                resource=policy,
                finding=f"{service} may not write to {target.removesuffix('0')}*, where {balancer.logical_id} logs",
                fix=f"allow {service} to s3:PutObject there",
            )


@relation("Private repository policies, Amazon ECR User Guide")
def repository_takes_images_of_its_account_only(graph: Graph) -> Iterator[Misfit]:
    """Whoever may push decides what the tasks and pods of this account run."""
    for repository in graph.of_type("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate"):
        for statement in statements(repository.get("RepositoryPolicyText") or repository.get("RepositoryPolicy")):
            if statement.effect != "Allow":
                continue
            pushed = [action for action in _PUSH if statement.is_about(action)]
            for kind, name in statement.principals:
                outside = kind != "Service" and not (":" in name and graph.is_arn_of(name, repository.stack))
                if name == "*" and not statement.conditions:
                    finding, fix = (
                        "everybody may pull images",
                        "name the accounts, or the organization by aws:PrincipalOrgID",
                    )
                elif outside and pushed:
                    finding, fix = f"{name} may {', '.join(pushed)}", "allow other accounts to pull only"
                else:
                    continue
                yield Misfit(resource=repository, finding=finding, fix=fix)


@relation("Amazon SNS security best practices: enforce encryption in transit; aws:SecureTransport, IAM User Guide")
def deny_statement_spares_tls(graph: Graph) -> Iterator[Misfit]:
    """AWS services and SDKs call over TLS; a deny for these calls wins over every allow."""
    for policy in graph.of_type("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"):
        for each in statements(policy.get("PolicyDocument")):
            if each.effect == "Deny" and any("true" in values for _, values in each.condition("aws:SecureTransport")):
                yield Misfit(
                    resource=policy,
                    finding="a statement denies calls over TLS (aws:SecureTransport true)",
                    fix="deny where aws:SecureTransport is false",
                )
