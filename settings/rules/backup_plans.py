"""Rules of the AWS Backup plan of file systems."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.storage.file_system_options import FileSystemOptions
from reference_constructs.storage.fsx_lustre_options import FsxLustreOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.storage_subjects import file_systems
from settings.schedule_expressions import wrong_fields

_PLAN = "storage.backup_plan"


@rule("Assigning resources to a backup plan, AWS Backup Developer Guide", keys=(_PLAN, "storage.file_systems"))
def backup_plan_has_something_to_back_up(environment: Environment) -> Iterator[Problem]:
    """AWS Backup refuses a selection without resources."""
    found = [each for _, _, each in file_systems(environment, FileSystemOptions)]
    possible = [each for each in found if not isinstance(each, FsxLustreOptions) or each.can_have_backups]
    if environment.storage.backup_plan is not None and not possible:
        yield Problem(
            path=("storage", "backup_plan"),
            finding="no file system can be backed up" if found else "there are no file systems",
            fix="remove it: AWS Backup has no backups of Amazon FSx for Lustre of the type scratch_2 or with a data "
            "repository"
            if found
            else "remove it, or add storage.file_systems",
        )


@rule("Backup plan options and configuration, AWS Backup Developer Guide", keys=(f"{_PLAN}.schedule_expression",))
def backup_cron_fields_have_values(environment: Environment) -> Iterator[Problem]:
    """AWS Backup refuses a cron expression with a value that a field cannot have."""
    plan = environment.storage.backup_plan
    if plan is None:
        return
    path = ("storage", "backup_plan", "schedule_expression")
    for text, name, allowed in wrong_fields(plan.schedule_expression):
        yield Problem(path=path, finding=f"{text!r} is no value for the {name}", allowed=allowed)
