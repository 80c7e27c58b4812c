"""Rules of the commands that nodes run before they join the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks, problems

CIDR = "service_cidr: 172.20.0.0/16"
COMMANDS = "pre_bootstrap_commands: [echo hello]"
WINDOWS = (
    "kind: managed, operating_system: windows_2022_core, architecture: x86_64, instance_types: [m7i.large], "
    "taints: [{key: os, value: windows}]"
)
NO_SHELL = (
    "why: Nothing runs them: Bottlerocket has no shell, and Amazon EKS makes the user data of Windows nodes by itself."
)


def nodes(*keys: str) -> str:
    """A file with nodes of these keys beside others."""
    return eks(f"nodes: {{main: {{kind: managed}}, own: {{{', '.join(keys)}}}}}", CIDR)


PAIRS = (
    RulePair(
        rule="commands_have_a_shell",
        rejected=nodes("kind: managed, operating_system: bottlerocket", COMMANDS),
        accepted=nodes("kind: managed, operating_system: al2023", COMMANDS),
        message=(
            "eks.nodes.own.pre_bootstrap_commands: operating_system is bottlerocket, which has no shell\n"
            "fix: use bottlerocket_settings.bootstrap-containers, or operating_system: al2023\n" + NO_SHELL
        ),
    ),
    RulePair(
        rule="commands_have_a_shell: of Windows nodes with an AMI of one's own alone",
        rejected=nodes(WINDOWS, COMMANDS),
        accepted=nodes(WINDOWS, COMMANDS, "image_id: ami-0123456789abcdef0"),
        message=(
            "eks.nodes.own.pre_bootstrap_commands: Amazon EKS configures the nodes, and operating_system is "
            "windows_2022_core\n"
            "fix: use an AMI of your own: image_id, or kind: self_managed\n" + NO_SHELL
        ),
    ),
    RulePair(
        rule="command_of_nodes_has_no_secret",
        rejected=nodes("kind: managed", "pre_bootstrap_commands: ['login AKIAIOSFODNN7EXAMPLE']"),
        accepted=nodes("kind: managed", "pre_bootstrap_commands: ['login $KEY']"),
        message=(
            "eks.nodes.own.pre_bootstrap_commands[0]: this has a secret in plain text (value not shown)\n"
            "fix: let the command read it from AWS Secrets Manager, which policy_arns of the nodes allow\n"
            "why: Everyone who can describe the launch template can read it, and so can whatever runs on the node."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_commands_have_room_in_the_user_data(tmp_path: Path) -> None:
    def of_bytes(number: int) -> str:
        return nodes("kind: managed", f"pre_bootstrap_commands: [{'a' * 6000}, {'b' * (number - 6001)}]")

    assert problems(tmp_path, of_bytes(12_000)) == []
    [problem] = problems(tmp_path, of_bytes(12_001))
    assert problem.key == "eks.nodes.own.pre_bootstrap_commands"
