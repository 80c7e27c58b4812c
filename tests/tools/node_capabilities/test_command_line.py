"""Which kinds of compute can do what is asked for."""

from __future__ import annotations

import pytest

from facts.node_capabilities import needs
from tools.node_capabilities.__main__ import main


def test_kinds_that_can_come_first_and_the_others_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gpu", "pod_identity"]) == 0

    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        *("can     Managed node groups", "can     Self-managed nodes", "can     EKS Auto Mode", "can     Karpenter"),
        *("can     EKS Hybrid Nodes", "cannot  AWS Fargate"),
    ]
    assert lines[lines.index("cannot  AWS Fargate") + 1 :] == [
        "          gpu: no: Fargate has no GPUs",
        "          pod_identity: no: there is no agent; use IAM roles for service accounts",
    ]


def test_what_is_plainly_possible_needs_no_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["arm64"]) == 0
    assert "can     Managed node groups\ncan     Self-managed nodes\n" in capsys.readouterr().out


def test_what_is_not_documented_is_not_promised(capsys: pytest.CaptureFixture[str]) -> None:
    main(["privileged"])
    assert (
        "cannot  EKS Auto Mode\n          privileged: AWS does not say: SELinux is enforcing" in capsys.readouterr().out
    )


def test_without_needs_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(needs())


def test_a_need_that_is_not_known_is_said_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ebs", "gpus"]) == 2
    assert capsys.readouterr().err.startswith("not known: gpus\nallowed: al2023, ")
