"""Which VPC endpoints the features of an environment take, and which it has.

One definition for `interface_endpoints: derived`, for the rules that name what is missing from a list, and for the
stacks. What each feature takes is data: `facts/endpoint_needs.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, cast

from facts.endpoint_needs import Table, endpoint_needs
from facts.vpc_endpoints import GATEWAY_ENDPOINTS, endpoint_of, is_called_at_an_endpoint
from reference_constructs.ecs.volume_options import FsxWindowsVolumeOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from reference_constructs.network.added_endpoint_options import AddedEndpointOptions
from reference_constructs.network.vpc_options import InterfaceEndpoint, VpcOptions, VpcPlanOptions
from reference_constructs.security.policy_statement_options import PolicyStatementOptions
from settings.ecs import QueueWorkerSettings, TaskSettings
from settings.eks import EksSettings
from settings.environment import Environment
from settings.policies import CAPABILITIES, policies
from settings.problems import KeyPath

Part = Literal["images_and_logs", "ecs_instances", "secrets_and_exec", "applications", "eks"]
"""The parts of an environment that need endpoints, as the rules tell them apart."""

PARTS: Final[tuple[Part, ...]] = ("images_and_logs", "ecs_instances", "secrets_and_exec", "applications", "eks")


def needed_endpoints(environment: Environment, part: Part) -> Mapping[str, str]:
    """The interface endpoints that a part of the environment takes, each with what takes it.

    Args:
        environment: The environment.
        part: The part.
    """
    needs: dict[str, str] = {}
    for table, name in _NEEDS[part](environment):
        if (row := endpoint_needs(table).get(name)) is not None:
            needs = dict.fromkeys(row.endpoints, row.about) | needs
    if part == "applications":
        for path, _, action, condition_keys in called_actions(environment):
            endpoint = endpoint_of(action, condition_keys)
            if endpoint is not None and endpoint not in GATEWAY_ENDPOINTS:
                needs[endpoint] = f"{action} of {path[-1]}"
    return needs


def interface_endpoints(environment: Environment) -> tuple[InterfaceEndpoint, ...]:
    """The interface endpoints that the VPC has: those that exist, and those that are created."""
    return (*_existing(environment).interface_endpoints, *created_interface_endpoints(environment))


def created_interface_endpoints(environment: Environment) -> tuple[InterfaceEndpoint, ...]:
    """The interface endpoints to create: those that are listed, or those that are derived and not there yet."""
    stated = environment.network.interface_endpoints
    if stated != "derived":
        return stated
    needed = {endpoint for part in PARTS for endpoint in needed_endpoints(environment, part)}
    # The table has endpoints that the options can have only; a test compares them.
    missing = sorted(needed - {*_existing(environment).interface_endpoints})
    return cast("tuple[InterfaceEndpoint, ...]", tuple(missing))


def gateway_endpoints(environment: Environment) -> tuple[str, ...]:
    """The gateway endpoints that the VPC has."""
    return (*_existing(environment).gateway_endpoints, *environment.network.gateway_endpoints)


def _existing(environment: Environment) -> AddedEndpointOptions:
    """The endpoints that are there before any is created; the one for Amazon S3 comes with each new VPC."""
    existing = environment.network.existing
    if existing is None:
        return AddedEndpointOptions(gateway_endpoints=("s3",))
    return AddedEndpointOptions(
        interface_endpoints=existing.interface_endpoints, gateway_endpoints=existing.gateway_endpoints
    )


def added_endpoint_options(environment: Environment) -> AddedEndpointOptions | None:
    """The endpoints to add to a VPC that exists; None if there are none."""
    network = environment.network
    interfaces = created_interface_endpoints(environment)
    if network.existing is None or not (interfaces or network.gateway_endpoints):
        return None
    return AddedEndpointOptions(
        interface_endpoints=interfaces,
        gateway_endpoints=network.gateway_endpoints,
        endpoint_account_ids=network.endpoint_account_ids,
        route_table_ids=network.existing.route_table_ids,
    )


def vpc_options(environment: Environment) -> VpcOptions:
    """The options of the VPC, with the interface endpoints as a plain list."""
    plan = {name: getattr(environment.network, name) for name in VpcPlanOptions.model_fields}
    return VpcOptions(**plan, interface_endpoints=created_interface_endpoints(environment))


def actions_without_endpoint(environment: Environment, task: TaskSettings) -> list[str]:
    """What the role of a task may do, and no NAT gateway and no endpoint of the templates leads to.

    The file is warned of it.
    """
    if task.assign_public_ip or environment.network.existing is not None or not environment.network.without_internet:
        return []
    present = {*interface_endpoints(environment), *gateway_endpoints(environment)}
    return [
        action
        for _, action, condition_keys in _called_by("task_role_statements", task.task_role_statements)
        if (endpoint := endpoint_of(action, condition_keys)) is not None and endpoint not in present
    ]


def called_actions(environment: Environment) -> Iterator[tuple[KeyPath, KeyPath, str, list[str]]]:
    """Path of what calls AWS, place of an action in it, the action, and the condition keys of its statement.

    Without actions that are called at no endpoint of AWS, without capabilities, which AWS runs outside of the VPC, and
    without tasks with public addresses.
    """
    public = [path for path, task in environment.ecs.tasks() if task.assign_public_ip] if environment.ecs else []
    for (*path, key), statements in policies(environment):
        if tuple(path[:-1]) != CAPABILITIES and tuple(path) not in public:
            for place, action, condition_keys in _called_by(key, statements):
                yield tuple(path), place, action, condition_keys


def _called_by(
    key: str | int, statements: Sequence[PolicyStatementOptions]
) -> Iterator[tuple[KeyPath, str, list[str]]]:
    for number, statement in enumerate(statements):
        condition_keys = [key for by_key in statement.conditions.values() for key in by_key]
        for index, action in enumerate(statement.actions):
            if is_called_at_an_endpoint(action, condition_keys):
                yield (key, number, "actions", index), action, condition_keys


def _images_and_logs(environment: Environment) -> Iterator[tuple[Table, str]]:
    ecs, eks = environment.ecs, environment.eks
    if eks is not None or (ecs is not None and (ecs.capacity or not ecs.has_public_tasks_only)):
        yield "features", "images"
    if environment.ecs is not None and any(environment.ecs.private_tasks()):
        yield "features", "task_logs"
    if environment.eks is not None and environment.eks.fargate_pod_logs:
        yield "features", "pod_logs"


def _ecs_instances(environment: Environment) -> Iterator[tuple[Table, str]]:
    if environment.ecs is not None and environment.ecs.capacity:
        yield "features", "ecs_instances"


def _secrets_and_exec(environment: Environment) -> Iterator[tuple[Table, str]]:
    tasks = [task for _, task in environment.ecs.private_tasks()] if environment.ecs else []
    arns = [arn for task in tasks for container in task.containers.values() for arn in container.secrets.values()]
    credentials = any(
        container.repository_credentials_arn is not None for task in tasks for container in task.containers.values()
    )
    mounts_fsx = any(isinstance(volume, FsxWindowsVolumeOptions) for task in tasks for volume in task.volumes.values())
    if credentials or mounts_fsx or any(":secretsmanager:" in arn for arn in arns):
        yield "features", "secrets"
    if mounts_fsx:
        yield "features", "fsx_volumes"
    if any(":ssm:" in arn for arn in arns):
        yield "features", "parameters"
    if any(task.execute_command for task in tasks):
        yield "features", "ecs_exec"
    if any(isinstance(task, QueueWorkerSettings) for task in tasks):
        yield "features", "queue_worker"
    yield from _sidecars(tasks)


def _sidecars(tasks: Sequence[TaskSettings]) -> Iterator[tuple[Table, str]]:
    routers = [task.log_router for task in tasks if task.log_router is not None]
    if any(router.destination.kind == "firehose" for router in routers):
        yield "features", "log_router"
    collectors = [task.sidecars.collector for task in tasks if task.sidecars.collector is not None]
    if any(collector.configuration_parameter_arn is None for collector in collectors):
        yield "features", "collector"
    if any(collector.configuration_parameter_arn is not None for collector in collectors):
        yield "features", "parameters"
    if any(task.sidecars.cloudwatch_agent is not None for task in tasks):
        yield "features", "cloudwatch_agent"


def _of_eks(environment: Environment) -> Iterator[tuple[Table, str]]:
    if environment.eks is not None:
        yield from _of_nodes(environment.eks)
        yield from (("add_ons", row.name) for row in environment.eks.installed_add_ons(environment.eks.nodes.values()))


def _of_nodes(eks: EksSettings) -> Iterator[tuple[Table, str]]:
    nodes = list(eks.nodes.values())
    # To ask for the kind first ends a rule at nodes of an unknown one (`settings/unknown.py`).
    yield from (("kinds", node.kind) for node in nodes)
    if any(isinstance(node, InstanceNodeOptions) for node in nodes):
        yield "features", "nodes"
    if eks.outpost is not None:
        yield "features", "local_cluster"
    if eks.outpost is None and any("pod_identity" in node.capabilities for node in nodes):
        yield "features", "pod_identity"
    if any(identity.credentials_with(nodes) == "irsa" for identity in eks.pod_identities.values()):
        yield "features", "service_account_roles"
    only_way_in = eks.endpoint.access == "private" and not eks.endpoint.private_access_cidrs
    if only_way_in and any("session_manager" in node.capabilities for node in nodes):
        yield "features", "session_manager"


def _nothing(_: Environment) -> Iterator[tuple[Table, str]]:
    yield from ()


_NEEDS: Final = {
    "images_and_logs": _images_and_logs,
    "ecs_instances": _ecs_instances,
    "secrets_and_exec": _secrets_and_exec,
    "applications": _nothing,
    "eks": _of_eks,
}
