"""Rules of all ARNs of a file, whatever they are of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from reference_constructs.registry.ecr_image import domain, partition
from settings.arns import arn_keys, arns, texts
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys, statement_keys
from settings.rules.rule import rule, warning

# Either can have other text around it.
_ARN: Final = re.compile(r"(?<![A-Za-z0-9_-])arn:(aws[a-z-]*):[a-z0-9-]+:[a-z0-9*-]*:[0-9*]*:")
_HOST: Final = re.compile(
    r"\b[a-z0-9-]+\.([a-z]{2,4}(?:-[a-z]+)+-[0-9])\.(amazonaws\.(?:com\.cn|com|eu))(?![a-z0-9.-])"
)


@rule("Amazon Resource Names, IAM User Guide: partitions", keys=(*arn_keys(), "region"))
def arn_is_in_the_partition(environment: Environment) -> Iterator[Problem]:
    """Nothing of one partition of AWS can be used in another: IAM and each service refuse the ARN."""
    expected = partition(environment.region)
    for path, arn, _ in arns(environment):
        if not fnmatchcase(expected, arn.split(":")[1]):
            yield Problem(
                path=path,
                value=arn,
                allowed=f"an ARN that begins with arn:{expected}:, as those of {environment.region} do",
            )


@rule(
    "Create an Application Load Balancer; PutMetricAlarm, Amazon CloudWatch API Reference; Encrypt Kubernetes secrets "
    "with KMS on existing clusters",
    keys=(*arn_keys(region=True), "region"),
)
def arn_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """Certificates, topics, keys, queues, listeners, log groups, clusters, and Outposts are used in one Region only."""
    for path, arn, of_the in arns(environment):
        _, of_partition, _, region, *_ = arn.split(":")
        # Of an ARN of another partition, that is said above.
        if of_the.region and of_partition == partition(environment.region) and region != environment.region:
            yield Problem(path=path, value=arn, allowed=f"an ARN in the Region {environment.region}")


@rule(
    "Prerequisites for importing certificates; Create an HTTPS listener",
    keys=(*arn_keys(account=True), "account"),
)
def arn_is_in_the_account(environment: Environment) -> Iterator[Problem]:
    """Certificates, listeners, log groups, queues, and clusters are used in their own account only."""
    for path, arn, of_the in arns(environment):
        if of_the.account and environment.account not in (None, arn.split(":")[4]):
            yield Problem(path=path, value=arn, allowed=f"an ARN in the account {environment.account}")


@rule("Permissions boundaries for IAM entities, IAM User Guide", keys=("permissions_boundary_arn", "account"))
def permissions_boundary_is_in_the_account(environment: Environment) -> Iterator[Problem]:
    """IAM accepts only a managed policy of the account of the role, or one of AWS, as a permissions boundary."""
    arn = environment.permissions_boundary_arn
    if arn is not None and environment.account is not None and arn.split(":")[4] not in ("aws", environment.account):
        yield Problem(
            path=("permissions_boundary_arn",),
            value=arn,
            allowed=f"a policy in the account {environment.account}, or one of AWS",
        )


@warning(
    "Amazon Resource Names, IAM User Guide: partitions; AWS service endpoints",
    keys=(
        *container_keys("environment.<name>", "command", "entry_point", "health_check.command"),
        *statement_keys("conditions.<name>.<name>"),
        "eks.add_ons.<name>.configuration.<name>",
        "region",
    ),
)
def text_is_about_the_partition(environment: Environment) -> Iterator[Problem]:
    """Roles of one partition of AWS have no permissions in another, and no request there is of one here."""
    expected = partition(environment.region)
    checked = {path for path, _, _ in arns(environment)}
    for path, text in texts(environment):
        if path[0] == "acknowledged_warnings" or path[-1] == "image" or path in checked:
            continue  # the others have rules of their own
        of_arn = next((each for each in _ARN.finditer(text) if each[1] != expected), None)
        of_host = next((each for each in _HOST.finditer(text) if partition(each[1]) != expected), None)
        if of_arn is not None:
            yield Problem(
                path=path,
                finding=f"an ARN begins with arn:{of_arn[1]}:, and the environment is in {environment.region}",
                fix=f"use one that begins with arn:{expected}:, or acknowledge that the program has credentials of "
                f"{of_arn[1]}",
            )
        elif of_host is not None:
            yield Problem(
                path=path,
                finding=f"{of_host[0]} is in the partition {partition(of_host[1])}, and the environment in {expected}",
                fix=f"use a host in {expected}, or acknowledge that the program has other credentials",
            )
        elif wrong := [each for each in _HOST.finditer(text) if each[2] != domain(each[1])]:
            yield Problem(
                path=path,
                finding=f"there is no host {wrong[0][0]}",
                fix=f"hosts in {wrong[0][1]} end with .{domain(wrong[0][1])}",
            )
