"""What must exist before what: by a reference, by DependsOn, or in a stack that is deployed before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from assembly import Graph, Resource
from assembly.self_managed_nodes import self_managed_nodes
from policy.relations.relation import Misfit, relation


def late(graph: Graph, first: Resource, then: Resource, why: str) -> Iterator[Misfit]:
    """A misfit if the one is not certain to exist before the other."""
    if first != then and not graph.comes_before(first, then):
        yield Misfit(
            resource=then,
            finding=f"nothing makes {first.logical_id} ({first.type}) exist before it: {why}",
            fix=f"add {first.logical_id} to DependsOn",
        )


@relation("Troubleshooting service load balancers in Amazon ECS; AWS::ECS::Service, DependsOn")
def service_waits_for_its_listener_rule(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a service whose target group has no load balancer yet."""
    for target in graph.load_balancing.targets:
        for forwarding in target.forwards:
            yield from late(graph, forwarding, target.service, "its target group has no load balancer until then")


@relation("AWS::ECS::ClusterCapacityProviderAssociations")
def service_waits_for_its_capacity(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a capacity provider that the cluster does not have yet, and cannot delete one in use."""
    for association in graph.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
        for service in graph.of_type("AWS::ECS::Service"):
            named = [each.get("CapacityProvider") for each in service.list("CapacityProviderStrategy")]
            if association.get("Cluster") == service.get("Cluster") and named:
                yield from late(
                    graph, association, service, "the cluster does not have the capacity provider until then"
                )


@relation("AWS::EC2::VPCGatewayAttachment; DependsOn attribute: when a DependsOn attribute is required")
def route_waits_for_its_gateway(graph: Graph) -> Iterator[Misfit]:
    """Amazon VPC refuses a route to a gateway that is not attached yet, and cannot detach one with addresses in use."""
    for attachment in graph.of_type("AWS::EC2::VPCGatewayAttachment"):
        gateway = graph.find(attachment.get("InternetGatewayId"))
        for route in graph.of_type("AWS::EC2::Route"):
            if gateway is not None and graph.find(route.get("GatewayId")) == gateway:
                yield from late(graph, attachment, route, "the gateway is not attached until then")
        for nat in graph.of_type("AWS::EC2::NatGateway"):
            subnet = str(nat.get("SubnetId"))
            if gateway is not None and graph.subnets.way_out(subnet) == gateway:
                yield from late(graph, attachment, nat, "it fails when its VPC has no internet gateway")
    for attached in graph.of_type("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"):
        for route in graph.of_type("AWS::EC2::Route"):
            if route.get("TransitGatewayId") == attached.get("TransitGatewayId"):
                yield from late(graph, attached, route, "the VPC is not attached to the transit gateway until then")


@relation("NAT gateways")
def nat_gateway_waits_for_its_route(graph: Graph) -> Iterator[Misfit]:
    """A NAT gateway that is up before its subnet leads to the internet drops what the first instances send."""
    for nat in graph.of_type("AWS::EC2::NatGateway"):
        table = graph.subnets.route_tables.get(str(nat.get("SubnetId")))
        for route in graph.of_type("AWS::EC2::Route"):
            if route.get("RouteTableId") == table and route.get("DestinationCidrBlock") == "0.0.0.0/0":
                yield from late(graph, route, nat, "its subnet leads nowhere until then")


@relation("Amazon EKS User Guide, Manage CoreDNS; Update an Amazon EKS add-on")
def add_on_waits_for_somewhere_to_run(graph: Graph) -> Iterator[Misfit]:
    """An add-on with a Deployment is degraded until its pods run; after 20 minutes, its creation has failed."""
    groups = graph.of_type("AWS::EKS::Nodegroup")
    own = [each for each in self_managed_nodes(graph) if not each.is_windows]
    profiles = graph.of_type("AWS::EKS::FargateProfile")
    # Without nodes, what add-ons run on are the profiles for their namespace.
    system = [each for each in profiles if any(one.get("Namespace") == "kube-system" for one in each.list("Selectors"))]
    untainted = [each for each in groups if not each.list("Taints")]
    untainted += [each.group for each in own if not each.has_taints]
    places = untainted or [*groups, *(each.group for each in own)] or system or profiles
    for add_on in graph.of_type("AWS::EKS::Addon"):
        if add_on.get("AddonName") in NODE_AGENTS or not places:
            continue
        if not any(graph.comes_before(each, add_on) for each in places):
            yield from late(graph, places[0], add_on, "its pods have nowhere to run until then")


# They are DaemonSets without which a node is not ready, so they must not wait for one.
NODE_AGENTS = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")


@relation("Amazon VPC CNI; Troubleshoot problems with Amazon EKS clusters and nodes: node is not ready")
def nodes_wait_for_their_network(graph: Graph) -> Iterator[Misfit]:
    """A node without the CNI is never ready, and the node group fails after 25 minutes."""
    own = [each.get("BootstrapSelfManagedAddons") is False for each in graph.of_type("AWS::EKS::Cluster")]
    for add_on in graph.of_type("AWS::EKS::Addon"):
        if add_on.get("AddonName") in NODE_AGENTS and any(own):
            for group in [*graph.of_type("AWS::EKS::Nodegroup"), *(each.group for each in self_managed_nodes(graph))]:
                yield from late(graph, add_on, group, f"its nodes are not ready without {add_on.get('AddonName')}")


@relation("Amazon VPC CNI plugin; Create a cluster without default networking add-ons")
def cluster_has_what_its_nodes_need(graph: Graph) -> Iterator[Misfit]:
    """Without the default networking add-ons, nodes have no network until somebody installs one."""
    installed = {each.get("AddonName") for each in graph.of_type("AWS::EKS::Addon")}
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        bare = cluster.get("BootstrapSelfManagedAddons") is False and cluster.get("ComputeConfig.Enabled") is not True
        for name in ("vpc-cni", "kube-proxy", "coredns"):
            if bare and graph.of_type("AWS::EKS::Nodegroup") and name not in installed:
                yield Misfit(
                    resource=cluster,
                    finding=f"BootstrapSelfManagedAddons is false, and the add-on {name} is not installed",
                    fix=f"install {name}",
                )


@relation("Set up the Amazon EKS Pod Identity Agent; How EKS Pod Identity works")
def pods_wait_for_their_credentials(graph: Graph) -> Iterator[Misfit]:
    """A pod that starts before the agent falls back to the role of its node, and is denied."""
    agents = [each for each in graph.of_type("AWS::EKS::Addon") if each.get("AddonName") == "eks-pod-identity-agent"]
    for add_on in graph.of_type("AWS::EKS::Addon"):
        for agent in agents if add_on.list("PodIdentityAssociations") else ():
            yield from late(graph, agent, add_on, "its pods get no credentials until then")


@relation("Send control plane logs to CloudWatch Logs; Set up Container Insights on Amazon ECS")
def log_group_waits_for_nobody(graph: Graph) -> Iterator[Misfit]:
    """The cluster creates the log group itself, without key and retention, and then the stack cannot create it."""
    for cluster in graph.of_type("AWS::EKS::Cluster", "AWS::ECS::Cluster"):
        names = (
            f"/aws/eks/{cluster.get('Name')}/cluster",
            f"/aws/ecs/containerinsights/{cluster.get('ClusterName')}/performance",
        )
        for group in graph.of_type("AWS::Logs::LogGroup"):
            if group.get("LogGroupName") in names:
                yield from late(graph, group, cluster, "it writes to the log group as soon as it exists")


@relation("Enable access logs for your Application Load Balancer; AWS::ElasticLoadBalancingV2::LoadBalancer")
def access_logs_wait_for_their_permission(graph: Graph) -> Iterator[Misfit]:
    """Elastic Load Balancing tries to write when access logs are turned on, and refuses if it may not."""
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        attributes = balancer.pairs("LoadBalancerAttributes")
        bucket = graph.find(attributes.get("access_logs.s3.bucket"))
        for policy in graph.of_type("AWS::S3::BucketPolicy"):
            if bucket is not None and graph.find(policy.get("Bucket")) == bucket:
                yield from late(graph, policy, balancer, "it may not write to the bucket until then")


@relation("CreateFargateProfile, Amazon EKS API Reference")
def fargate_profiles_are_made_one_by_one(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS creates and deletes one Fargate profile of a cluster at a time, and refuses a second meanwhile."""
    for first, then in combinations(graph.of_type("AWS::EKS::FargateProfile"), 2):
        apart = graph.comes_before(first, then) or graph.comes_before(then, first)
        if first.get("ClusterName") == then.get("ClusterName") and not apart:
            yield from late(graph, first, then, "the cluster makes one profile at a time")


@relation("Templates to control repositories created during a pull through cache action")
def cache_waits_for_its_template(graph: Graph) -> Iterator[Misfit]:
    """A repository that is created before its template has the defaults, and keeps them."""
    for template in graph.of_type("AWS::ECR::RepositoryCreationTemplate"):
        for rule in graph.of_type("AWS::ECR::PullThroughCacheRule"):
            if f"{rule.get('EcrRepositoryPrefix')}/".startswith(f"{template.get('Prefix')}/"):
                yield from late(graph, template, rule, "a first pull would create a repository with defaults")


@relation("Pull an image with a pull through cache rule in Amazon ECR")
def service_waits_for_the_cache_of_its_images(graph: Graph) -> Iterator[Misfit]:
    """The first tasks of a new environment find no image, and the deployment is rolled back."""
    for service in graph.of_type("AWS::ECS::Service"):
        definition = graph.find(service.get("TaskDefinition"))
        images = [str(each.get("Image", "")) for each in definition.list("ContainerDefinitions")] if definition else []
        for rule in graph.of_type("AWS::ECR::PullThroughCacheRule"):
            if any(f"/{rule.get('EcrRepositoryPrefix')}/" in image for image in images):
                yield from late(graph, rule, service, "its images are pulled through the cache")


@relation("AWS::IAM::Policy: DependsOn; DependsOn attribute, AWS CloudFormation User Guide")
def whoever_has_a_role_waits_for_its_policies(graph: Graph) -> Iterator[Misfit]:
    """A policy that is attached later is missing when the resource starts, and gone before it ends."""
    for policy in graph.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
        for role in filter(None, map(graph.find, [*policy.list("Roles"), *policy.list("RoleName")])):
            for user in graph.resources:
                if user.type in _STARTING and user.stack == policy.stack and user.refers_to(role):
                    yield from late(graph, policy, user, f"{role.logical_id} may not do what it allows until then")


_STARTING = (
    "AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::EKS::Cluster", "AWS::EKS::Nodegroup", "AWS::EC2::FlowLog",
    "AWS::EKS::FargateProfile", "AWS::SSM::Association", "AWS::ECR::RepositoryCreationTemplate", "AWS::EKS::Addon",
    "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine",
)  # fmt: skip


@relation("Amazon VPC User Guide, NAT gateways; DependsOn attribute: VPC gateway attachments")
def workload_waits_for_its_way_out(graph: Graph) -> Iterator[Misfit]:
    """What starts before its subnet leads anywhere pulls nothing and registers nowhere."""
    for resource_type, path in (
        ("AWS::ECS::Service", "NetworkConfiguration.AwsvpcConfiguration.Subnets"),
        ("AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier"),
        ("AWS::EKS::Nodegroup", "Subnets"),
    ):
        for resource in graph.of_type(resource_type):
            tables = {graph.subnets.route_tables.get(str(subnet)) for subnet in resource.list(path)}
            for route in graph.of_type("AWS::EC2::Route"):
                if route.get("RouteTableId") in tables:
                    yield from late(graph, route, resource, "its subnets lead nowhere until then")


@relation("Sending web ACL traffic logs to a CloudWatch Logs log group; AWS::WAFv2::LoggingConfiguration")
def web_acl_logs_wait_for_their_group(graph: Graph) -> Iterator[Misfit]:
    """AWS WAF refuses to log to a group that does not exist."""
    for logging in graph.of_type("AWS::WAFv2::LoggingConfiguration"):
        for destination in map(str, logging.list("LogDestinationConfigs")):
            for group in graph.of_type("AWS::Logs::LogGroup"):
                name = group.get("LogGroupName")
                if name and destination.endswith(f":log-group:{name}"):
                    yield from late(graph, group, logging, "it is named, and nothing refers to it")


@relation("Get exported outputs from a deployed stack; Fn::ImportValue")
def stacks_can_be_deployed_one_after_another(graph: Graph) -> Iterator[Misfit]:
    """Of two stacks that import from each other, neither can be created first, nor deleted."""
    for resource in graph.resources:
        for other in graph.stacks_of_prerequisites(resource):
            if graph.stack_comes_before(resource.stack, other):
                yield Misfit(
                    resource=resource,
                    finding=f"it needs something of {other}, which needs something of {resource.stack}",
                    fix="move one of the two to the other stack",
                )


@relation("Create access entries; Create self-managed Amazon Linux nodes, Amazon EKS User Guide")
def self_managed_nodes_wait_for_their_access_entry(graph: Graph) -> Iterator[Misfit]:
    """A node that the cluster does not know when it starts is refused, and joins late or never."""
    for nodes in self_managed_nodes(graph):
        for entry in graph.of_type("AWS::EKS::AccessEntry"):
            if nodes.role is not None and graph.find(entry.get("PrincipalArn")) == nodes.role:
                yield from late(graph, entry, nodes.group, "its nodes cannot join until then")


@relation("DependsOn attribute: implicit dependencies; CreateAccessEntry, CreateAddon, CreateNodegroup")
def members_wait_for_their_cluster(graph: Graph) -> Iterator[Misfit]:
    """A cluster that is named and not referred to is not there yet, and the member is refused."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        for member in graph.of_type(
            *("AWS::EKS::Nodegroup", "AWS::EKS::Addon", "AWS::EKS::FargateProfile", "AWS::EKS::AccessEntry"),
            "AWS::EKS::PodIdentityAssociation",
        ):
            if member.get("ClusterName") == cluster.get("Name"):
                yield from late(graph, cluster, member, "it is named, and nothing refers to it")
