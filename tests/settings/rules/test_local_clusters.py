"""Rules of local clusters on AWS Outposts, of their nodes, and of where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, MANAGED, PRIVATE_ACCESS, RulePair, eks, problems

OUTPOST = (
    "outpost: {arn: 'arn:aws:outposts:eu-west-1:111122223333:outpost/op-0123456789abcdef0', "
    "subnet_ids: [subnet-0123456789abcdef0], control_plane_instance_type: m5.large}"
)
VERSION = 'kubernetes_version: "1.32"'
CIDR = "service_cidr: 172.20.0.0/16"
GRACE = "kubelet: {shutdownGracePeriod: 90s}"
NODES = f"kind: self_managed, {GRACE}, architecture: x86_64, instance_types: [m5.large]"
PLACE = "location: outpost, subnet_ids: [subnet-0123456789abcdef0]"
THERE = f"nodes: {{own: {{{NODES}, {PLACE}}}}}"
IN_THE_REGION = "remove eks.outpost to have the control plane in the Region"
ARM = "{warning: edge_has_the_architecture, key: eks.nodes.own.architecture, reason: these are there}"
BECAUSE = "because there is an eks.outpost"
NO_ENTRIES = "why: On an Outpost, Amazon EKS has no access entries, no identity providers, and no roles of pods."
ONE_ZONE = (
    "why: The Outpost is in one Availability Zone, and its three instances are neither scaled nor supported for longer."
)


def local(*lines: str, nodes: str = THERE, head: str = HEAD) -> str:
    """A file with a local cluster."""
    return eks(OUTPOST, VERSION, CIDR, nodes, *lines, head=head)


def region(*lines: str, head: str = HEAD) -> str:
    """A file with the same in the Region."""
    return eks(MANAGED, *lines, head=head)


def refused(key: str, why: str) -> str:
    """The message about a key that a local cluster does not have."""
    name = key.rpartition(".")[2]
    return f"{key}: there is an eks.outpost, and {name} is stated\nfix: remove {name}, or {IN_THE_REGION}\n{why}"


def only_in_the_region(rule: str, key: str, line: str, why: str) -> RulePair:
    """A line that is accepted in the Region."""
    return RulePair(rule=f"{rule}: {key}", rejected=local(line), accepted=region(line), message=refused(key, why))


PAIRS = (
    only_in_the_region(
        "local_cluster_authenticates_by_its_config_map",
        "eks.access_entries",
        "access_entries: {team: {principal_arn: 'arn:aws:iam::111122223333:role/team'}}",
        NO_ENTRIES,
    ),
    only_in_the_region(
        "local_cluster_authenticates_by_its_config_map",
        "eks.delivery_roles",
        "delivery_roles: {shop: {trusted_principal_arns: ['arn:aws:iam::111122223333:role/build'], "
        "kubernetes_groups: [shop]}}",
        NO_ENTRIES,
    ),
    only_in_the_region(
        "local_cluster_authenticates_by_its_config_map",
        "eks.identity_provider",
        "identity_provider: {issuer_url: 'https://login.example.com', client_id: kubernetes}",
        NO_ENTRIES,
    ),
    only_in_the_region(
        "local_cluster_authenticates_by_its_config_map",
        "eks.pod_identities",
        "pod_identities: {orders: {namespace: shop, service_account: orders, "
        "policy_arns: ['arn:aws:iam::111122223333:policy/orders']}}",
        NO_ENTRIES,
    ),
    only_in_the_region(
        "local_cluster_authenticates_by_its_config_map",
        "eks.remote_networks",
        "remote_networks: {node_cidrs: [10.80.0.0/16]}",
        NO_ENTRIES,
    ),
    only_in_the_region(
        "local_cluster_authenticates_by_its_config_map",
        "eks.capabilities.ack",
        "capabilities: {ack: {policy_arns: ['arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess']}}",
        NO_ENTRIES,
    ),
    only_in_the_region(
        "local_cluster_comes_with_its_add_ons",
        "eks.add_ons",
        "add_ons: {metrics-server: {}}",
        "why: On an Outpost, Amazon EKS installs the VPC CNI plugin, kube-proxy, and CoreDNS by itself, and no EKS "
        "add-on.",
    ),
    only_in_the_region(
        "local_cluster_has_no_secrets_key",
        "eks.secrets_key_arn",
        "secrets_key_arn: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "why: On an Outpost, Amazon EKS does not encrypt Kubernetes secrets with a KMS key.",
    ),
    only_in_the_region(
        "local_control_plane_is_where_the_outpost_is",
        "eks.control_plane_availability_zones",
        "control_plane_availability_zones: [eu-west-1a, eu-west-1b]",
        ONE_ZONE,
    ),
    only_in_the_region(
        "local_control_plane_is_where_the_outpost_is",
        "eks.control_plane_scaling_tier",
        "control_plane_scaling_tier: tier-xl",
        ONE_ZONE,
    ),
    only_in_the_region("local_control_plane_is_where_the_outpost_is", "eks.zonal_shift", "zonal_shift: true", ONE_ZONE),
    only_in_the_region(
        "local_control_plane_is_where_the_outpost_is",
        "eks.kube_api_server",
        "kube_api_server: {event_ttl_minutes: 30}",
        ONE_ZONE,
    ),
    only_in_the_region(
        "local_control_plane_is_where_the_outpost_is",
        "eks.control_plane_egress_mode",
        "control_plane_egress_mode: CUSTOMER_ROUTED",
        ONE_ZONE,
    ),
    RulePair(
        rule="local_cluster_has_a_private_endpoint",
        rejected=local("endpoint: {access: public_and_private, public_access_cidrs: [192.31.196.0/24]}"),
        accepted=local(PRIVATE_ACCESS),
        message=(
            "eks.endpoint.access: 'public_and_private' is not allowed\n"
            f"allowed: private, {BECAUSE}\n"
            "why: The endpoint of a control plane on an Outpost has the private addresses of its instances only."
        ),
    ),
    RulePair(
        rule="local_cluster_is_in_an_ipv4_vpc",
        rejected=local(head=HEAD + "network: {ip_family: dual_stack}\n"),
        accepted=region(head=HEAD + "network: {ip_family: dual_stack}\n"),
        message=(
            "network.ip_family: 'dual_stack' is not allowed\n"
            f"allowed: ipv4, {BECAUSE}\n"
            "why: The VPC of a local cluster cannot have an IPv6 CIDR block."
        ),
    ),
    RulePair(
        rule="local_cluster_has_pods_in_the_subnets_of_nodes",
        rejected=local(head=HEAD + "network: {pod_cidr: 100.64.0.0/16}\n"),
        accepted=local(),
        message=refused(
            "network.pod_cidr",
            "why: Subnets for pods alone are configured with the add-on of the VPC CNI, which a local cluster does not "
            "have.",
        ),
    ),
    RulePair(
        rule="subnet_of_the_outpost_comes_once",
        rejected=local().replace(
            "[subnet-0123456789abcdef0]", "[subnet-0123456789abcdef0, subnet-0123456789abcdef0]", 1
        ),
        accepted=local().replace(
            "[subnet-0123456789abcdef0]", "[subnet-0123456789abcdef0, subnet-0123456789abcdef1]", 1
        ),
        message=(
            "eks.outpost.subnet_ids[1]: 'subnet-0123456789abcdef0' is listed twice\n"
            "fix: remove one of the two\n"
            "why: What is listed twice says nothing more, and AWS refuses it."
        ),
    ),
    RulePair(
        rule="older_version_is_of_a_local_cluster",
        rejected=region('kubernetes_version: "1.34"', "add_on_versions: default"),
        accepted=local(),
        message=(
            "eks.kubernetes_version: '1.34' is not allowed\n"
            'allowed: "1.35" or later, because there is no eks.outpost\n'
            "why: Standard support of the version has ended in the Region; local clusters on Outposts follow later."
        ),
    ),
    RulePair(
        rule="version_is_listed_for_local_clusters",
        rejected=local().replace("1.32", "1.33"),
        accepted=local(),
        message=(
            "eks.kubernetes_version: the latest version that AWS listed for local clusters in November 2026 is 1.32, "
            "and this is 1.33\n"
            'fix: use "1.32", or acknowledge that the page lists this one\n'
            "why: Amazon EKS refuses to create a local cluster of a version that has no platform version for Outposts "
            "yet."
        ),
    ),
    RulePair(
        rule="region_is_listed_for_local_clusters",
        rejected=local().replace("eu-west-1", "eu-west-3"),
        accepted=local(),
        message=(
            "region: AWS did not list eu-west-3 for local clusters in November 2026, and there is an eks.outpost\n"
            "fix: use the Region of an Outpost that is listed, or acknowledge that the page lists this one\n"
            "why: Amazon EKS creates local clusters in some Regions only."
        ),
    ),
    RulePair(
        rule="local_cluster_has_self_managed_nodes",
        rejected=local(nodes=f"{THERE[:-1]}, main: {{kind: managed}}}}"),
        accepted=local(nodes=f"{THERE[:-1]}, main: {{{NODES}, {PLACE}}}}}"),
        message=(
            "eks.nodes.main.kind: 'managed' is not allowed\n"
            f"allowed: self_managed, {BECAUSE}\n"
            "why: Amazon EKS creates no nodes on an Outpost, and a local cluster admits no others."
        ),
    ),
    RulePair(
        rule="nodes_of_a_local_cluster_are_on_the_outpost",
        rejected=local(nodes=f"nodes: {{own: {{{NODES}}}}}"),
        accepted=local(),
        message=(
            "eks.nodes.own.location: 'region', the default, is not allowed\n"
            f"allowed: outpost, {BECAUSE}\n"
            "fix: state location: outpost, and subnet_ids on that Outpost\n"
            "why: A local cluster has its nodes where its control plane is, so that they reach it without the Region."
        ),
    ),
    RulePair(
        rule="nodes_of_a_local_cluster_are_amazon_linux",
        rejected=local(nodes=f"nodes: {{own: {{{NODES}, {PLACE}, operating_system: bottlerocket}}}}"),
        accepted=eks(CIDR, f"nodes: {{own: {{{NODES}, {PLACE}, operating_system: bottlerocket}}}}", "add_ons: {}"),
        message=(
            "eks.nodes.own.operating_system: 'bottlerocket' is not allowed\n"
            f"allowed: al2023, {BECAUSE}\n"
            "why: Neither Bottlerocket nor Windows can join a local cluster on an Outpost with Amazon EBS."
        ),
    ),
    RulePair(
        rule="nodes_of_a_local_cluster_have_a_supported_image",
        rejected=local(nodes=f"nodes: {{own: {{kind: self_managed, {GRACE}, {PLACE}}}}}"),
        accepted=local(
            nodes=f"nodes: {{own: {{kind: self_managed, {GRACE}, {PLACE}, image_id: ami-0123456789abcdef0}}}}",
            head=f"{HEAD}acknowledged_warnings: [{ARM}]\n",
        ),
        message=(
            "eks.nodes.own.architecture: 'arm64', the default, is not allowed\n"
            f"allowed: x86_64, {BECAUSE}\n"
            "fix: state architecture: x86_64 and instance types of the Outpost, or an image_id\n"
            "why: Local clusters support the Amazon Linux 2023 AMIs of Amazon EKS for x86_64 only."
        ),
    ),
    RulePair(
        rule="local_cluster_can_do_what_is_needed",
        rejected=local("needs: [pod_identity, outposts]"),
        accepted=local("needs: [outposts]"),
        message=(
            "eks.needs: pod_identity is needed, but there is an eks.outpost\n"
            f"fix: remove the need, or {IN_THE_REGION}\n"
            "why: Pods of a local cluster have the credentials of their nodes only."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_extended_support_of_a_local_cluster_is_refused_beside_the_warning_of_its_cost(tmp_path: Path) -> None:
    found = problems(tmp_path, local("support_type: EXTENDED"))

    assert [problem.key for problem in found if not problem.warning] == ["eks.support_type"]
