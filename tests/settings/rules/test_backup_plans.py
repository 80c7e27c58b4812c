"""Rules of the AWS Backup plan of file systems."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, file_system, storage

UNPROTECTED = HEAD + "protected: false\n"

PAIRS = (
    RulePair(
        rule="backup_plan_has_something_to_back_up",
        rejected=storage("backup_plan: {}"),
        accepted=storage(file_system("kind: efs"), "backup_plan: {}"),
        message=(
            "storage.backup_plan: there are no file systems\n"
            "fix: remove it, or add storage.file_systems\n"
            "why: AWS Backup refuses a selection without resources."
        ),
    ),
    RulePair(
        rule="backup_plan_has_something_to_back_up: scratch",
        rejected=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a, deployment_type: scratch_2"),
            "backup_plan: {}",
            head=UNPROTECTED,
        ),
        accepted=storage(
            file_system("kind: fsx_lustre, availability_zone: eu-west-1a"), "backup_plan: {}", head=UNPROTECTED
        ),
        message=(
            "storage.backup_plan: no file system can be backed up\n"
            "fix: remove it: AWS Backup has no backups of Amazon FSx for Lustre of the type scratch_2 or with a "
            "data repository\n"
            "why: AWS Backup refuses a selection without resources."
        ),
    ),
    RulePair(
        rule="backup_cron_fields_have_values",
        rejected=storage(file_system("kind: efs"), "backup_plan: {schedule_expression: cron(0 24 * * ? *)}"),
        accepted=storage(file_system("kind: efs"), "backup_plan: {schedule_expression: cron(0 23 * * ? *)}"),
        message=(
            "storage.backup_plan.schedule_expression: '24' is no value for the hours\n"
            "allowed: 0 to 23, with `,` `-` `*` `/`\n"
            "why: AWS Backup refuses a cron expression with a value that a field cannot have."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_two_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)
