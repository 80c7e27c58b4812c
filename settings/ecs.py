"""The ECS cluster of an environment: the options of its constructs, and what only a file can say (ARNs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.ecs.any_capacity_options import AnyCapacityOptions
from reference_constructs.ecs.container_options import ContainerName, ContainerOptions, EnvironmentVariableName
from reference_constructs.ecs.existing_cluster_options import ExistingClusterOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from reference_constructs.ecs.queue_worker_options import QueueWorkerOptions
from reference_constructs.ecs.run_task_options import RunTaskOptions
from reference_constructs.ecs.scheduled_task_options import ScheduledTaskOptions
from reference_constructs.ecs.service_connect_options import NamespaceOptions, ReachableSecurityGroupOptions
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.standalone_task_options import StandaloneTaskOptions
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.ecs.volume_options import RunTaskVolumeOptions, VolumeName
from reference_constructs.ecs.vpc_lattice_options import VpcLatticeOptions
from reference_constructs.edge.cloudfront_options import CloudFrontOptions
from reference_constructs.edge.existing_load_balancer_options import ExistingLoadBalancerOptions
from reference_constructs.edge.load_balancer_options import LoadBalancerOptions
from reference_constructs.edge.network_load_balancer_options import NetworkLoadBalancerOptions
from reference_constructs.observability.alarm_topic_options import AlarmTopicOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import CertificateArn, KeyArn, ResourceName
from settings.problems import KeyPath
from settings.value_types import SecretArn, TopicArn


class HostedZoneSettings(Options):
    """Public hosted zone in Amazon Route 53."""

    hosted_zone_id: Annotated[
        str,
        Field(
            pattern=r"^Z[A-Z0-9]{1,31}$",
            examples=["Z0123456789ABCDEFGHIJ"],
            json_schema_extra=in_words("ID of a hosted zone: `Z`, then up to 31 uppercase letters and digits"),
        ),
    ]
    """ID of the hosted zone. The domain must be delegated to this hosted zone; otherwise, the validation of the
    certificate fails after several hours."""

    zone_name: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9-]+\.)+[a-z]{2,}$",
            examples=["example.com"],
            json_schema_extra=in_words("domain name in lowercase, without a trailing dot"),
        ),
    ]
    """Domain name of the hosted zone."""


class CloudFrontSettings(CloudFrontOptions):
    """Amazon CloudFront distribution in front of the load balancer, which it reaches by a VPC origin."""

    hosted_zone: HostedZoneSettings | None = None
    """Public hosted zone in which to create alias records for the `aliases`."""


class LoadBalancerSettings(LoadBalancerOptions):
    """Application Load Balancer that the services of the cluster share."""

    certificate_arn: CertificateArn | None = None
    """ARN of an existing certificate in AWS Certificate Manager for the HTTPS listener."""

    additional_certificate_arns: tuple[CertificateArn, ...] = ()
    """ARNs of further certificates for the HTTPS listener, for clients that ask for another name (SNI)."""

    hosted_zone: HostedZoneSettings | None = None
    """Public hosted zone in which to create an alias record for `record_name` and to validate a new certificate for the
    HTTPS listener."""

    # Restated, for it would be that of the base class.
    cloudfront: CloudFrontSettings | None = None
    """Amazon CloudFront distribution in front of the load balancer, which must be internal. It is deployed as a
    separate stack. With `null`, there is none."""

    existing: ExistingLoadBalancerOptions | None = None
    """Load balancer that exists, in place of a new one. Then the other keys of the load balancer are not used, apart
    from `identity_providers`."""


class ContainerSettings(ContainerOptions):
    """Container of a task. By default, it does not run as root, and its root file system is read-only."""

    secrets: dict[EnvironmentVariableName, SecretArn] = {}
    """Environment variables whose values are stored in AWS Secrets Manager or SSM Parameter Store, by full ARN. To use
    one key of a JSON secret, append it to the ARN: `arn:...:secret:shop/db-AbCdEf:password::`. A version is the stage
    or the ID after that: `arn:...:secret:shop/db-AbCdEf:password:AWSPREVIOUS:`. Without one, it is `AWSCURRENT`."""


class TaskSettings(TaskOptions):
    """ECS task, with secrets by ARN."""

    containers: Annotated[Mapping[ContainerName, ContainerSettings], Field(min_length=1, max_length=10)]
    """Containers of the task, by name."""

    secrets_kms_key_arns: tuple[KeyArn, ...] = ()
    """ARNs of the customer managed keys that encrypt the `secrets`. Secrets that are encrypted with an AWS managed key
    require no entry."""


class ServiceSettings(TaskSettings, ServiceOptions):
    """ECS service. Each service is deployed as a separate stack."""


class RunTaskSettings(TaskSettings, RunTaskOptions):
    """ECS task that is run, and not kept running, with secrets by ARN."""

    # Restated, for it would be that of the first base class.
    volumes: Mapping[VolumeName, RunTaskVolumeOptions] = {}
    """Volumes of the task, by name. Containers refer to them in `mounts`. Amazon EBS volumes are for services: Amazon
    EventBridge Scheduler cannot ask for them."""


class ScheduledTaskSettings(RunTaskSettings, ScheduledTaskOptions):
    """ECS task that Amazon EventBridge Scheduler runs. Each scheduled task is deployed as a separate stack."""


class StandaloneTaskSettings(RunTaskSettings, StandaloneTaskOptions):
    """ECS task that runs when it is told to, by `make run-task`. Each one is deployed as a separate stack."""


class QueueWorkerSettings(TaskSettings, QueueWorkerOptions):
    """ECS service that works on the messages of an Amazon SQS queue. Each queue worker is deployed as a separate stack.

    Its containers get the URL of the queue in the environment variable `QUEUE_URL`.
    """


class AlarmSettings(AlarmTopicOptions):
    """Notifications of the CloudWatch alarms."""

    topic: Literal["create", "none"] | TopicArn = "create"
    """Amazon SNS topic that the alarms notify: `create` creates a topic, `none` turns notifications off, and an ARN
    uses an existing topic."""


TASK_KINDS: Final = ("services", "scheduled_tasks", "standalone_tasks", "queue_workers")
"""The keys of `EcsSettings` that hold tasks by name, of one kind each."""


class EcsSettings(Options):
    """ECS cluster with its EC2 capacity, load balancer, alarms, and tasks. Fargate capacity is always available."""

    existing_cluster: ExistingClusterOptions | None = None
    """ECS cluster that exists, in place of a new one. Then `capacity` is not used: a cluster has one list of capacity
    providers, and a deployment that adds to it would remove those of others."""

    capacity: dict[ResourceName, AnyCapacityOptions] = {}
    """EC2 capacity, by name. Each entry is a capacity provider, which services refer to by this name, with an Auto
    Scaling group or with Amazon ECS Managed Instances (docs/capacity.md)."""

    awsvpc_trunking: bool = False
    """Whether the account setting `awsvpcTrunking` is on for the role of the instances, so that more tasks have a
    network interface on an instance of most types. CloudFormation cannot turn it on (docs/capacity.md); the key only
    says that it is, for the checks of `max_size`."""

    encrypt_fargate_storage: bool = False
    """Whether the customer managed key of the cluster encrypts the ephemeral storage of tasks on Fargate
    (`ManagedStorageConfiguration`). AWS encrypts it with a key of its own otherwise. Tasks that run keep theirs."""

    load_balancer: LoadBalancerSettings | None = None
    """Application Load Balancer that the services share. With `null`, there is none; services with `routing` require
    one."""

    load_balancers: dict[ResourceName, LoadBalancerSettings] = {}
    """Further Application Load Balancers, by name, to which `load_balancer` of a routing refers, such as an internal
    one beside a public one."""

    network_load_balancers: dict[ResourceName, NetworkLoadBalancerOptions] = {}
    """Network Load Balancers for TCP, UDP, and TLS, by name, to which `network_routings` of services refer."""

    alarms: AlarmSettings = AlarmSettings()
    """Notifications of the CloudWatch alarms."""

    guardduty_runtime_monitoring: bool = False
    """Whether GuardDuty Runtime Monitoring watches the tasks on Fargate. With `true`, each task execution role can pull
    the GuardDuty agent, which GuardDuty adds to the task as a container, together with a VPC endpoint. Runtime
    Monitoring itself is turned on in GuardDuty, for the account or the organization."""

    namespace: NamespaceOptions | None = None
    """Namespace in which services have their names, for Service Connect and service discovery. With `null`, there is
    none."""

    vpc_lattice: VpcLatticeOptions | None = None
    """Service network of Amazon VPC Lattice, in which services can be reached from other VPCs and accounts. With
    `null`, there is none."""

    reachable_security_groups: dict[ResourceName, ReachableSecurityGroupOptions] = {}
    """Security groups that exist, such as that of a database, each with the services that may reach it."""

    services: dict[ResourceName, ServiceSettings] = {}
    """ECS services, by name. Each service is deployed as a separate stack."""

    scheduled_tasks: dict[ResourceName, ScheduledTaskSettings] = {}
    """Tasks that run on a schedule, by name. Each scheduled task is deployed as a separate stack."""

    standalone_tasks: dict[ResourceName, StandaloneTaskSettings] = {}
    """Tasks that run when they are told to, by name: `make run-task TASK=<name>`. Each standalone task is deployed as a
    separate stack."""

    queue_workers: dict[ResourceName, QueueWorkerSettings] = {}
    """Services that work on the messages of a queue, by name. Each queue worker is deployed as a separate stack."""

    @property
    def capacity_provider_names(self) -> tuple[str, ...]:
        """What tasks can name in their strategies, besides Fargate."""
        return tuple(self.capacity if self.existing_cluster is None else self.existing_cluster.capacity_providers)

    @property
    def callers(self) -> dict[str, str]:
        """What services and other security groups admit, each once, and what it is: `service`, `queue worker`."""
        admitted = {caller for each in self.services.values() for caller in each.reachable_from}
        admitted |= {caller for each in self.reachable_security_groups.values() for caller in each.reachable_from}
        kinds = {str(path[-1]): str(path[-2]) for path, _ in self.tasks()}
        return {name: kind.replace("_", " ").removesuffix("s") for name, kind in kinds.items() if name in admitted}

    @property
    def has_connections(self) -> bool:
        """Whether anything must be made that ties services: a namespace, a service network, a security group."""
        namespace, lattice = self.namespace, self.vpc_lattice
        new_namespace = namespace is not None and namespace.namespace_arn is None
        new_network = lattice is not None and (lattice.associate_vpc or lattice.service_network_arn is None)
        return bool(self.callers) or new_namespace or new_network

    def runs_on_managed_instances(self, task: TaskOptions) -> bool:
        """Whether a task names capacity of Amazon ECS Managed Instances; its strategy has one kind alone.

        Args:
            task: Of this cluster.
        """
        named = (self.capacity.get(item.capacity_provider) for item in task.capacity_provider_strategy)
        return any(isinstance(each, ManagedInstancesOptions) for each in named)

    def tasks(self) -> Iterator[tuple[KeyPath, TaskSettings]]:
        """Every task and its place in the file, whatever runs it."""
        for kind in TASK_KINDS:
            tasks: Mapping[str, TaskSettings] = getattr(self, kind)
            for name, task in tasks.items():
                yield ("ecs", kind, name), task

    def private_tasks(self) -> Iterator[tuple[KeyPath, TaskSettings]]:
        """The tasks without public addresses, which have only the way to the internet of the private subnets."""
        return ((path, task) for path, task in self.tasks() if not task.assign_public_ip)

    @property
    def has_public_tasks_only(self) -> bool:
        """Whether there are tasks, all with public addresses."""
        return any(self.tasks()) and not any(self.private_tasks())
