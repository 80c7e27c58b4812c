"""Rules of node pools of EKS Auto Mode and of Karpenter."""

from __future__ import annotations

from collections.abc import Iterator

from facts import InstanceTypeFacts, dated, instance_types
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, did_you_mean, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import node_pools

_POOL = "eks.nodes.<name>.node_pools.<name>"
_TYPES = (f"{_POOL}.instance_types", f"{_POOL}.instance_families")
_SIZES = (
    *_TYPES,
    f"{_POOL}.instance_categories",
    f"{_POOL}.min_instance_generation",
    f"{_POOL}.architectures",
    f"{_POOL}.max_vcpus",
)
_SOURCE = "NodePools, karpenter.sh; Create a Node Pool for EKS Auto Mode; facts/aws_facts.json"
_LISTS = (
    *("architectures", "capacity_types", "instance_categories", "instance_families", "instance_types"),
    "availability_zones",
)
# What the two that start nodes set themselves, or keep for what they know of the instance.
_RESTRICTED = ("karpenter.sh", "karpenter.k8s.aws", "eks.amazonaws.com", "kubernetes.io", "k8s.io")
_OPEN = ("node.kubernetes.io", "node-restriction.kubernetes.io")


@rule("NodePools, karpenter.sh: name", keys=(_POOL,))
def node_pool_name_comes_once(environment: Environment) -> Iterator[Problem]:
    """EKS Auto Mode and Karpenter have NodePools of one kind, and two of one name would be one."""
    names: list[str] = []
    for path, pool_name, _ in node_pools(environment):
        if pool_name in names:
            yield Problem(path=path, finding=f"there is another node pool {pool_name}", fix="give it another name")
        names.append(pool_name)


@rule("NodePools, karpenter.sh: spec.template.spec.requirements", keys=tuple(f"{_POOL}.{each}[]" for each in _LISTS))
def node_pool_entry_comes_once(environment: Environment) -> Iterator[Problem]:
    """An entry that is listed twice allows nothing more."""
    for path, _, pool in node_pools(environment):
        for key in _LISTS:
            yield from come_once((*path, key), getattr(pool, key) or ())


@rule("Taints and Tolerations, Kubernetes", keys=(f"{_POOL}.taints[]",))
def node_pool_taint_comes_once(environment: Environment) -> Iterator[Problem]:
    """Kubernetes refuses two taints with the same key and effect."""
    for path, _, pool in node_pools(environment):
        yield from come_once((*path, "taints"), [f"{taint.key}:{taint.effect}" for taint in pool.taints])


@rule("NodePools, karpenter.sh: well-known and restricted labels", keys=(f"{_POOL}.labels.<name>",))
def node_pool_label_is_not_restricted(environment: Environment) -> Iterator[Problem]:
    """The NodePool is refused: these labels say what instance a node is, and are set by whoever starts it."""
    for path, _, pool in node_pools(environment):
        for key in pool.labels:
            domain = f".{key.rpartition('/')[0]}"
            if any(domain.endswith(f".{each}") for each in _RESTRICTED) and not any(
                domain.endswith(f".{each}") for each in _OPEN
            ):
                yield Problem(
                    path=(*path, "labels", key),
                    value=key,
                    allowed=f"a label outside {listed(_RESTRICTED)}, or one within {listed(_OPEN, 'or')}",
                )


@rule(
    "NodePools, karpenter.sh: topology.kubernetes.io/zone", keys=(f"{_POOL}.availability_zones[]", "availability_zones")
)
def node_pool_zone_is_one_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """The VPC has no subnet in another zone, so that no node could start there."""
    for path, _, pool in node_pools(environment):
        for index, zone in enumerate(pool.availability_zones or ()):
            if zone not in environment.availability_zones:
                yield Problem(
                    path=(*path, "availability_zones", index),
                    value=zone,
                    allowed=f"{listed(environment.availability_zones, 'or')}, the zones of the environment",
                )


@rule(_SOURCE, keys=_TYPES)
def node_pool_states_types_in_one_way(environment: Environment) -> Iterator[Problem]:
    """A node must meet all requirements of its pool, so that a list of families beside one of types only takes away."""
    for path, _, pool in node_pools(environment):
        if pool.instance_types and pool.instance_families:
            yield Problem(
                path=(*path, "instance_families"),
                finding="there are instance_families beside instance_types",
                fix="remove one of the two",
            )


