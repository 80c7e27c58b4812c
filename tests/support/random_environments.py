"""Random environment files, drawn from the model itself: a new key is tried on the day on which it is added."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any, get_args

from hypothesis import strategies as st
from pydantic import ValidationError

from facts import instance_types
from reference_constructs.ecs.task_options import FARGATE_MEMORY_MIB
from reference_constructs.eks.add_ons.versions import PINNED_VERSIONS
from reference_constructs.network.vpc_options import InterfaceEndpoint
from settings import Environment
from settings.ecs import TASK_KINDS
from settings.problems import KeyPath, Problem
from settings.rules import RULES, find_problems
from settings.schema import Node, options, resolved, schema, value_type

Data = dict[str, Any]
Values = st.SearchStrategy[Any]

BASE: Data = {
    "region": "eu-west-1",
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
    "tags": {"owner": "team", "cost_centre": "x"},
}
ABSENT = object()
ASCII = st.characters(min_codepoint=32, max_codepoint=126)
# Names that other code could take for its own, that differ in punctuation only, or that a rule knows.
NAMES = (
    *("web", "log", "ab", "a-b", "a/b", "a.b", "app", "default", "Resource", "Default"),
    *("LEVEL", "ECS_ENGINE_AUTH_DATA", "1.36"),
)
CIDRS = ("10.0.0.0/16", "192.168.0.0/20", "100.64.0.0/18", "198.51.100.7/32", "0.0.0.0/0", "10.0.0.0/8")
PUBLIC_CIDRS = ("192.31.196.7/32", "0.0.0.0/0")
# Any name but those of Fargate is one of a group, which `ecs_fitted` gives.
STRATEGIES = (
    *(("default",), ("default",), ("FARGATE", "FARGATE_SPOT"), ("FARGATE_SPOT",)),
    *(("FARGATE", "default"), ("default", "default"), ("default", "other")),
)
ENDPOINTS = get_args(InterfaceEndpoint)
JUNK: Values = st.sampled_from([None, True, -1, 10**9, 1.5, "", "*", "0.0.0.0/0", [], [[]], {}, {"x": {}}]) | st.text(
    max_size=5
)
ANYTHING: Values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(ASCII, max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(ASCII, max_size=5), inner, max_size=2),
    max_leaves=3,
)
# Drawn whenever what holds them is: most of what is synthesized is in them.
ALWAYS = ("ecs", "eks", "services", "load_balancer", "nodes", "port", "path_patterns")


def mostly(usual: Values, rare: Values) -> Values:
    """The rare one often enough to occur in each batch, and not so often that no file is accepted."""
    return st.integers(0, 9).flatmap(lambda number: rare if number == 9 else usual)


def arns(*services_and_resources: str) -> Values:
    region = mostly(st.just("eu-west-1"), st.just("us-east-1"))
    kinds = st.sampled_from([each.split(" ") for each in services_and_resources])
    return st.tuples(kinds, region).map(lambda drawn: f"arn:aws:{drawn[0][0]}:{drawn[1]}:111122223333:{drawn[0][1]}")


def lists(*members: object, least: int = 0) -> Values:
    return st.lists(st.sampled_from(members), min_size=least, max_size=3)


WARNINGS = [name for name, rule in RULES.items() if rule.only_warns]
# Where any value of the right form would be refused for what it means: values of the world, with some wrong ones.
WORLD: dict[str, Values] = {
    "region": mostly(st.just("eu-west-1"), st.sampled_from(["us-east-1", "eu-west-9"])),
    "availability_zones": st.sampled_from(["ab", "abc", "bc", "aa", "az"]).map(
        lambda letters: [f"eu-west-1{letter}" for letter in letters]
    ),
    "cidr": st.sampled_from(CIDRS),
    "allowed_cidrs": lists(*CIDRS),
    "public_access_cidrs": mostly(lists(*PUBLIC_CIDRS), lists(*CIDRS)),
    "private_access_cidrs": lists(*CIDRS),
    "kubernetes_version": mostly(st.sampled_from(list(PINNED_VERSIONS)), st.just("1.37")),
    "instance_types": lists("m7g.large", "t4g.medium", "c7i.xlarge", least=1) | lists(*instance_types(), least=1),
    "cpu_units": mostly(st.sampled_from(list(FARGATE_MEMORY_MIB)), st.integers(128, 4096)),
    "image": mostly(
        st.sampled_from(["quay.io/a/b:2", "public.ecr.aws/a/b:3", "docker.io/a:4", f"docker.io/a@sha256:{'0' * 64}"]),
        st.sampled_from(["app:1.0", "a/b:2", "app", "quay.io/a:.b"]),
    ),
    "secrets": st.dictionaries(
        st.sampled_from(["TOKEN", "LEVEL"]),
        arns("ssm parameter/a/b", "secretsmanager secret:a-AbCdEf", "secretsmanager secret:a-AbCdEf:key::"),
        max_size=2,
    ),
    "topic": st.sampled_from(["create", "none"]) | arns("sns alarms"),
    "certificate_arn": arns("acm certificate/1"),
    "secrets_kms_key_arns": st.lists(arns("kms key/1"), max_size=2),
    "principal_arn": st.sampled_from(["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:user/a/b"]),
    "actions": lists("s3:GetObject", "s3:Get*", "sqs:SendMessage", "s3:*", "xray:PutTraceSegments", least=1),
    "resources": st.lists(mostly(arns("s3 bucket/*", "sqs queue"), st.just("*")), min_size=1, max_size=2),
    "conditions": st.dictionaries(
        st.sampled_from(["StringEquals", "ForAnyValue:StringLike"]),
        st.dictionaries(st.just("aws:PrincipalTag/team"), lists("shop", "a*", least=1), min_size=1),
        max_size=1,
    ),
    "zone_name": mostly(st.just("example.com"), st.just("example.org")),
    "record_name": st.sampled_from(["example.com", "*.example.com", "www.example.com"]),
    "email_addresses": lists("a@example.com", "b@example.com"),
    "path_patterns": lists("/a", "/a/*", "*", least=1),
    "capacity_provider_strategy": st.sampled_from(STRATEGIES).map(
        lambda names: [{"capacity_provider": name, "base": int(place == 0)} for place, name in enumerate(names)]
    ),
    "interface_endpoints": lists(*ENDPOINTS) | st.just(list(ENDPOINTS)) | st.just("derived"),
    "host_headers": lists("a.example.com", "*.example.org"),
    "policy_arns": lists("arn:aws:iam::111122223333:policy/a", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
    "release_version": st.sampled_from(["1.36.0-20261106", "1.50.0-0a1b2c3d", "1.36-2026.11.10"]),
    "service_cidr": mostly(st.just("172.20.0.0/16"), st.just("10.0.0.0/16")),
    "kubelet": st.sampled_from(
        [{"podPidsLimit": 99}, {"evictionHard": {"memory.available": "5%"}}, {"podsPerCore": 9}]
    ),
    "bottlerocket_settings": st.sampled_from(
        [{"motd": "hello"}, {"kernel": {"sysctl": {"vm.max_map_count": "9"}}}, {"kubernetes": {"max-pods": 9}}]
    ),
    "node_config": st.just({"instance": {"localStorage": {"strategy": "RAID0"}}}),
    "schedule_expression": mostly(
        st.sampled_from(
            ["cron(0 3 * * ? *)", "cron(0/5 8-18 ? * MON-FRI *)", "rate(1 hour)", "at(2199-01-31T03:00:00)"]
        ),
        st.sampled_from(
            ["cron(0 24 * * ? *)", "cron(0 3 * * * *)", "at(2199-02-30T00:00:00)", "at(2001-01-01T00:00:00)"]
        ),
    ),
    "schedule_expression_timezone": mostly(st.sampled_from(["UTC", "Europe/Berlin"]), st.just("Europe/Atlantis")),
    "start_date": mostly(st.just("2199-01-01T00:00:00Z"), st.just("2001-01-01T00:00:00Z")),
    "end_date": mostly(st.just("2199-06-01T00:00:00Z"), st.just("2198-01-01T00:00:00Z")),
    "start_time": mostly(st.just("2199-01-01T00:00:00Z"), st.just("2199-02-30T00:00:00Z")),
    "end_time": mostly(st.just("2199-06-01T00:00:00Z"), st.just("2198-01-01T00:00:00Z")),
    "timezone": mostly(st.sampled_from(["UTC", "Europe/Berlin"]), st.just("Europe/Atlantis")),
    "start": st.sampled_from(["07:00", "22:30"]),
    "stop": st.sampled_from(["20:00", "06:00", "07:00"]),
    "namespace": st.sampled_from(["Shop/Jobs", "AWS/SQS"]),
    "metric_name": st.sampled_from(["Jobs", "Jobs Waiting"]),
    "dimensions": st.sampled_from([{}, {"Shop": "north"}]),
    "mounts": st.dictionaries(
        st.sampled_from(["files", "data", "cache"]),
        st.fixed_dictionaries(
            {"path": st.sampled_from(["/files", "/data", "/srv/cache"])}, optional={"read_only": st.booleans()}
        ),
        max_size=2,
    ),
    "volumes": mostly(
        st.just(
            {
                "files": {"kind": "efs", "file_system_id": "fs-0000000a", "access_point_id": "fsap-0000000a"},
                "cache": {"kind": "shared"},
            }
        ),
        # The former is refused where no service runs the task.
        st.one_of(
            st.just({"data": {"kind": "ebs", "size_gib": 20}}),
            st.just({"files": {"kind": "efs", "file_system_id": "fs-0000000a", "root_access": True}}),
        ),
    ),
    "port": mostly(st.just(8080), st.integers(1, 65535)),
    "essential": mostly(st.just(True), st.just(False)),
    "command": mostly(st.just(["CMD", "/ok"]), lists("", "CMD-SHELL", "/ok")),
    "warning": mostly(st.sampled_from(WARNINGS), st.just("no_warning")),
    "effect": mostly(st.just("PREFER_NO_SCHEDULE"), st.sampled_from(["NO_SCHEDULE", "NO_EXECUTE"])),
}


def existing_network(draw: st.DrawFn) -> Data:
    """A VPC with subnets in three zones, some of them too small or too few for something."""
    length = draw(st.sampled_from([20, 20, 24, 28]))
    return {
        "vpc_id": "vpc-0000000a",
        "cidrs": draw(st.sampled_from([["10.0.0.0/16"], ["10.0.0.0/17", "100.64.0.0/18"]])),
        "private_subnets": {
            f"eu-west-1{zone}": {"subnet_id": f"subnet-0000000{zone}", "cidr": f"10.0.{16 * place}.0/{length}"}
            for place, zone in enumerate("abc")
        },
        "public_subnets": {
            f"eu-west-1{zone}": {"subnet_id": f"subnet-000000a{zone}", "cidr": f"10.0.{64 + place}.0/24"}
            for place, zone in enumerate(draw(st.sampled_from(["abc", "abc", "a", ""])))
        },
        "internet_access": draw(st.booleans()),
        "interface_endpoints": draw(st.just(list(ENDPOINTS)) | lists(*ENDPOINTS)),
        "gateway_endpoints": draw(st.sampled_from([["s3"], ["s3", "dynamodb"], []])),
    }


WORLD["existing"] = mostly(st.none(), st.composite(existing_network)())


def values(key: str, node: Node) -> Values:
    """Values that the model allows for a key."""
    kinds = [option for option in options(node) if option.get("type") != "null"]
    drawn = WORLD[key] if key in WORLD else st.one_of([values_of(kind) for kind in kinds])
    return drawn if len(kinds) == len(options(node)) else mostly(drawn, st.none())


def values_of(node: Node) -> Values:
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum") or [node["const"]])
    match node.get("type", "anything"):
        case "anything":
            return ANYTHING
        case "boolean":
            return st.booleans()
        case "integer":
            low, high = node["minimum"], node.get("maximum", 10**6)
            return mostly(st.integers(low, min(low + 9, high)), st.just(high))
        case "array":
            return st.lists(values("", node["items"]), min_size=node.get("minItems", 0), max_size=3)
        case "object" if "properties" in node:
            return mapping(node)
        case "object":
            patterns = [{"pattern": pattern} for pattern in node.get("patternProperties", ())]
            names = values_of({"type": "string", **node.get("propertyNames", {}), **next(iter(patterns), {})})
            inner = value_type(node)
            least = int(any("properties" in option for option in options(inner)))
            return st.dictionaries(names, values("", inner), min_size=least, max_size=2)
        case _:
            return texts(node)


def texts(node: Node) -> Values:
    low, high = node.get("minLength", 0), node.get("maxLength", 99)
    if "pattern" not in node:
        return st.text(ASCII, min_size=low, max_size=low + 9)
    matching = st.from_regex(node["pattern"], fullmatch=True, alphabet=ASCII).filter(
        lambda text: low <= len(text) <= high
    )
    # Several examples are the names that something is known of.
    known = node["examples"] if len(node.get("examples", ())) > 1 else NAMES
    names = [name for name in known if re.fullmatch(node["pattern"], name)]
    return mostly(st.sampled_from(names), matching) if names else matching


def mapping(node: Node) -> Values:
    fields = {key: values(key, resolved(field)) for key, field in node["properties"].items()}
    always = {*node.get("required", []), *ALWAYS}
    # Every other time; `optional` of `fixed_dictionaries` leaves out most.
    drawn = st.fixed_dictionaries(
        {key: field if key in always else st.none().map(lambda _: ABSENT) | field for key, field in fields.items()}
    ).map(lambda keys: {key: value for key, value in keys.items() if value is not ABSENT})
    for fitted in [FITTED[key] for key in FITTED if key in node["properties"]]:
        return drawn.flatmap(partial(fitted_or_not, fitted))
    return drawn


def fitted_or_not(fitted: Callable[[Data], Values], data: Data) -> Values:
    return mostly(fitted(data), st.just(data))


def environment_fitted(data: Data) -> Values:
    """A VPC that exists stands alone in its section, and has the subnets of the zones."""
    network: Data = data.get("network") or {}
    if not network.get("existing"):
        return st.just(data)
    existing = network["existing"]
    zones = data.get("availability_zones", ())
    fitted = {
        group: {zone: subnet for zone, subnet in existing[group].items() if zone in zones}
        for group in ("private_subnets", "public_subnets")
    }
    return st.just({**data, "network": {"existing": {**existing, **fitted}}})


def task_fitted(task: Data) -> Values:
    """A size that Fargate has goes with what is drawn for another key, and a root with ECS Exec."""
    sizes = FARGATE_MEMORY_MIB.get(task.get("cpu_units", 256), (512,))
    if task.get("execute_command"):
        writable = {"read_only_root_filesystem": False}
        task = {**task, "containers": {name: each | writable for name, each in task["containers"].items()}}
    return st.sampled_from(sizes).map(lambda size: {**task, "memory_mib": size})


def ecs_fitted(ecs: Data) -> Values:
    """Tasks on EC2 run on a group that there is."""
    if not ecs.get("capacity"):
        ecs = {**ecs, "capacity": {"default": {}}}
    kinds = [kind for kind in TASK_KINDS if ecs.get(kind)]

    def on_group(group: str) -> Data:
        return ecs | {kind: {name: task_on_group(task, group) for name, task in ecs[kind].items()} for kind in kinds}

    return st.sampled_from(list(ecs["capacity"])).map(on_group)


def task_on_group(task: Data, group: str) -> Data:
    """The same with this group for the first that a strategy is drawn with."""
    if "capacity_provider_strategy" not in task:
        return task
    items = task["capacity_provider_strategy"]
    return {
        **task,
        "capacity_provider_strategy": [
            {**item, "capacity_provider": group} if item["capacity_provider"] == "default" else item for item in items
        ],
    }


def balancer_fitted(balancer: Data) -> Values:
    """It serves in one of the ways that it is drawn with, or by plain HTTP; a zone comes with a name."""
    ways = [way for way in ("certificate_arn", "hosted_zone") if balancer.get(way)]
    rest = {key: value for key, value in balancer.items() if key not in (*ways, "plain_http", "record_name")}
    record = {"record_name": balancer.get("record_name") or "www.example.com"}
    fitted = [{**rest, way: balancer[way], **(record if way == "hosted_zone" else {})} for way in ways]
    return st.sampled_from(fitted or [{**rest, "plain_http": True}])


def endpoint_fitted(endpoint: Data) -> Values:
    """A list for each way in that there is."""
    access = endpoint.get("access", "private")
    unused = {"private": "public_access_cidrs", "public": "private_access_cidrs"}.get(access)
    rest = {key: value for key, value in endpoint.items() if key != unused}
    return lists(*PUBLIC_CIDRS, least=1).map(
        lambda cidrs: rest if access == "private" else {**rest, "public_access_cidrs": cidrs}
    )


NODES: tuple[Data, ...] = (
    {"operating_system": "al2023", "architecture": "arm64", "instance_types": ["m7g.large"]},
    {"operating_system": "bottlerocket", "architecture": "arm64", "instance_types": ["m7g.large", "m6g.large"]},
    {"operating_system": "windows_2022_core", "architecture": "x86_64", "instance_types": ["m7i.large"]},
    {"operating_system": "windows_2025_full", "architecture": "x86_64", "instance_types": ["m7i.large"]},
    {"architecture": "x86_64", "instance_types": ["g5.xlarge"], "accelerator": "nvidia"},
    {"architecture": "x86_64", "instance_types": ["inf2.xlarge"], "accelerator": "neuron"},
    {"architecture": "x86_64", "instance_types": ["m7i.48xlarge"], "efa_interfaces": 1},
)


def nodes_fitted(node: Data) -> Values:
    """Instance types of the architecture, and drivers of their accelerators."""
    chosen = ("operating_system", "architecture", "instance_types", "accelerator", "efa_interfaces")
    rest = {key: value for key, value in node.items() if key not in chosen}
    return st.sampled_from(NODES).map(lambda kind: {**rest, **kind})


# By a key that no other mapping has: what makes one of these acceptable more often than chance would.
FITTED: dict[str, Callable[[Data], Values]] = {
    "availability_zones": environment_fitted,
    "capacity": ecs_fitted,
    "execute_command": task_fitted,
    "plain_http": balancer_fitted,
    "private_access_cidrs": endpoint_fitted,
    "efa_interfaces": nodes_fitted,
}


def pruned(data: Data) -> Data:
    """What is left of a file when whatever is refused is left out, one key after the other."""
    left = copy.deepcopy(data)
    while (problem := first_problem(left)) is not None:
        place = found(left, problem.path)
        if problem.path[0] in BASE:
            left |= copy.deepcopy(BASE)
        elif place == problem.path or not problem.why:
            left = without(left, place)
        else:
            # A default is refused, because of some other key: the innermost that does it.
            others = (without(left, path) for path in sorted(paths(left), key=len, reverse=True))
            left = next(other for other in others if resolves(other, problem))
    return left


def resolves(data: Data, problem: Problem) -> bool:
    """Something else may be refused now, but by a rule: the model still takes the file.

    Only the rule of the problem is asked, since this is what most of the time is spent on.
    """
    try:
        environment = validated(data)
    except ValidationError:
        return False
    asked = [rule for rule in RULES.values() if rule.why == problem.why]
    return all(now.path != problem.path for rule in asked for now in rule.problems(environment))


def validated(data: Data) -> Environment:
    return Environment.model_validate_json(json.dumps({"name": "random", **data}))


def first_problem(data: Data) -> Problem | None:
    try:
        environment = validated(data)
    except ValidationError as error:
        # Kinds and members of a union are no keys.
        return Problem(path=keys_of(data, error.errors()[0]["loc"]), value=None, allowed="what the model allows")
    return next(find_problems(environment), None)


def keys_of(data: Data, loc: KeyPath) -> KeyPath:
    """The keys of the file in pydantic's location."""
    path: KeyPath = ()
    for part in loc:
        if found(data, (*path, part)) == (*path, part):
            path = (*path, part)
    return path


