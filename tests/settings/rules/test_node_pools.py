"""Rules of node pools of EKS Auto Mode and of Karpenter."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, PRIVATE_ACCESS, RulePair, eks, problems

UNPROTECTED = HEAD + "protected: false\n"


def auto_mode(pool: str, *others: str) -> str:
    return eks(
        f"nodes: {{auto: {{kind: auto_mode, node_pools: {{arm: {{{pool}}}}}}}{''.join(others)}}}", PRIVATE_ACCESS
    )


def karpenter(pool: str) -> str:
    nodes = f"karpenter: {{kind: karpenter, node_pools: {{arm: {{{pool}}}}}}}"
    return eks(f"nodes: {{main: {{kind: managed}}, {nodes}}}", head=UNPROTECTED)


PAIRS = (
    RulePair(
        rule="node_pool_entry_comes_once",
        rejected=auto_mode("instance_categories: [m, m]"),
        accepted=auto_mode("instance_categories: [m, c]"),
        message=(
            "eks.nodes.auto.node_pools.arm.instance_categories[1]: 'm' is listed twice\n"
            "fix: remove one of the two\n"
            "why: An entry that is listed twice allows nothing more."
        ),
    ),
    RulePair(
        rule="node_pool_entry_comes_once: zones",
        rejected=karpenter("availability_zones: [eu-west-1a, eu-west-1a]"),
        accepted=karpenter("availability_zones: [eu-west-1a, eu-west-1b]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.availability_zones[1]: 'eu-west-1a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: An entry that is listed twice allows nothing more."
        ),
    ),
    RulePair(
        rule="node_pool_taint_comes_once",
        rejected=auto_mode("taints: [{key: a}, {key: a, value: b}]"),
        accepted=auto_mode("taints: [{key: a}, {key: a, effect: NO_EXECUTE}]"),
        message=(
            "eks.nodes.auto.node_pools.arm.taints[1]: 'a:NO_SCHEDULE' is listed twice\n"
            "fix: remove one of the two\n"
            "why: Kubernetes refuses two taints with the same key and effect."
        ),
    ),
    RulePair(
        rule="node_pool_label_is_not_restricted",
        rejected=auto_mode("labels: {karpenter.sh/nodepool: a}"),
        accepted=auto_mode("labels: {node-restriction.kubernetes.io/a: a, example.com/karpenter.sh: a}"),
        message=(
            "eks.nodes.auto.node_pools.arm.labels.karpenter.sh/nodepool: 'karpenter.sh/nodepool' is not allowed\n"
            "allowed: a label outside karpenter.sh, karpenter.k8s.aws, eks.amazonaws.com, kubernetes.io, and "
            "k8s.io, or one within node.kubernetes.io or node-restriction.kubernetes.io\n"
            "why: The NodePool is refused: these labels say what instance a node is, and are set by whoever "
            "starts it."
        ),
    ),
    RulePair(
        rule="node_pool_zone_is_one_of_the_environment",
        rejected=karpenter("availability_zones: [eu-west-1c]"),
        accepted=karpenter("availability_zones: [eu-west-1b]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.availability_zones[0]: 'eu-west-1c' is not allowed\n"
            "allowed: eu-west-1a or eu-west-1b, the zones of the environment\n"
            "why: The VPC has no subnet in another zone, so that no node could start there."
        ),
    ),
    RulePair(
        rule="node_pool_states_types_in_one_way",
        rejected=auto_mode("instance_types: [m7g.large], instance_families: [m7g]"),
        accepted=auto_mode("instance_families: [m7g]"),
        message=(
            "eks.nodes.auto.node_pools.arm.instance_families: there are instance_families beside instance_types\n"
            "fix: remove one of the two\n"
            "why: A node must meet all requirements of its pool, so that a list of families beside one of types "
            "only takes away."
        ),
    ),
    RulePair(
        rule="node_pool_can_hold_a_node",
        rejected=karpenter("instance_types: [m7i.large]"),
        accepted=karpenter("instance_types: [m7i.large], architectures: [x86_64]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.architectures: no instance type that the pool allows is arm64\n"
            "fix: allow other instance types, or change this key\n"
            "why: No node of the pool ever starts, and pods that need it stay pending."
        ),
    ),
    RulePair(
        rule="node_pool_can_hold_a_node: by family and generation",
        rejected=auto_mode("instance_categories: [trn]"),
        accepted=auto_mode("instance_categories: [trn], architectures: [x86_64], min_instance_generation: 1"),
        message=(
            "eks.nodes.auto.node_pools.arm.architectures: no instance type that the pool allows is arm64\n"
            "fix: allow other instance types, or change this key\n"
            "why: No node of the pool ever starts, and pods that need it stay pending."
        ),
    ),
    RulePair(
        rule="node_pool_can_hold_a_node: of this size",
        rejected=karpenter("instance_types: [m7g.xlarge], max_vcpus: 3"),
        accepted=karpenter("instance_types: [m7g.xlarge], max_vcpus: 4"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.max_vcpus: the smallest instance type that the pool allows has 4 "
            "vCPUs\n"
            "fix: allow other instance types, or change this key\n"
            "why: No node of the pool ever starts, and pods that need it stay pending."
        ),
    ),
    RulePair(
        rule="node_pool_can_hold_a_node: within its limit of vCPUs",
        rejected=auto_mode("instance_types: [m7g.xlarge, m7g.2xlarge], cpu_limit: 3"),
        accepted=auto_mode("instance_types: [m7g.xlarge, m7g.2xlarge], cpu_limit: 4"),
        message=(
            "eks.nodes.auto.node_pools.arm.cpu_limit: the smallest instance type that the pool allows has 4 "
            "vCPUs\n"
            "fix: raise the limit, or allow smaller instance types\n"
            "why: No node of the pool ever starts, and pods that need it stay pending."
        ),
    ),
    RulePair(
        rule="node_pool_can_hold_a_node: within its limit of memory",
        rejected=auto_mode("instance_types: [m7g.xlarge], memory_limit_gib: 15"),
        accepted=auto_mode("instance_types: [m7g.xlarge], memory_limit_gib: 16"),
        message=(
            "eks.nodes.auto.node_pools.arm.memory_limit_gib: the smallest instance type that the pool allows has "
            "16 GiB\n"
            "fix: raise the limit, or allow smaller instance types\n"
            "why: No node of the pool ever starts, and pods that need it stay pending."
        ),
    ),
    RulePair(
        rule="node_pool_type_is_known",
        rejected=karpenter("instance_families: [m7gg]"),
        accepted=karpenter("instance_families: [m7gd]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.instance_families[0]: m7gg is not in the data here, which is of "
            "2026-10-27\n"
            "fix: did you mean m7g or m7gd? If AWS has it since, acknowledge this\n"
            "why: Whoever starts the nodes ignores a type that AWS does not have, so that a typing error is not "
            "noticed."
        ),
    ),
    RulePair(
        rule="node_pool_type_is_known: of a type",
        rejected=karpenter("instance_types: [m7g.lagre]"),
        accepted=karpenter("instance_types: [m7g.large]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.instance_types[0]: m7g.lagre is not in the data here, which is "
            "of 2026-10-27\n"
            "fix: did you mean m7g.large? If AWS has it since, acknowledge this\n"
            "why: Whoever starts the nodes ignores a type that AWS does not have, so that a typing error is not "
            "noticed."
        ),
    ),
    RulePair(
        rule="node_pool_type_can_be_chosen",
        rejected=karpenter("instance_types: [m7g.large, m7i.large]"),
        accepted=karpenter("instance_types: [m7g.large, m7i.large], architectures: [arm64, x86_64]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.instance_types[1]: m7i.large is x86_64, but the architectures of "
            "the pool are arm64\n"
            "fix: remove it, or add its architecture\n"
            "why: It is never started, because it is of none of the architectures of the pool."
        ),
    ),
    RulePair(
        rule="node_pool_type_can_be_chosen: of a family",
        rejected=karpenter("instance_families: [m7i, m7g]"),
        accepted=karpenter("instance_families: [m7g]"),
        message=(
            "eks.nodes.karpenter.node_pools.arm.instance_families[0]: m7i is x86_64, but the architectures of "
            "the pool are arm64\n"
            "fix: remove it, or add its architecture\n"
            "why: It is never started, because it is of none of the architectures of the pool."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_type_that_is_not_in_the_data_may_be_all_right(tmp_path: Path) -> None:
    found = problems(tmp_path, karpenter("instance_types: [m99g.large], cpu_limit: 1"))

    assert [problem.warning for problem in found] == ["node_pool_type_is_known"]
