"""One container of a task definition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from pydantic import TypeAdapter, ValidationError

from settings.value_types import SecretArn
from tools.workload_import.images import image_with_its_registry
from tools.workload_import.ledger import Node
from tools.workload_import.target import accepts
from tools.workload_import.task_container_runtime import gpus, linux, mounts, named, of_amazon_ecs
from tools.workload_import.task_definition_keys import (
    OF_A_CONTAINER,
    OF_A_CONTAINER_WITHOUT_MEANING,
)
from tools.workload_import.variables import variable, words

_ARN: Final[TypeAdapter[str]] = TypeAdapter(SecretArn)
_FULL_ARN: Final = (
    "secrets are named by their full ARN here, with the six random characters at the end: look it up, and put it below "
    "secrets"
)
_HEALTH: Final = {
    "interval": ("interval_seconds", 30),
    "timeout": ("timeout_seconds", 5),
    "retries": ("retries", 3),
    "startPeriod": ("start_period_seconds", 0),
}


def container(
    node: Node, names: Mapping[str, str], volumes: Collection[str], *, router: str = "", is_on_instances: bool = False
) -> dict[str, object]:
    """The container, with the keys that can be carried.

    Args:
        node: The container definition.
        names: Names of the containers of the task here, by those there.
        volumes: Names of the volumes that are carried over.
        router: Name of the container that is the log router of the task.
        is_on_instances: Whether the task runs on EC2 instances, which have more than Fargate.
    """
    parts = (
        _image(node),
        _ports(node),
        _words(node, "entryPoint", "entry_point"),
        _words(node, "command", "command"),
        _environment(node),
        _secrets(node),
        _values(node),
        linux(node, is_on_instances=is_on_instances),
        gpus(node),
        _dependencies(node, names, router),
        _health_check(node),
        mounts(node, volumes),
        of_amazon_ecs(node),
    )
    found = {key: value for part in parts for key, value in part}
    _settle_the_rest(node)
    return found


def _image(node: Node) -> Iterator[tuple[str, object]]:
    if (image := node.child("image")) is not None:
        yield "image", image_with_its_registry(str(image.carry()))


def _ports(node: Node) -> Iterator[tuple[str, object]]:
    mappings = node.child("portMappings")
    first: object = None
    others: dict[str, object] = {}
    ranges: list[dict[str, object]] = []
    for each in mappings.children() if mappings else ():
        port, protocol = each.child("containerPort"), each.child("protocol")
        kind = str(protocol.peek()) if protocol else "tcp"
        if port is None:
            if (stated := _range(each)) is not None:
                ranges.append(stated)
            else:
                each.drop("this is no range of ports; state the port that requests go to")
            continue
        number = port.carry()
        if protocol is not None:
            protocol.carry()
        for key, reason in {
            "hostPort": "each task has an address of its own, so there is no port of a host",
            "name": "it is for Service Connect, which is to come",
            "appProtocol": "it is for Service Connect, which is to come",
        }.items():
            if (child := each.child(key)) is not None:
                child.ignore(reason)
        if first is None and kind == "tcp":
            first = number
        else:
            others[f"port-{number}" + ("" if kind == "tcp" else f"-{kind}")] = {"port": number, "protocol": kind}
    if first is not None:
        yield "port", first
    if others:
        yield "additional_ports", others
    if ranges:
        yield "port_ranges", ranges


def _range(mapping: Node) -> dict[str, object] | None:
    stated, protocol = mapping.child("containerPortRange"), mapping.child("protocol")
    first, _, last = str(stated.peek()).partition("-") if stated else ("", "", "")
    if stated is None or not (first.isdigit() and last.isdigit()):
        return None
    made: dict[str, object] = {"first_port": int(first), "last_port": int(last)}
    made |= {"protocol": protocol.peek()} if protocol else {}
    if not accepts("port_ranges", [made]):
        return None
    for child in mapping.children():
        if child.name in ("containerPortRange", "protocol"):
            child.carry()
        else:
            child.ignore("each task has an address of its own, so there is no port of a host")
    return made


def _words(node: Node, key: str, name: str) -> Iterator[tuple[str, object]]:
    child = node.child(key)
    if child is not None and child.is_list and child.is_flat:
        found = words(child, [str(each.peek()) for each in child.children()])
        if found is not None:
            yield name, found


def _environment(node: Node) -> Iterator[tuple[str, object]]:
    found = {}
    environment = node.child("environment")
    for each in environment.children() if environment else ():
        name, value = each.child("name"), each.child("value")
        if name is None:
            continue
        text = variable(value or name, str(name.peek()), value.peek() if value else "")
        if text is not None:
            name.carry()
            found[str(name.peek())] = text
        else:
            name.ignore("it is the name of the variable")
    if found:
        yield "environment", found


def _secrets(node: Node) -> Iterator[tuple[str, object]]:
    found = {}
    secrets = node.child("secrets")
    for each in secrets.children() if secrets else ():
        name, source = each.child("name"), each.child("valueFrom")
        if name is None or source is None:
            continue
        try:
            found[str(name.peek())] = _ARN.validate_python(source.peek())
        except ValidationError:
            each.decide(_FULL_ARN, str(name.peek()))
            continue
        name.carry()
        source.carry()
    if found:
        yield "secrets", found


def _values(node: Node) -> Iterator[tuple[str, object]]:
    for key, name in {
        "user": "user",
        "readonlyRootFilesystem": "read_only_root_filesystem",
        "essential": "essential",
        "stopTimeout": "stop_timeout_seconds",
        "memory": "memory_mib",
        "memoryReservation": "memory_reservation_mib",
        "workingDirectory": "working_directory",
        "startTimeout": "start_timeout_seconds",
        "dockerLabels": "labels",
        "pseudoTerminal": "pseudo_terminal",
    }.items():
        child = node.child(key)
        if child is None:
            continue
        if key == "essential" and child.peek() is True:
            child.ignore("true is the default")
        elif child.is_mapping:
            texts = {each.name: variable(each, each.name, each.peek()) for each in child.children()}
            yield name, {key: text for key, text in texts.items() if text is not None}
        elif child.is_flat and accepts(name, child.peek()):
            yield name, child.carry()
    for key in ("ulimits", "systemControls"):
        yield from named(node, key)
    cpu = node.child("cpu")
    if cpu is not None and cpu.peek() != 0:
        yield "cpu_units", cpu.carry()
    elif cpu is not None:
        cpu.ignore("the containers of a task share its cpu_units")


def _dependencies(node: Node, names: Mapping[str, str], router: str) -> Iterator[tuple[str, object]]:
    found = []
    depends_on = node.child("dependsOn")
    for each in depends_on.children() if depends_on else ():
        other, condition = each.child("containerName"), each.child("condition")
        if other is not None and other.peek() == router:
            each.ignore("Amazon ECS starts the log router first")
        elif other is not None and condition is not None and other.peek() in names:
            found.append({"container": names[str(other.carry())], "condition": condition.carry()})
    if found:
        yield "depends_on", found


def _health_check(node: Node) -> Iterator[tuple[str, object]]:
    check = node.child("healthCheck")
    command = check.child("command") if check else None
    if check is None or command is None or not command.is_flat:
        return
    stated = [str(each.peek()) for each in command.children()]
    found = words(command, stated if stated[0] in ("CMD", "CMD-SHELL") else ["CMD", *stated])
    if found is None:
        for each in check.children():
            if each.path != command.path:
                each.drop("it belongs to the command of the health check, which is not carried")
        return
    made: dict[str, object] = {"command": found}
    for key, (name, default) in _HEALTH.items():
        child = check.child(key)
        made[name] = child.carry() if child is not None else default
    yield "health_check", made


def _settle_the_rest(node: Node) -> None:
    for key, reason in OF_A_CONTAINER.items():
        child = node.child(key)
        if child is not None and not node.ledger.is_settled(child):
            (child.drop if child.peek() is not False else child.ignore)(
                reason if child.peek() is not False else "false is the default"
            )
    for key, reason in OF_A_CONTAINER_WITHOUT_MEANING.items():
        if (child := node.child(key)) is not None:
            child.ignore(reason)
    if (child := node.child("privileged")) is not None:
        if child.peek() is False:
            child.ignore("false is the default")
        else:
            child.decide(
                "it is root on the machine, which Fargate does not allow and this repository does not offer; name the "
                "Linux capabilities that the program needs below capabilities"
            )
    logs = node.child("logConfiguration")
    driver = logs.child("logDriver") if logs else None
    if logs is not None and node.ledger.is_settled(logs):
        return
    if logs is not None and driver is not None and driver.peek() == "awslogs":
        logs.ignore("what containers write to their output goes to Amazon CloudWatch Logs")
    elif logs is not None:
        logs.drop("logs go to Amazon CloudWatch Logs, unless log_router sends them elsewhere: state it")
