"""Rules of managed node groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def managed(text: str, *lines: str, more: str = ", more: {kind: managed}") -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}{more}}}", *lines)


POLICY = "'arn:aws:iam::111122223333:policy/a'"
POD_ENI = "add_ons: {vpc-cni: {configuration: {env: {ENABLE_POD_ENI: 'true'}}}}"
BOTH = "nodes: {main: {kind: managed}, batch: {kind: fargate, selectors: [{namespace: a}]}}"
BURSTABLE = "needs: [security_groups_for_pods], instance_types: [t4g.large]"


HIBERNATED = eks("nodes: {main: {kind: managed, warm_pool: {state: hibernated}, %s}}")

ONE_ZONE = eks("nodes: {main: {kind: managed, availability_zones: [eu-west-1a]}, %s}")

PAIRS = (
    RulePair(
        rule="node_update_has_one_maximum",
        rejected=managed("max_unavailable: 1, max_unavailable_percent: 20"),
        accepted=managed("max_unavailable: 1"),
        message=(
            "eks.nodes.main.max_unavailable: there are max_unavailable and max_unavailable_percent\n"
            "fix: remove one of the two\n"
            "why: Amazon EKS takes a number or a percentage."
        ),
    ),
    RulePair(
        rule="node_repair_has_one_maximum",
        rejected=managed("node_repair: {max_unhealthy_count: 2, max_unhealthy_percent: 20}"),
        accepted=managed("node_repair: {max_unhealthy_count: 2, max_parallel_percent: 20}"),
        message=(
            "eks.nodes.main.node_repair.max_unhealthy_percent: there are max_unhealthy_count and "
            "max_unhealthy_percent\n"
            "fix: remove one of the two\n"
            "why: Amazon EKS takes a number or a percentage."
        ),
    ),
    RulePair(
        rule="node_repair_has_one_maximum: of those at the same time",
        rejected=managed("node_repair: {max_parallel_count: 2, max_parallel_percent: 20}"),
        accepted=managed("node_repair: {max_parallel_count: 2}"),
        message=(
            "eks.nodes.main.node_repair.max_parallel_percent: there are max_parallel_count and "
            "max_parallel_percent\n"
            "fix: remove one of the two\n"
            "why: Amazon EKS takes a number or a percentage."
        ),
    ),
    RulePair(
        rule="warm_pool_is_one_of_bottlerocket",
        rejected=managed("operating_system: bottlerocket, warm_pool: {state: hibernated}"),
        accepted=managed("operating_system: al2023, warm_pool: {state: hibernated}"),
        message=(
            "eks.nodes.main.warm_pool.state: operating_system is bottlerocket, and the state of the warm "
            "pool is hibernated\n"
            "allowed: stopped or running\n"
            "why: Amazon EKS refuses to hibernate and to reuse instances with Bottlerocket."
        ),
    ),
    RulePair(
        rule="warm_pool_is_one_of_bottlerocket: which nothing returns to",
        rejected=managed("operating_system: bottlerocket, warm_pool: {reuse_on_scale_in: true}"),
        accepted=managed("operating_system: bottlerocket, warm_pool: {state: running}"),
        message=(
            "eks.nodes.main.warm_pool.reuse_on_scale_in: operating_system is bottlerocket, and instances "
            "return to the warm pool\n"
            "allowed: false\n"
            "why: Amazon EKS refuses to hibernate and to reuse instances with Bottlerocket."
        ),
    ),
    RulePair(
        rule="warm_pool_is_on_demand",
        rejected=managed("warm_pool: {}, capacity_type: spot, instance_types: [m7g.large, m6g.large]"),
        accepted=managed("warm_pool: {}, instance_types: [m7g.large, m6g.large]"),
        message=(
            "eks.nodes.main.warm_pool: capacity_type is spot, and there is a warm pool\n"
            "fix: remove one of the two\n"
            "why: An Auto Scaling group that starts Spot Instances cannot have a warm pool."
        ),
    ),
    RulePair(
        rule="node_zone_is_one_of_the_environment",
        rejected=managed("availability_zones: [eu-west-1a, eu-west-1c]"),
        accepted=managed("availability_zones: [eu-west-1a, eu-west-1b]"),
        message=(
            "eks.nodes.main.availability_zones[1]: 'eu-west-1c' is not allowed\n"
            "allowed: eu-west-1a or eu-west-1b\n"
            "why: Nodes are in subnets of the VPC, which has them in the zones of the environment."
        ),
    ),
    RulePair(
        rule="zone_policy_and_group_come_once",
        rejected=managed(f"policy_arns: [{POLICY}, {POLICY}]"),
        accepted=managed(f"policy_arns: [{POLICY}]"),
        message=(
            "eks.nodes.main.policy_arns[1]: 'arn:aws:iam::111122223333:policy/a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: What is listed twice says nothing more, and AWS refuses it."
        ),
    ),
    RulePair(
        rule="zone_policy_and_group_come_once: a zone",
        rejected=managed("availability_zones: [eu-west-1a, eu-west-1a]"),
        accepted=managed("availability_zones: [eu-west-1a]"),
        message=(
            "eks.nodes.main.availability_zones[1]: 'eu-west-1a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: What is listed twice says nothing more, and AWS refuses it."
        ),
    ),
    RulePair(
        rule="nodes_are_in_several_zones",
        rejected=managed("availability_zones: [eu-west-1a]", more=""),
        accepted=managed("availability_zones: [eu-west-1a]"),
        message=(
            "eks.nodes.main.availability_zones: all nodes of the cluster are in eu-west-1a\n"
            "fix: add nodes in another zone\n"
            "why: All pods are gone with the zone, though the control plane outlives it."
        ),
    ),
    RulePair(
        rule="node_update_is_of_nodes_that_there_are",
        rejected=managed("min_size: 0, desired_size: 0, max_size: 2, max_unavailable: 3"),
        accepted=managed("min_size: 0, desired_size: 0, max_size: 2, max_unavailable: 2"),
        message=(
            "eks.nodes.main.max_unavailable: 3 is not allowed\n"
            "allowed: at most max_size, which is 2\n"
            "why: The CDK refuses a number that is greater than the maximum number of nodes."
        ),
    ),
    RulePair(
        rule="node_update_leaves_nodes: counted",
        rejected=managed("max_unavailable: 2"),
        accepted=managed("max_unavailable: 1"),
        message=(
            "eks.nodes.main.max_unavailable: an update replaces 2 of 2 nodes at the same time\n"
            "fix: set less than 2\n"
            "why: Most pods of the node group are evicted at once, and wait for the nodes that come."
        ),
    ),
    RulePair(
        rule="security_groups_for_pods_are_on",
        rejected=managed("needs: [security_groups_for_pods]"),
        accepted=managed("needs: [security_groups_for_pods]", POD_ENI),
        message=(
            "eks.nodes.main.needs[0]: the VPC CNI plugin does not offer security groups for pods\n"
            'fix: set ENABLE_POD_ENI to "true" in eks.add_ons.vpc-cni.configuration.env\n'
            "why: The VPC CNI plugin gives pods no network interfaces of their own unless it is told to."
        ),
    ),
    RulePair(
        rule="security_groups_for_pods_are_on: for the cluster",
        rejected=eks(MANAGED, "needs: [security_groups_for_pods]"),
        accepted=eks(MANAGED, "needs: [security_groups_for_pods]", POD_ENI),
        message=(
            "eks.needs[0]: the VPC CNI plugin does not offer security groups for pods\n"
            'fix: set ENABLE_POD_ENI to "true" in eks.add_ons.vpc-cni.configuration.env\n'
            "why: The VPC CNI plugin gives pods no network interfaces of their own unless it is told to."
        ),
    ),
    RulePair(
        rule="security_groups_for_pods_are_on: which Fargate has without it",
        rejected=eks(MANAGED, "needs: [security_groups_for_pods]"),
        accepted=eks(BOTH, "needs: [security_groups_for_pods]"),
        message=(
            "eks.needs[0]: the VPC CNI plugin does not offer security groups for pods\n"
            'fix: set ENABLE_POD_ENI to "true" in eks.add_ons.vpc-cni.configuration.env\n'
            "why: The VPC CNI plugin gives pods no network interfaces of their own unless it is told to."
        ),
    ),
    RulePair(
        rule="nodes_can_do_what_is_needed: of families that have network interfaces for pods",
        rejected=managed(BURSTABLE, POD_ENI),
        accepted=managed(BURSTABLE.replace("t4g", "m7g"), POD_ENI),
        message=(
            "eks.nodes.main.needs[0]: these nodes cannot offer Security groups for pods: t4g.large has no "
            "network interfaces for single pods\n"
            "fix: change the options of these nodes, or use Self-managed nodes, AWS Fargate, or Karpenter: "
            "make node-capabilities NEEDS=security_groups_for_pods\n"
            "why: Pods that need it would stay pending, or fail, on nodes that cannot do it."
        ),
    ),
    RulePair(
        rule="instance_type_is_offered_in_the_zones: of these nodes",
        rejected=managed("architecture: x86_64, instance_types: [x8aedz.large]"),
        accepted=managed("architecture: x86_64, instance_types: [x8aedz.large], availability_zones: [eu-west-1a]"),
        message=(
            "eks.nodes.main.instance_types[0]: by the data here, of 2026-10-27, 1 of the zones of eu-west-1 "
            "offers x8aedz.large, but the environment uses 2\n"
            "fix: use a type of another size, or acknowledge this if your zones offer it\n"
            "why: In a zone that does not offer the type, no instance starts, and the node group or capacity "
            "is degraded."
        ),
    ),
    RulePair(
        rule="hibernated_instance_has_room_for_its_memory",
        rejected=HIBERNATED % "instance_types: [m7g.4xlarge], volume_gib: 50",
        accepted=HIBERNATED % "instance_types: [m7g.4xlarge], volume_gib: 100",
        message=(
            "eks.nodes.main.volume_gib: 50 is not allowed\n"
            "allowed: more than 64, the memory of m7g.4xlarge, because the warm pool is hibernated\n"
            "why: Amazon EC2 writes the memory to the root volume, up to a limit for each operating "
            "system, and no bare metal's."
        ),
    ),
    RulePair(
        rule="hibernated_instance_has_room_for_its_memory: which is limited",
        rejected=HIBERNATED % "instance_types: [m7g.16xlarge], volume_gib: 500",
        accepted=HIBERNATED % "instance_types: [m7g.8xlarge], volume_gib: 500",
        message=(
            "eks.nodes.main.instance_types[0]: the warm pool is hibernated, and m7g.16xlarge has 256 GiB "
            "of memory\n"
            "allowed: a virtual instance type with at most 150 GiB\n"
            "why: Amazon EC2 writes the memory to the root volume, up to a limit for each operating "
            "system, and no bare metal's."
        ),
    ),
    RulePair(
        rule="nodes_are_in_several_zones: beside Fargate, which takes its own pods only",
        rejected=ONE_ZONE % "batch: {kind: fargate, selectors: [{namespace: a}]}",
        accepted=ONE_ZONE % "auto: {kind: auto_mode}",
        message=(
            "eks.nodes.main.availability_zones: all nodes of the cluster are in eu-west-1a\n"
            "fix: add nodes in another zone\n"
            "why: All pods are gone with the zone, though the control plane outlives it."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
