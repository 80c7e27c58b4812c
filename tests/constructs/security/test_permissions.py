"""What Session Manager needs on an instance."""

from __future__ import annotations

from reference_constructs.security.permissions import session_manager_statement


def test_session_manager_opens_channels_and_reads_no_parameter() -> None:
    statement = session_manager_statement()

    assert set(statement.actions) == {
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    }
