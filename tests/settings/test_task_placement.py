"""How many instances hold a number of tasks, and what an environment's tasks take."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_constructs.ecs.service_options import ServiceOptions
from settings import load_environment
from settings.instance_needs import daemons, needs, workloads
from settings.task_placement import Room, Tasks, instances_for
from tests.support.rule_pairs import other, problems, service

LARGE = Room(network_interfaces=2, cpu_units=2048, memory_mib=7372)
ON_DEFAULT = "capacity_provider_strategy: [{capacity_provider: default}]"


def _tasks(number: int, *, cpu_units: int = 256, memory_mib: int = 512, apart: str = "", gpus: int = 0) -> Tasks:
    room = Room(cpu_units=cpu_units, memory_mib=memory_mib, gpus=gpus)
    return Tasks(room=room, number=number, apart=frozenset([apart] if apart else []))


@pytest.mark.parametrize(
    ("tasks", "instances"),
    [
        ([], 0),
        ([_tasks(0)], 0),
        ([_tasks(13)], 7),
        ([_tasks(3, memory_mib=4000)], 3),
        # By memory they would fit on two, but neither holds a large one beside two small ones.
        ([_tasks(2, cpu_units=1536), _tasks(3, cpu_units=512)], 3),
        ([_tasks(2, cpu_units=1536), _tasks(2, cpu_units=512)], 2),
        ([_tasks(3, apart="web")], 3),
        ([_tasks(2, apart="web"), _tasks(2, apart="api")], 2),
        ([_tasks(1, apart="/dev/neuron0"), _tasks(1, memory_mib=1024, apart="/dev/neuron0")], 2),
        ([_tasks(1, gpus=1)], None),
        ([_tasks(1, memory_mib=8000)], None),
    ],
)
def test_as_many_instances_hold_the_tasks(tasks: list[Tasks], instances: int | None) -> None:
    assert instances_for(LARGE, tasks) == instances


@given(
    st.lists(
        st.builds(
            _tasks,
            st.integers(0, 6),
            cpu_units=st.integers(1, 2048),
            memory_mib=st.integers(1, 7372),
            apart=st.sampled_from(["", "", "a", "b"]),
        ),
        max_size=4,
    )
)
def test_no_fewer_than_their_sum_takes_and_no_more_than_one_for_each(tasks: list[Tasks]) -> None:
    found = instances_for(LARGE, tasks)

    total = sum(each.number for each in tasks)
    sums = [
        -(-sum(each.number * getattr(each.room, what) for each in tasks) // getattr(LARGE, what))
        for what in ("network_interfaces", "cpu_units", "memory_mib")
    ]
    alone = [sum(each.number for each in tasks if name in each.apart) for name in ("a", "b")]
    assert found is not None
    assert max(*sums, *alone) <= found <= total


def test_daemons_take_their_part_of_each_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which services are daemons, `scheduling_strategy` says."""
    monkeypatch.setattr(ServiceOptions, "is_daemon", property(lambda each: each.memory_mib == 1000))
    text = service(
        ON_DEFAULT,
        "memory_mib: 6000",
        before="  capacity: {default: {instance_types: [m7g.large], max_size: 2}}\n",
    ) + other(ON_DEFAULT, "memory_mib: 1000")
    file = tmp_path / "file.yaml"
    file.write_text(text)
    ecs = load_environment(str(file)).ecs
    assert ecs is not None

    (need,) = needs(ecs, "default")
    assert [each.name for each in daemons(ecs, "default")] == ["other"]
    assert [each.name for each in workloads(ecs, "default")] == ["web"]
    assert need.room == Room(network_interfaces=1, cpu_units=1792, memory_mib=6372)
    assert (need.instances, need.with_deployment, need.at_once) == (1, 2, 2)
    crowded = text.replace("6000", "6500")
    (problem,) = problems(tmp_path, crowded)
    assert problem.lines()[0] == (
        "ecs.capacity.default.max_size: instances of type m7g.large have no room for a task of web beside other, of "
        "which one runs on each"
    )


def test_windows_has_no_trunk(tmp_path: Path) -> None:
    group = "{operating_system: windows_2022_core, architecture: x86_64, instance_types: [m7i.large], volume_gib: 50}"
    file = tmp_path / "file.yaml"
    file.write_text(
        service(
            ON_DEFAULT,
            "operating_system: windows_server_2022_core",
            "architecture: x86_64",
            before=f"  awsvpc_trunking: true\n  capacity: {{default: {group}}}\n",
        )
    )
    ecs = load_environment(str(file)).ecs
    assert ecs is not None

    assert [each.room.network_interfaces for each in needs(ecs, "default")] == [2]
