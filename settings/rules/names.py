"""Rules of the names and tags that CloudFormation gives to resources."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.routing_subjects import load_balancers
from settings.rules.rule import rule

# The third, xn--, has two hyphens in a row, which no name has.
_RESERVED_BY_S3 = ("sthree-", "amzn-s3-demo-")


@rule("CreateSecurityGroup, Amazon EC2 API Reference; cluster-api-provider-aws issue 1725", keys=("name",))
def name_can_begin_that_of_a_security_group(environment: Environment) -> Iterator[Problem]:
    """CloudFormation names security groups after their stack, and Amazon EC2 refuses a name that begins with sg-."""
    if _stacks_begin_with(environment, "sg-"):
        yield Problem(
            path=("name",), value=environment.name, allowed="a name other than sg that does not begin with sg-"
        )


@rule(
    "General purpose bucket naming rules, Amazon S3 User Guide",
    keys=("name", "ecs.load_balancer.access_log_retention_days"),
)
def name_can_begin_that_of_a_bucket(environment: Environment) -> Iterator[Problem]:
    """CloudFormation names the bucket of access logs after its stack, and Amazon S3 reserves these beginnings."""
    has_bucket = any(balancer.access_log_retention_days is not None for _, balancer in load_balancers(environment))
    for reserved in _RESERVED_BY_S3 if has_bucket else ():
        if _stacks_begin_with(environment, reserved):
            yield Problem(
                path=("name",), value=environment.name, allowed=f"a name with another beginning than {reserved}"
            )


def _stacks_begin_with(environment: Environment, beginning: str) -> bool:
    return f"{environment.name}-".startswith(beginning)


@rule("Resource tags, AWS CloudFormation User Guide", keys=("tags.owner", "tags.cost_centre"))
def tag_value_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """AWS refuses a tag that begins with aws:, in uppercase or lowercase."""
    for key, value in environment.tags:
        if value.lower().startswith("aws:"):
            yield Problem(path=("tags", key), value=value, allowed="a value that does not begin with aws:")
