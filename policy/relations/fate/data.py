"""What is kept and what goes agrees across everything that depends on it."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_DATA = (
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::ECR::Repository",
    "AWS::KMS::Key",
    "AWS::SQS::Queue",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::FSx::StorageVirtualMachine",
    "AWS::FSx::Volume",
    "AWS::Backup::BackupVault",
)

# Messages that are kept for no longer are notices of the moment, which nobody would read after an environment is gone.
_MOMENTARY_SECONDS = 3600


def _data(graph: Graph) -> list[Resource]:
    found = graph.of_type(*_DATA)
    return [each for each in found if int(each.get("MessageRetentionPeriod", 345_600)) > _MOMENTARY_SECONDS]


def kept(resource: Resource, attribute: str = "DeletionPolicy") -> bool:
    """Whether it outlives its stack."""
    return str(resource.source.get(attribute, "Delete")).startswith("Retain") or (
        resource.source.get(attribute) == "Snapshot"
    )


@relation("Deleting AWS KMS keys; DeletionPolicy attribute, AWS CloudFormation User Guide")
def key_outlives_what_it_encrypts(graph: Graph) -> Iterator[Misfit]:
    """What is kept and was encrypted with a key that is deleted can never be read again."""
    for key in graph.of_type("AWS::KMS::Key"):
        for resource in _data(graph):
            if resource != key and resource.refers_to(key) and kept(resource) and not kept(key):
                yield Misfit(
                    resource=key,
                    finding=f"{resource.logical_id} is kept, and the key that encrypts it is deleted",
                    fix="retain the key, or delete both",
                )


@relation("DeletionPolicy attribute; UpdateReplacePolicy attribute, AWS CloudFormation User Guide")
def replaced_data_has_the_fate_of_deleted_data(graph: Graph) -> Iterator[Misfit]:
    """A change that replaces the resource deletes what a deletion of the stack would keep, or the reverse."""
    for resource in _data(graph):
        if kept(resource) != kept(resource, "UpdateReplacePolicy"):
            policies = {each: resource.source.get(each, "Delete") for each in ("DeletionPolicy", "UpdateReplacePolicy")}
            finding = f"the policies are {policies}"
            yield Misfit(resource=resource, finding=finding, fix="state the same fate for both")


@relation("DeletionPolicy attribute; docs/adr/0006")
def data_of_an_environment_has_one_fate(graph: Graph) -> Iterator[Misfit]:
    """Half an environment is kept: whoever deletes it loses data, or pays on for what he believed gone."""
    data = _data(graph)
    keeping = [each for each in data if kept(each)]
    if keeping and len(keeping) < len(data):
        few = keeping if len(keeping) <= len(data) / 2 else [each for each in data if not kept(each)]
        for resource in few:
            fate, others = ("kept", "deleted") if kept(resource) else ("deleted", "kept")
            yield Misfit(
                resource=resource,
                finding=f"the resource is {fate}, and most data of the environment is {others}",
                fix="give it the fate of the others",
            )


@relation("Deletion protection, Application Load Balancers; Delete a cluster, Amazon EKS; AWS::ECR::Repository")
def protection_agrees_with_the_fate_of_data(graph: Graph) -> Iterator[Misfit]:
    """A disposable environment cannot be deleted while a resource is protected; a kept one loses what is not."""
    data = _data(graph)
    if not data:
        return
    protected = all(map(kept, data))
    disposable = not any(map(kept, data))
    for resource, states in _protections(graph):
        if (protected and not states) or (disposable and states):
            fate = "kept" if protected else "deleted with its stack"
            yield Misfit(
                resource=resource,
                finding=f"deletion protection is {'on' if states else 'off'}, but data of the environment is {fate}",
                fix=f"turn it {'on' if protected else 'off'}",
            )


def _protections(graph: Graph) -> Iterator[tuple[Resource, bool]]:
    for balancer in graph.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        attributes = balancer.pairs("LoadBalancerAttributes")
        yield balancer, attributes.get("deletion_protection.enabled") == "true"
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        yield cluster, cluster.get("DeletionProtection") is True


@relation("Deleting a private repository in Amazon ECR; AWS::ECR::Repository: EmptyOnDelete")
def repository_that_is_deleted_can_be_deleted(graph: Graph) -> Iterator[Misfit]:
    """A repository with images cannot be deleted, so deleting the stack fails; one that is kept must not be emptied."""
    for repository in graph.of_type("AWS::ECR::Repository"):
        if kept(repository) == (repository.get("EmptyOnDelete") is True):
            state = "kept" if kept(repository) else "deleted with its stack"
            finding = f"the repository is {state}, and EmptyOnDelete is {repository.get('EmptyOnDelete', False)}"
            yield Misfit(resource=repository, finding=finding, fix="empty what is deleted, and nothing that is kept")


# What a change of the resource replaces, and the name that its replacement cannot have at the same time.
_REPLACED = {
    "AWS::EKS::FargateProfile": "FargateProfileName",
    "AWS::EKS::Nodegroup": "NodegroupName",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECS::Service": "ServiceName",
}


@relation("Name type, AWS CloudFormation User Guide; update behaviors of stack resources: replacement")
def what_is_replaced_has_no_name_of_its_own(graph: Graph) -> Iterator[Misfit]:
    """CloudFormation creates the new resource before it deletes the old one, and two cannot have one name."""
    for resource_type, key in _REPLACED.items():
        for resource in graph.of_type(resource_type):
            if resource.get(key):
                finding = f"{key} is {resource.get(key)}, and many changes replace the resource"
                yield Misfit(resource=resource, finding=finding, fix=f"leave {key} out")


_NAMES = {
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::S3::Bucket": "BucketName",
}


@relation("DeletionPolicy attribute: RetainExceptOnCreate, AWS CloudFormation User Guide")
def failed_creation_leaves_no_name_behind(graph: Graph) -> Iterator[Misfit]:
    """What is kept although the first deployment failed has the name that the next deployment needs."""
    for resource_type, key in _NAMES.items():
        for resource in graph.of_type(resource_type):
            if resource.get(key) and resource.source.get("DeletionPolicy") == "Retain":
                finding = f"{resource.get(key)} is kept, also if its creation is rolled back"
                yield Misfit(resource=resource, finding=finding, fix="use RetainExceptOnCreate")


@relation("Preserve data when an instance is terminated, Amazon EC2 User Guide: DeleteOnTermination")
def volumes_go_with_their_instances(graph: Graph) -> Iterator[Misfit]:
    """Each instance that is replaced leaves a volume behind, which no stack owns and somebody pays for."""
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        for mapping in template.list("LaunchTemplateData.BlockDeviceMappings"):
            if mapping.get("Ebs", {}).get("DeleteOnTermination") is False:
                finding = f"the volume {mapping.get('DeviceName')} outlives its instance"
                yield Misfit(resource=template, finding=finding, fix="set DeleteOnTermination to true")


# Besides data, what may outlive its stack: nothing depends on what the stack deletes.
_MAY_STAY = (
    *_DATA,
    "AWS::DynamoDB::Table",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::SecretsManager::Secret",
)

_RULES = ("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress")


@relation("DeletionPolicy attribute; Delete a stack, AWS CloudFormation User Guide")
def what_outlives_its_stack_is_data(graph: Graph) -> Iterator[Misfit]:
    """What is kept holds on to what the stack deletes, so deleting fails, or is broken by it."""
    held = [group for each in _file_systems(graph) if kept(each) for group in _groups(graph, each)]
    for resource in graph.resources:
        is_held = resource in held or (resource.type in _RULES and graph.find(resource.get("GroupId")) in held)
        if kept(resource) and resource.type not in _MAY_STAY and not is_held:
            finding = f"the resource is kept ({resource.source.get('DeletionPolicy')}), and what it needs is deleted"
            yield Misfit(resource=resource, finding=finding, fix="leave out DeletionPolicy")


@relation("Deleting a file system, Amazon FSx; Delete a security group, Amazon VPC User Guide")
def file_system_that_is_kept_keeps_its_security_groups(graph: Graph) -> Iterator[Misfit]:
    """Its network interfaces are in the security group, so AWS refuses to delete the group, and with it the stack."""
    for resource in _file_systems(graph):
        for group in _groups(graph, resource):
            if kept(resource) and not kept(group):
                yield Misfit(
                    resource=group,
                    finding=f"{resource.logical_id} is kept, and its security group is deleted",
                    fix="give the security group the fate of the file system",
                )


def _file_systems(graph: Graph) -> list[Resource]:
    """Those whose network interfaces are no resources of their own, as mount targets of Amazon EFS are."""
    return graph.of_type("AWS::FSx::FileSystem")


def _groups(graph: Graph, file_system: Resource) -> list[Resource]:
    found = (graph.find(each) for each in file_system.list("SecurityGroupIds"))
    return [group for group in found if group is not None]
