"""Rules of the commands that nodes run before they join the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.subjects import instance_nodes
from settings.secret_texts import is_a_secret

_KEY: Final = "pre_bootstrap_commands"
_KEYS: Final = f"eks.nodes.<name>.{_KEY}"


@rule(
    "Bottlerocket, user data; Customize managed nodes with launch templates; terraform-aws-eks issue 2987",
    keys=(_KEYS, "eks.nodes.<name>.operating_system", "eks.nodes.<name>.image_id"),
)
def commands_have_a_shell(environment: Environment) -> Iterator[Problem]:
    """Nothing runs them: Bottlerocket has no shell, and Amazon EKS makes the user data of Windows nodes by itself."""
    for path, node in instance_nodes(environment):
        if not node.pre_bootstrap_commands:
            continue
        if node.operating_system == "bottlerocket":
            yield Problem(
                path=(*path, _KEY),
                finding="operating_system is bottlerocket, which has no shell",
                fix="use bottlerocket_settings.bootstrap-containers, or operating_system: al2023",
            )
        elif node.is_windows and isinstance(node, ManagedNodeGroupOptions) and not node.image_id:
            yield Problem(
                path=(*path, _KEY),
                finding=f"Amazon EKS configures the nodes, and operating_system is {node.operating_system}",
                fix="use an AMI of your own: image_id, or kind: self_managed",
            )


@rule("Run commands when you launch an EC2 instance with user data input, Amazon EC2 User Guide", keys=(f"{_KEYS}[]",))
def command_of_nodes_has_no_secret(environment: Environment) -> Iterator[Problem]:
    """Everyone who can describe the launch template can read it, and so can whatever runs on the node."""
    for path, node in instance_nodes(environment):
        for index, command in enumerate(node.pre_bootstrap_commands):
            if is_a_secret("", command):
                yield Problem(
                    path=(*path, _KEY, index),
                    finding="this has a secret in plain text (value not shown)",
                    fix="let the command read it from AWS Secrets Manager, which policy_arns of the nodes allow",
                )
