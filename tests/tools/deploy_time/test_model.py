"""The path is the longest one, stacks wait for what they need, and a deletion is the same backward."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from assembly import Graph
from facts import creation_times
from tests.support.snapshot_graphs import ALL, snapshot_assembly, snapshot_graph
from tests.support.synthesis import ROOT, synthesize
from tools.deploy_time.__main__ import main
from tools.deploy_time.model import Model

CLUSTER, NODES, NAT, SUBNET = "AWS::EKS::Cluster", "AWS::EKS::Nodegroup", "AWS::EC2::NatGateway", "AWS::EC2::Subnet"
STACK = creation_times.seconds("stack", "create").typical
UNMAPPED = creation_times.seconds("AWS::Example::Unheard", "create").typical


def _resource(kind: str, *after: str, imports: str = "") -> dict[str, Any]:
    properties = {"Value": {"Fn::ImportValue": imports}} if imports else {}
    return {"Type": kind, "Properties": properties, "DependsOn": list(after)}


def _export(resource: str, name: str) -> dict[str, Any]:
    return {"Export": {"Name": name}, "Value": {"Ref": resource}}


def _graph() -> Graph:
    """A network, a cluster that needs a subnet of it, and a stack of its own."""
    return Graph(
        {
            "network": {
                "Resources": {"Subnet": _resource(SUBNET), "Nat": _resource(NAT, "Subnet")},
                "Outputs": {"Subnet": _export("Subnet", "subnet")},
            },
            "eks": {
                "Resources": {"Cluster": _resource(CLUSTER, imports="subnet"), "Nodes": _resource(NODES, "Cluster")}
            },
            "alone": {"Resources": {"Key": _resource("AWS::KMS::Key")}},
        }
    )


def test_a_stack_takes_the_longest_chain_of_its_resources() -> None:
    model = Model(_graph())

    assert [step.name for step in model.path_of_stack("eks")] == ["Cluster", "Nodes"]
    assert model.stack_time("eks") == STACK + 640 + 145
    assert model.stack_time("network") == STACK + 11 + 100


def test_the_bound_leaves_out_what_a_stack_waits_for_in_vain() -> None:
    assert [(step.name, step.seconds) for step in Model(_graph()).shortest_possible] == [
        ("Subnet", 11),
        ("Cluster", 640),
        ("Nodes", 145),
    ]


@pytest.mark.parametrize(
    ("concurrency", "order", "total"),
    [
        (1, ["network", "eks", "alone"], 3 * STACK + 111 + 785 + 20),
        (2, ["network", "alone", "eks"], 2 * STACK + 111 + 785),
        (None, ["alone", "network", "eks"], 2 * STACK + 111 + 785),
    ],
)
def test_stacks_are_worked_on_as_many_at_a_time_as_allowed(
    concurrency: int | None, order: list[str], total: float
) -> None:
    model = Model(_graph())

    assert {each.stack for each in model.schedule(concurrency)} == set(order)
    assert model.total(concurrency) == total
    times = {each.stack: each for each in model.schedule(concurrency)}
    assert times["eks"].start >= times["network"].end


def test_the_chain_is_of_stacks_without_a_pause() -> None:
    model = Model(_graph())

    assert [each.stack for each in model.chain(1)] == ["network", "eks", "alone"]
    assert [each.stack for each in model.chain(2)] == ["network", "eks"]


def test_a_deletion_goes_backward() -> None:
    model = Model(_graph(), action="delete")

    assert [step.name for step in model.path_of_stack("eks")] == ["Nodes", "Cluster"]
    assert [each.stack for each in model.chain(None)] == ["eks", "network"]


def test_a_gateway_endpoint_is_faster_than_an_interface_endpoint() -> None:
    kind = "AWS::EC2::VPCEndpoint"
    endpoints = {
        "Gateway": _resource(kind),
        "Interface": {"Type": kind, "Properties": {"VpcEndpointType": "Interface"}},
    }
    graph = Graph({"stack": {"Resources": endpoints}})
    model = Model(graph)

    assert {each.logical_id: model.time_of(each) for each in graph.resources} == {"Gateway": 6, "Interface": 100}


def test_a_file_system_of_lustre_is_faster_than_one_of_ontap() -> None:
    kind = "AWS::FSx::FileSystem"
    systems = {each: {"Type": kind, "Properties": {"FileSystemType": each}} for each in ("LUSTRE", "ONTAP")}
    graph = Graph({"stack": {"Resources": systems}})
    model = Model(graph)

    assert {each.logical_id: model.time_of(each) for each in graph.resources} == {"LUSTRE": 360, "ONTAP": 1500}


@pytest.mark.parametrize("environment", ALL)
def test_an_environment_takes_no_less_than_its_bound(environment: str) -> None:
    graph = snapshot_graph(environment)
    fast, typical, slow = (Model(graph, which=which) for which in ("shortest", "typical", "longest"))

    bound = sum(step.seconds for step in typical.shortest_possible)
    assert bound < typical.total(None) <= typical.total(4) <= typical.total(1)
    assert fast.total(1) <= typical.total(1) <= slow.total(1)


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_with_four_stacks_at_a_time_a_shipped_environment_is_near_its_bound(environment: str) -> None:
    model = Model(snapshot_graph(environment))

    assert model.total(4) <= 1.2 * sum(step.seconds for step in model.shortest_possible)


def test_times_are_in_order_and_have_a_source() -> None:
    for name, row in creation_times.rows().items():
        assert row["evidence"] in ("measured", "assumed"), name
        assert row["source"], name
        for action in ("create", "delete"):
            typical, shortest, longest = row.get(action, (0, 0, 0))
            assert shortest <= typical <= longest, name
    assert not creation_times.seconds("AWS::KMS::Key", "create").is_measured
    assert creation_times.seconds(NAT, "delete").is_measured
    assert not creation_times.seconds("AWS::ECS::Service", "delete").is_measured
    assert UNMAPPED == 5


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--assembly", str(synthesize("sandbox").outdir), "--concurrency", "4"]) == 0

    page = (ROOT / "docs" / "deploy-time.md").read_text()
    shown = re.search(r"```text\n(.*?)```\n<!-- end of time -->", page, re.DOTALL)
    assert shown is not None
    assert shown[1] == capsys.readouterr().out


def test_a_deletion_is_printed_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--assembly", str(snapshot_assembly("sandbox", tmp_path)), "--destroy"]) == 0

    printed = capsys.readouterr().out
    assert printed.startswith("Deletion: ")
    assert "rollback" not in printed


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_stacks_is_at_least_one(number: str) -> None:
    with pytest.raises(SystemExit):
        main(["--concurrency", number])