@rule(_SOURCE, keys=(*_SIZES, f"{_POOL}.cpu_limit", f"{_POOL}.memory_limit_gib"))
def node_pool_can_hold_a_node(environment: Environment) -> Iterator[Problem]:
    """No node of the pool ever starts, and pods that need it stay pending."""
    for path, _, pool in node_pools(environment):
        # What is not in the data may be all right.
        if _unknown(pool) or (pool.instance_types and pool.instance_families):
            continue
        found = [each for name, each in instance_types().items() if pool.allows_type(name)]
        left = [each for each in found if each.architecture in pool.architectures]
        small = [each for each in left if pool.max_vcpus is None or each.vcpus <= pool.max_vcpus]
        if not small:
            key = "architectures" if not left else "max_vcpus"
            reason = (
                f"no instance type that the pool allows is {listed(pool.architectures, 'or')}"
                if not left
                else f"the smallest instance type that the pool allows has {min(each.vcpus for each in left)} vCPUs"
            )
            yield Problem(path=(*path, key), finding=reason, fix="allow other instance types, or change this key")
        elif problem := _limited(pool, small):
            key, finding = problem
            yield Problem(path=(*path, key), finding=finding, fix="raise the limit, or allow smaller instance types")


def _limited(pool: NodePoolOptions, types: list[InstanceTypeFacts]) -> tuple[str, str] | None:
    """The limit that even the smallest node exceeds, and what to say of it."""
    vcpus, memory = min(each.vcpus for each in types), min(each.memory_mib for each in types)
    if vcpus > pool.cpu_limit:
        return "cpu_limit", f"the smallest instance type that the pool allows has {vcpus} vCPUs"
    if pool.memory_limit_gib is not None and memory > pool.memory_limit_gib * 1024:
        return "memory_limit_gib", f"the smallest instance type that the pool allows has {memory // 1024} GiB"
    return None


@warning(_SOURCE, keys=tuple(f"{each}[]" for each in _TYPES))
def node_pool_type_is_known(environment: Environment) -> Iterator[Problem]:
    """Whoever starts the nodes ignores a type that AWS does not have, so that a typing error is not noticed."""
    for path, _, pool in node_pools(environment):
        for key, names, known in (
            ("instance_types", pool.instance_types, set(instance_types())),
            ("instance_families", pool.instance_families, _families()),
        ):
            for index, name in enumerate(names):
                if name not in known:
                    hint = did_you_mean(name, sorted(known))
                    yield Problem(
                        path=(*path, key, index),
                        finding=f"{name} is not in the data here, which is of {dated()}",
                        fix=f"{hint} If AWS has it since, acknowledge this".strip(),
                    )


@warning(_SOURCE, keys=(*(f"{each}[]" for each in _TYPES), f"{_POOL}.architectures"))
def node_pool_type_can_be_chosen(environment: Environment) -> Iterator[Problem]:
    """It is never started, because it is of none of the architectures of the pool."""
    for path, _, pool in node_pools(environment):
        for key in ("instance_types", "instance_families"):
            for index, name in enumerate(getattr(pool, key)):
                found = [each for other, each in instance_types().items() if name in (other, other.partition(".")[0])]
                others = {each.architecture for each in found}
                # That none can be chosen is an error, of another rule.
                if found and others.isdisjoint(pool.architectures) and _has_another(pool):
                    yield Problem(
                        path=(*path, key, index),
                        finding=f"{name} is {listed(sorted(others))}, but the architectures of the pool are "
                        f"{listed(pool.architectures)}",
                        fix="remove it, or add its architecture",
                    )


def _has_another(pool: NodePoolOptions) -> bool:
    return any(
        pool.allows_type(name) and each.architecture in pool.architectures for name, each in instance_types().items()
    )


def _families() -> set[str]:
    return {name.partition(".")[0] for name in instance_types()}


def _unknown(pool: NodePoolOptions) -> bool:
    return not set(pool.instance_types) <= set(instance_types()) or not set(pool.instance_families) <= _families()
