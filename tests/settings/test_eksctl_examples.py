"""What people run elsewhere can be said here: the public examples of eksctl, as environment files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from ruamel.yaml import YAML

from tests.support.rule_pairs import problems

FILES: Final[dict[str, str]] = YAML(typ="safe").load(
    Path(__file__).with_name("eksctl_examples.yaml").read_text("utf-8")
)
# Of what these ask for explicitly, and a careful engineer would not.
WARNED_OF: Final = {
    "01": {"control_plane_logs_are_complete"},
    "08": {"spot_instances_are_interrupted_seldom"},
    "11": {"control_plane_logs_are_complete"},
    "13": {"action_fits_a_resource", "statement_names_its_resources"},
    "14": {"self_managed_nodes_stop_their_pods"},
    "15": {"node_update_leaves_nodes", "statement_names_its_resources"},
    "16": {"fargate_profile_leaves_daemon_sets_to_nodes"},
    "22": {"statement_names_its_resources"},
    "23": {
        "instance_type_is_known",
        "nodes_are_in_several_zones",
        "spot_has_several_instance_types",
        "spot_instances_are_interrupted_seldom",
        "statement_names_its_resources",
    },
    "24": {"nodes_are_in_private_subnets"},
    "26": {"spot_has_several_instance_types"},
    "29": {"karpenter_ami_is_pinned_where_protected"},
    "30": {"statement_names_its_resources"},
    "32": {"self_managed_nodes_stop_their_pods"},
    "35-iamidentitymappings": {"username_of_a_role_has_its_session"},
    "39": {"statement_names_its_resources"},
    "41": {"cluster_has_nodes"},
    "45": {"extended_support_costs_more"},
    "46": {"cluster_has_nodes"},
}


@pytest.mark.parametrize("number", FILES)
def test_an_example_is_accepted_with_no_warning_but_of_what_it_asks_for(tmp_path: Path, number: str) -> None:
    found = problems(tmp_path, FILES[number])

    assert {problem.warning for problem in found} == WARNED_OF.get(number, set())
