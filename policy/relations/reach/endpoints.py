"""VPC endpoints answer those that are in the VPC."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from assembly.policies import statements
from facts.vpc_endpoints import GATEWAY_ENDPOINTS, INTERFACE_ENDPOINTS, is_called_at_an_endpoint
from policy.relations.reach.subnets import workload_subnets
from policy.relations.relation import Misfit, relation


@relation("Access an AWS service using an interface VPC endpoint: security groups, private DNS")
def interface_endpoint_answers_its_vpc(graph: Graph) -> Iterator[Misfit]:
    """With private DNS, calls to the service go to the endpoint alone: what it does not let in reaches no other way."""
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        if endpoint.get("VpcEndpointType") != "Interface":
            continue
        vpc = graph.find(endpoint.get("VpcId"))
        cidrs = [str(vpc.get("CidrBlock"))] if vpc else _ranges_of_another_vpc(graph, endpoint.get("VpcId"))
        rules = [
            rule
            for group in map(str, endpoint.list("SecurityGroupIds"))
            for rule in graph.security_groups.rules(group, "Ingress")
            if rule.admits(443)
        ]
        for cidr in cidrs:
            if not any(rule.contains(cidr) or "${" in rule.peer for rule in rules):
                yield Misfit(
                    resource=endpoint,
                    finding=f"no security group of the endpoint lets {cidr}, its VPC, to port 443",
                    fix="open TCP port 443 to the VPC",
                )
        if endpoint.get("PrivateDnsEnabled") is not True:
            yield Misfit(
                resource=endpoint,
                finding="private DNS is off, so SDKs and agents do not use the endpoint",
                fix="set PrivateDnsEnabled to true",
            )
        if vpc is not None and not (vpc.get("EnableDnsSupport") is True and vpc.get("EnableDnsHostnames") is True):
            yield Misfit(
                resource=vpc,
                finding="an interface endpoint needs EnableDnsSupport and EnableDnsHostnames of its VPC",
                fix="set both to true",
            )


def _ranges_of_another_vpc(graph: Graph, vpc: object) -> list[str]:
    """Of one that is made elsewhere: where security groups in it let everything out to, but the internet."""
    return sorted(
        {
            rule.peer
            for group in graph.of_type("AWS::EC2::SecurityGroup")
            if group.get("VpcId") == vpc
            for rule in graph.security_groups.rules(group.attribute("GroupId"), "Egress")
            if rule.protocol == "-1" and "/" in rule.peer and not rule.peer.endswith("/0")
        }
    )


@relation("Access an AWS service using an interface VPC endpoint; Gateway endpoints: routing")
def endpoint_serves_every_zone(graph: Graph) -> Iterator[Misfit]:
    """A subnet that the gateway endpoint leaves out pays a NAT gateway for each image layer, or reaches no layer."""
    used = {subnet for _, subnet in workload_subnets(graph)}
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        vpc = endpoint.get("VpcId")
        here = {subnet for subnet in used if graph.subnets.all[subnet].get("VpcId") == vpc}
        if endpoint.get("VpcEndpointType", "Gateway") == "Gateway":
            tables = set(map(str, endpoint.list("RouteTableIds")))
            missing = {subnet for subnet in here if graph.subnets.route_tables.get(subnet) not in tables}
        else:
            zones = {_zone(graph, subnet) for subnet in map(str, endpoint.list("SubnetIds"))}
            missing = {subnet for subnet in here if _zone(graph, subnet) not in zones}
        if missing:
            names = sorted(graph.subnets.all[subnet].logical_id for subnet in missing)
            yield Misfit(
                resource=endpoint,
                finding=f"the endpoint leaves out {', '.join(names)}, where tasks or nodes run",
                fix="add their route tables, or a subnet of their zones",
            )


def _zone(graph: Graph, subnet: str) -> object:
    return graph.subnets.all[subnet].get("AvailabilityZone") if subnet in graph.subnets.all else None


@relation("AWS services that integrate with AWS PrivateLink: service names")
def endpoint_is_of_its_region(graph: Graph) -> Iterator[Misfit]:
    """A VPC has endpoints of its own Region; the service of another is not found."""
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        name, region = str(endpoint.get("ServiceName")), graph.region(endpoint.stack)
        if not endpoint.get("ServiceRegion") and f".{region}." not in name and "com.amazonaws.vpce" not in name:
            yield Misfit(
                resource=endpoint, finding=f"{name} is not a service of {region}", fix=f"name the service in {region}"
            )


_ENDPOINTS = {**INTERFACE_ENDPOINTS, **{each: each for each in GATEWAY_ENDPOINTS}}


@relation("Amazon ECS interface VPC endpoints (AWS PrivateLink); Gateway endpoints for Amazon DynamoDB")
def task_without_nat_reaches_what_it_may_call(graph: Graph) -> Iterator[Misfit]:
    """The task is allowed to call a service, and each call times out; a secret that cannot be read stops the task."""
    for service in graph.of_type("AWS::ECS::Service"):
        subnets = [str(each) for each in service.list("NetworkConfiguration.AwsvpcConfiguration.Subnets")]
        closed = [
            each for each in subnets if each in graph.subnets.all and not graph.subnets.routes(each).get("0.0.0.0/0")
        ]
        definition = graph.find(service.get("TaskDefinition"))
        if not closed or definition is None:
            continue
        have = graph.endpoint_services(graph.subnets.all[closed[0]].get("VpcId"))
        for key in ("TaskRoleArn", "ExecutionRoleArn"):
            role = graph.find(definition.get(key))
            statements = graph.role_policies.statements(role) if role else []
            called = {
                action.partition(":")[0]
                for each in statements
                if each.effect == "Allow" and not each.condition("kms:ViaService")
                for action in each.actions
                if is_called_at_an_endpoint(action)
            }
            for prefix in sorted(called & set(_ENDPOINTS)):
                if _ENDPOINTS[prefix] not in have:
                    yield Misfit(
                        resource=service,
                        finding=f"{key} may call {prefix}, and its subnets lead to no endpoint {_ENDPOINTS[prefix]}",
                        fix=f"add a VPC endpoint for {_ENDPOINTS[prefix]}, or a NAT gateway",
                    )


@relation("Amazon ECR interface VPC endpoints: minimum Amazon S3 bucket permissions for Amazon ECR")
def image_layers_pass_the_s3_endpoint(graph: Graph) -> Iterator[Misfit]:
    """Layers of images are in a bucket of Amazon ECR; an endpoint policy that leaves it out stops every pull."""
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        document = endpoint.get("PolicyDocument")
        if not str(endpoint.get("ServiceName")).endswith(".s3") or document is None:
            continue
        layer = f"arn:aws:s3:::prod-{graph.region(endpoint.stack)}-starport-layer-bucket/layer"
        allowing = [each for each in statements(document) if each.effect == "Allow" and each.is_about("s3:GetObject")]
        ours = [each for each in allowing if each.condition("aws:ResourceAccount")]
        if not any(each.covers(layer) and each not in ours for each in allowing):
            yield Misfit(
                resource=endpoint,
                finding="the endpoint policy allows no s3:GetObject from the bucket of image layers",
                fix=f"allow it on {layer.rpartition('/')[0]}/*",
            )


@relation("Control access to VPC endpoints using endpoint policies; Using the awslogs log driver")
def endpoint_policy_admits_what_roles_may_do(graph: Graph) -> Iterator[Misfit]:
    """With private DNS, calls take the endpoint alone: what its policy leaves out is denied, whatever a role may do."""
    allowed: dict[str, set[str]] = {}
    for role in graph.of_type("AWS::IAM::Role"):
        for each in graph.role_policies.statements(role):
            for action in each.actions if each.effect == "Allow" else ():
                if "*" not in action:
                    allowed.setdefault(action.partition(":")[0], set()).add(action)
    for endpoint in graph.of_type("AWS::EC2::VPCEndpoint"):
        service = str(endpoint.get("ServiceName")).partition(f".{graph.region(endpoint.stack)}.")[2]
        prefixes = [prefix for prefix, name in INTERFACE_ENDPOINTS.items() if name == service]
        document = endpoint.get("PolicyDocument")
        admitting = [each for each in statements(document) if each.effect == "Allow"]
        missing = sorted(
            action
            for prefix in prefixes
            for action in allowed.get(prefix, ())
            if document is not None and not any(each.is_about(action) for each in admitting)
        )
        if missing:
            yield Misfit(
                resource=endpoint,
                finding=f"roles may call {missing[0]}, and the endpoint policy does not admit it",
                fix="admit all actions, and limit the principals instead",
            )
