"""FireLens of a task definition: the container of the router becomes `log_router` of the task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tools.workload_import.ledger import EMPTY, Node
from tools.workload_import.target import accepts_of_a_task

_DRIVER: Final = "awsfirelens"
_OWN_IMAGE: Final = "log_router has an image of a version that is known to work, unless image is stated there"
_BY_ITSELF: Final = "the log router has it by itself"
_NO_KEY: Final = "log_router has no such key"
_OTHER: Final = (
    "log_router sends logs to Amazon CloudWatch Logs, Amazon S3, Amazon Data Firehose, or Amazon OpenSearch Service: "
    "state one of them, or a configuration_file_arn with an output of your own"
)
_OPTION: Final = "the destination has no such key here; configuration_file_arn names a configuration of your own"
_FLUENTD: Final = "log_router is Fluent Bit; Fluentd has to be a container of its own, to which the program logs"
_FILE: Final = "the file is in the image of the router: put it into Amazon S3, and state configuration_file_arn"
_PREFIX: Final = "log_router writes below one prefix, with keys of its own; this is the part before the first variable"
_OF_THE_GROUP: Final = "logs go to the log group of the task"
_CLOUDWATCH: Final = ("cloudwatch", "cloudwatch_logs")
_FIREHOSE: Final = ("firehose", "kinesis_firehose")
_OPENSEARCH: Final = ("es", "opensearch")
_HOST: Final = re.compile(r"(vpc|search)-(?P<domain>[a-z][a-z0-9-]{2,27})-[a-z0-9]{26}\.(?P<region>[a-z0-9-]+)\.es\..+")
# Without a meaning in the options of an output: what the destination here says, or does by itself.
_IMPLIED: Final = (
    "Name",
    "region",
    "Aws_Auth",
    "AWS_Auth",
    "aws_auth",
    "AWS_Region",
    "aws_region",
    "tls",
    "Port",
    "port",
    "Suppress_Type_Name",
    "use_put_object",
)


def log_router(task: Node, containers: Node) -> tuple[Node | None, dict[str, object]]:
    """The container of the router, and the keys of the task in its place; None if it stays a container.

    Args:
        task: The task definition.
        containers: Its containers.
    """
    router = next((each for each in containers.children() if each.child("firelensConfiguration")), None)
    if router is None:
        return None, {}
    made: dict[str, object] | None = _destination(task, containers)
    configuration = router.child("firelensConfiguration")
    kind = configuration.child("type") if configuration else None
    if kind is None or kind.peek() != "fluentbit":
        router.also_decide(_FLUENTD)
        return None, {}
    if made is None:
        router.also_decide(_OTHER)
        return None, {}
    keys: dict[str, object] = {"destination": made, **dict(_size(router)), **dict(_configuration(router))}
    if not accepts_of_a_task("log_router", keys):
        router.also_decide(_OTHER)
        return None, {}
    _carry(router, containers)
    return router, {"log_router": keys}


def _outputs(containers: Node) -> Iterator[Node]:
    for each in containers.children():
        logs = each.child("logConfiguration")
        driver = logs.child("logDriver") if logs else None
        if logs is not None and driver is not None and driver.peek() == _DRIVER:
            yield logs


def _destination(task: Node, containers: Node) -> dict[str, object] | None:
    """The one place that all containers log to; None if there are several, or one that there is not here."""
    found = [_read(task, dict(_options(each))) for each in _outputs(containers)]
    first = found[0] if found else None
    return first if all(each == first for each in found) else None


def _options(logs: Node) -> Iterator[tuple[str, str]]:
    options = logs.child("options")
    for each in options.children() if options else ():
        yield each.name.lower(), str(each.peek())


def _read(task: Node, options: Mapping[str, str]) -> dict[str, object] | None:
    name, arn = options.get("name", ""), task.child("taskDefinitionArn")
    _, partition, _, region, account, *_ = (str(arn.peek()) if arn else "arn:aws:ecs:::").split(":")
    region = options.get("region") or options.get("aws_region") or region
    where = f"arn:{partition}:{{}}:{region}:{account}:"
    if name in _CLOUDWATCH:
        return {"kind": "cloudwatch"}
    if name == "s3" and options.get("bucket"):
        prefix = re.split(r"[$%]", options.get("s3_key_format", ""))[0].strip("/")
        family = task.child("family")
        stated = prefix or (str(family.peek()) if family else "logs")
        return {"kind": "s3", "bucket_arn": f"arn:{partition}:s3:::{options['bucket']}", "prefix": stated}
    if name in _FIREHOSE and account and options.get("delivery_stream"):
        return {
            "kind": "firehose",
            "stream_arn": f"{where.format('firehose')}deliverystream/{options['delivery_stream']}",
        }
    host = _HOST.fullmatch(options.get("host", ""))
    if name in _OPENSEARCH and account and host is not None and options.get("index"):
        domain = f"arn:{partition}:es:{host['region']}:{account}:domain/{host['domain']}"
        return {"kind": "opensearch", "domain_arn": domain, "endpoint": host[0], "index": options["index"]}
    return None


def _size(router: Node) -> Iterator[tuple[str, object]]:
    for key in ("memory", "memoryReservation"):
        if (memory := router.child(key)) is not None:
            yield "memory_mib", memory.peek()
            break
    if (cpu := router.child("cpu")) is not None and cpu.peek() != 0:
        yield "cpu_units", cpu.peek()


def _configuration(router: Node) -> Iterator[tuple[str, object]]:
    options = _below(router, "firelensConfiguration", "options")
    kind, value = (options.child(key) if options else None for key in ("config-file-type", "config-file-value"))
    if kind is not None and value is not None and kind.peek() == "s3":
        yield "configuration_file_arn", value.peek()


def _carry(router: Node, containers: Node) -> None:
    sizes = ["cpu", *[key for key in ("memory", "memoryReservation") if router.child(key)][:1]]
    for each in router.children():
        if each.name in sizes:
            each.carry()
        elif each.name == "image":
            each.ignore(_OWN_IMAGE)
        elif each.name in ("essential", "user", "logConfiguration", "memoryReservation"):
            each.ignore(_BY_ITSELF)
        elif each.name == "firelensConfiguration":
            _carry_configuration(each)
        elif each.peek() in (False, 0):
            each.ignore("that is the default")
        elif each.name != "name" and each.peek() not in EMPTY:
            each.drop(_NO_KEY)
    for logs in _outputs(containers):
        _carry_output(logs)


def _carry_configuration(configuration: Node) -> None:
    if (kind := configuration.child("type")) is not None:
        kind.carry()
    options = configuration.child("options")
    is_file = any(each.peek() == "file" for each in options.children()) if options else False
    for each in options.children() if options else ():
        if each.name == "enable-ecs-log-metadata" and each.peek() == "true":
            each.ignore(_BY_ITSELF)
        elif each.name in ("config-file-type", "config-file-value"):
            each.decide(_FILE) if is_file else each.carry()
        else:
            each.drop(_NO_KEY)


def _carry_output(logs: Node) -> None:
    if (driver := logs.child("logDriver")) is not None:
        driver.ignore("all containers log to log_router")
    options = logs.child("options")
    children: Sequence[Node] = list(options.children()) if options else []
    name = next((str(each.peek()) for each in children if each.name.lower() == "name"), "")
    for each in children:
        key = each.name.lower()
        if key in ("name", "bucket", "delivery_stream", "host", "index") or (
            name in _FIREHOSE and key in ("region", "aws_region")
        ):
            each.carry()
        elif key == "s3_key_format":
            each.ledger.settle(each, "remark", _PREFIX)
        elif name in _CLOUDWATCH and key.startswith(("log_", "auto_create", "log-", "retention")):
            each.drop(_OF_THE_GROUP)
        elif each.name in _IMPLIED:
            each.ignore(_BY_ITSELF)
        else:
            each.drop(_OPTION)
    if (secrets := logs.child("secretOptions")) is not None:
        secrets.drop(_OPTION)


def _below(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.child(key) if node else None
    return node