def without(data: Data, path: KeyPath) -> Data:
    """What is left of a file without a key; they share what is the same."""
    left: Data = copy.copy(data)
    holder: Any = left
    for above in path[:-1]:
        holder[above] = copy.copy(holder[above])
        holder = holder[above]
    del holder[path[-1]]
    return left


def found(data: Data, path: KeyPath) -> KeyPath:
    """How far a path leads in a file."""
    node: Any = data
    steps: list[str | int] = []
    for part in path:
        if part in (range(len(node)) if isinstance(node, list) else node if isinstance(node, dict) else ()):
            steps.append(part)
            node = node[part]
    return tuple(steps)


def paths(node: object, path: KeyPath = ()) -> list[KeyPath]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [inner for key, child in children for inner in paths(child, (*path, key))]


@st.composite
def spoilt(draw: st.DrawFn) -> Data:
    """An accepted file with one wrong value or one misspelt key."""
    data: Data = copy.deepcopy(draw(ACCEPTED))
    *above, last = draw(st.sampled_from(paths(data)))
    holder: Any = data
    for part in above:
        holder = holder[part]
    if isinstance(last, str) and draw(st.booleans()):
        holder[f"{last}s"] = holder.pop(last)
    else:
        holder[last] = draw(JUNK)
    return data


PARTS = schema()["properties"]
ALLOWED = st.one_of(
    [
        mapping({**schema(), "properties": {key: PARTS[key] for key in PARTS if key not in left_out}})
        for left_out in (("eks",), ("ecs",), ())
    ]
)
"""Each value is one that its key may have; together they are nearly always refused by some rule."""

ACCEPTED = ALLOWED.map(pruned)
ENVIRONMENTS = st.one_of(ACCEPTED, *(6 * [ALLOWED]), spoilt())
