"""Services and standalone tasks of an environment file from the services of a Compose file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from settings.ecs import EcsSettings
from tools.workload_import.block import Block
from tools.workload_import.capacity import gpu_capacity, most_gpus
from tools.workload_import.compose_container import ContainerReader
from tools.workload_import.compose_file import ComposeFile
from tools.workload_import.compose_gpus import reserves_gpus
from tools.workload_import.compose_groups import Group, groups
from tools.workload_import.compose_keys import DECIDE, NOT_CARRIED, OF_DEPLOY, OF_THE_FILE, WITHOUT_MEANING
from tools.workload_import.compose_sizes import architecture, count, ignore_count, task_size
from tools.workload_import.compose_storage import Storage, file_systems, files, users_of_volumes, volumes_of_the_file
from tools.workload_import.ledger import Ledger, Node
from tools.workload_import.names import container_name, resource_name

OFFERED: Final = tuple(EcsSettings.model_fields)
_CONDITIONS: Final = {
    "service_started": "START",
    "service_healthy": "HEALTHY",
    "service_completed_successfully": "SUCCESS",
}
_LOCAL_LOGS: Final = ("json-file", "local", "none", "journald", "syslog")
_RESTARTS: Final = ("always", "unless-stopped", "any")
_NEVER: Final = "it runs once: a service would start it again and again, and standalone tasks are not offered"


def from_compose(path: Path) -> tuple[Block, Ledger]:
    """The block of an environment file, and what became of every value of the Compose file.

    Args:
        path: The Compose file.

    Raises:
        UnusableFileError: If nothing can be imported from it.
    """
    file = ComposeFile.read(path)
    ledger = Ledger(file.data, file.line)
    block = Block()
    services = ledger.root.child("services")
    if services is not None:
        names, users = [each.name for each in services.children()], users_of_volumes(services)
        systems = file_systems(ledger.root)
        for group in groups(services):
            _add(block, group, path.parent, others=names, storage=Storage(users, systems))
    for key, reason in OF_THE_FILE.items():
        if (node := ledger.root.child(key)) is not None:
            node.ignore(reason)
    volumes_of_the_file(ledger.root, file_systems(ledger.root))
    for node in ledger.root.children():
        if node.name.startswith("x-"):
            node.ignore("it is an extension; what refers to it by an alias is read there")
        elif node.name == "include":
            node.decide("other files are not read: import what `docker compose config` prints")
    return block, ledger


def _add(block: Block, group: Group, folder: Path, *, others: Sequence[str], storage: Storage) -> None:
    members = [each.name for each in group.services]
    kind = "standalone_tasks" if group.runs_once else "services"
    if kind not in OFFERED:
        for service in group.services:
            service.decide(_NEVER)
        return
    names: dict[str, str] = {}
    for each in members:
        names[each] = container_name(each, names.values())
    made: dict[str, dict[str, object]] = {}
    is_on_instances = any(reserves_gpus(each) for each in group.services)
    for service in group.services:
        neighbors = [each for each in others if each not in members]
        reader = ContainerReader(service, folder, neighbors, block.repositories, is_on_instances)
        container = reader.container()
        container |= dict(_dependencies(service, names))
        container |= dict(storage.mounts(service))
        files(service)
        _settle_the_rest(service)
        made[names[service.name]] = container
    task: dict[str, object] = dict(architecture(group))
    if number := most_gpus(made):
        task = {**gpu_capacity(block, number), "architecture": "x86_64", **task}
    task |= dict(task_size(group))
    task |= dict(storage.volumes(made))
    if group.runs_once:
        for service in group.services:
            ignore_count(service)
    else:
        task |= dict(count(group.services[0]))
    block.add(kind, resource_name(group.name, block.names(kind)), {**task, "containers": made}, source=members)


def _dependencies(service: Node, names: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    """Order within the task; between tasks, there is none."""
    node = service.child("depends_on")
    found: list[dict[str, str]] = []
    for each in node.children() if node else ():
        name = each.name if node is not None and node.is_mapping else str(each.peek())
        if name not in names or name == service.name:
            each.drop("services start in no order: the program has to try again until the other one answers")
            continue
        condition = each.child("condition")
        stated = str(condition.peek()) if condition else "service_started"
        if not each.is_mapping:
            each.carry()
        for child in each.children():
            if child.name == "condition":
                child.carry()
            elif child.name in ("restart", "required"):
                child.ignore("the containers of a task start and stop together")
        found.append({"container": names[name], "condition": _CONDITIONS.get(stated, "START")})
    if found:
        yield "depends_on", found


def _settle_the_rest(service: Node) -> None:
    _networks(service)
    for key, reason in WITHOUT_MEANING.items():
        if (node := service.child(key)) is not None:
            _unless_settled(node, "without_meaning", reason)
    for key, reason in NOT_CARRIED.items():
        if (node := service.child(key)) is not None:
            _unless_settled(node, "not_carried", reason)
    for key, reason in DECIDE.items():
        node = service.child(key)
        if node is None or node.ledger.is_settled(node):
            continue
        if node.peek() is not False:
            node.decide(reason)
        else:
            node.ignore("false is the default")
    _restart(service)
    _deploy(service)
    if (node := service.child("logging")) is not None:
        driver = node.child("driver")
        if driver is None or driver.peek() in _LOCAL_LOGS or driver.peek() == "awslogs":
            node.ignore("what containers write to their output goes to Amazon CloudWatch Logs")
        else:
            node.drop("logs go to Amazon CloudWatch Logs, unless log_router sends them elsewhere: state it")
    if (node := service.child("profiles")) is not None:
        node.decide("it is only for some profiles, and is printed all the same: remove it if it is not needed")
    if (node := service.child("extends")) is not None:
        node.ignore("what it extends is read as its own")
        extended = node.child("file")
        if extended is not None and not service.child("image") and not service.child("build"):
            extended.decide("the file is not beside this one: import what `docker compose config` prints")


def _unless_settled(node: Node, fate: str, reason: str) -> None:
    """The value as a whole, if nothing of it was carried or decided."""
    if not node.ledger.is_settled(node):
        (node.ignore if fate == "without_meaning" else node.drop)(reason)


def _networks(service: Node) -> None:
    node = service.child("network_mode")
    if node is not None:
        mode = str(node.peek())
        if mode.startswith("service:"):
            node.carry()
        elif mode in ("bridge", "default"):
            node.ignore("each task has a network interface of its own")
        else:
            node.decide(f"{mode} is not offered: each task has a network interface of its own, in the VPC")
    node = service.child("volumes_from")
    if node is not None:
        node.decide("the services are one task; a volume that both use has to be stated")
    for key in ("pid", "ipc"):
        node = service.child(key)
        if node is not None and str(node.peek()).startswith("service:"):
            node.decide("the services are one task; that their containers see each other's processes is not offered")
    networks = service.child("networks")
    for each in networks.children() if networks and networks.is_mapping else ():
        each.ignore(WITHOUT_MEANING["networks"])
        if (aliases := each.child("aliases")) is not None:
            aliases.drop(NOT_CARRIED["links"])
        for key in ("ipv4_address", "ipv6_address", "link_local_ips"):
            if (address := each.child(key)) is not None:
                address.drop("the VPC gives tasks their addresses")


def _restart(service: Node) -> None:
    node = service.child("restart")
    if node is not None:
        if str(node.peek()) in _RESTARTS:
            node.ignore("a service starts a task for each one that has stopped")
        else:
            node.ignore("a service starts a task for each one that has stopped, and a standalone task runs once")


def _deploy(service: Node) -> None:
    deploy = service.child("deploy")
    if deploy is None:
        return
    for key, reason in OF_DEPLOY.items():
        if (node := deploy.child(key)) is not None:
            (node.ignore if key != "placement" else node.drop)(reason)
    if (node := deploy.child("mode")) is not None:
        if node.peek() == "global":
            node.decide("a task on each machine is no service on Fargate: state desired_count")
        else:
            node.ignore("replicated is what a service is, and a job is a standalone task")
    if (node := deploy.child("restart_policy")) is not None:
        node.ignore("a service starts a task for each one that has stopped")
    resources = deploy.child("resources")
    for each in resources.children() if resources else ():
        if (devices := each.child("devices")) is not None:
            _unless_settled(devices, "not_carried", NOT_CARRIED["reserved_devices"])
        if (pids := each.child("pids")) is not None:
            pids.drop(NOT_CARRIED["pids_limit"])
