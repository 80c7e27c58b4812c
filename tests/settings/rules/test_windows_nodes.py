"""Rules of Windows nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks

LINUX = "main: {kind: managed}"
TAINT = "taints: [{key: os, value: windows}]"


def windows(text: str, *lines: str, system: str = "windows_2022_core, architecture: x86_64", taint: str = TAINT) -> str:
    """Linux nodes, and Windows nodes with these options."""
    options = f"operating_system: {system}, instance_types: [m7i.large], desired_size: 1, {taint}, {text}"
    return eks(f"nodes: {{{LINUX}, win: {{kind: managed, {options}}}}}", *lines)


def ipam(value: str) -> str:
    return f"add_ons: {{vpc-cni: {{configuration: {{enableWindowsIpam: {value}}}}}}}"


OWN_AMI = "image_id: ami-0123456789abcdef0"
SERVICES = "service_cidr: 172.20.0.0/16"


PAIRS = (
    RulePair(
        rule="windows_node_is_x86",
        rejected=windows("", system="windows_2022_core").replace("m7i", "m7g"),
        accepted=windows(""),
        message=(
            "eks.nodes.win.architecture: operating_system is windows_2022_core, but architecture is arm64, "
            "the default\n"
            "fix: set architecture to x86_64, and use instance_types of that architecture\n"
            "why: There is no Windows Server for Arm."
        ),
    ),
    RulePair(
        rule="windows_ipam_is_on",
        rejected=windows("", ipam("'false'")),
        accepted=windows("", ipam("'true'")),
        message=(
            "eks.add_ons.vpc-cni.configuration.enableWindowsIpam: 'false' is not allowed\n"
            'allowed: "true", in quotes, because there are Windows nodes\n'
            "why: Without it no Windows pod gets an address; where the key is not stated, it is added."
        ),
    ),
    RulePair(
        rule="windows_node_takes_the_settings",
        rejected=windows("max_pods: 20"),
        accepted=windows(f"max_pods: 20, {OWN_AMI}", SERVICES),
        message=(
            "eks.nodes.win.max_pods: Amazon EKS configures the nodes, and operating_system is "
            "windows_2022_core\n"
            "fix: remove max_pods, or use an AMI of your own: image_id\n"
            "why: Only the bootstrap script of the AMI configures the kubelet, which Amazon EKS calls with "
            "arguments of its own."
        ),
    ),
    RulePair(
        rule="windows_node_takes_the_settings: nor fields of the kubelet",
        rejected=windows(f"kubelet: {{podPidsLimit: 100}}, {OWN_AMI}", SERVICES),
        accepted=windows(f"kubelet: {{}}, {OWN_AMI}", SERVICES),
        message=(
            "eks.nodes.win.kubelet: operating_system is windows_2022_core, whose kubelet takes no such "
            "configuration\n"
            "fix: remove kubelet\n"
            "why: Only the bootstrap script of the AMI configures the kubelet, which Amazon EKS calls with "
            "arguments of its own."
        ),
    ),
    RulePair(
        rule="windows_node_has_a_taint",
        rejected=windows("", taint="taints: []"),
        accepted=windows(""),
        message=(
            "eks.nodes.win.taints: Windows nodes have no taint that keeps Linux pods off\n"
            "fix: add one, such as {key: os, value: windows}, or acknowledge that Linux pods have a "
            "nodeSelector\n"
            "why: Linux pods without a node selector are scheduled on Windows nodes too, and never start "
            "there."
        ),
    ),
    RulePair(
        rule="windows_node_has_a_taint: that keeps pods off",
        rejected=windows("", taint="taints: [{key: os, effect: PREFER_NO_SCHEDULE}]"),
        accepted=windows("", taint="taints: [{key: os, effect: NO_EXECUTE}]"),
        message=(
            "eks.nodes.win.taints: Windows nodes have no taint that keeps Linux pods off\n"
            "fix: add one, such as {key: os, value: windows}, or acknowledge that Linux pods have a "
            "nodeSelector\n"
            "why: Linux pods without a node selector are scheduled on Windows nodes too, and never start "
            "there."
        ),
    ),
    RulePair(
        rule="windows_volume_holds_the_image",
        rejected=windows("volume_gib: 49"),
        accepted=windows("volume_gib: 50"),
        message=(
            "eks.nodes.win.volume_gib: operating_system is windows_2022_core, and volume_gib is 49\n"
            "fix: set 50 or more\n"
            "why: Amazon EC2 refuses a volume that is smaller than the snapshot of the AMI, which has 50 GiB."
        ),
    ),
    RulePair(
        rule="windows_node_has_no_efa",
        rejected=windows("efa_interfaces: 1, availability_zones: [eu-west-1a]").replace("m7i.large", "c5n.18xlarge"),
        accepted=windows("availability_zones: [eu-west-1a]").replace("m7i.large", "c5n.18xlarge"),
        message=(
            "eks.nodes.win.efa_interfaces: there are Elastic Fabric Adapters, and operating_system is "
            "windows_2022_core\n"
            "fix: remove efa_interfaces, or use Linux\n"
            "why: On Windows, an Elastic Fabric Adapter works as an ordinary network interface, and "
            "applications gain nothing."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
