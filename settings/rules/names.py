"""Rules of the names and tags that CloudFormation gives to resources."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule


@rule("CreateSecurityGroup, Amazon EC2 API Reference; cluster-api-provider-aws issue 1725", keys=("name",))
def name_can_begin_that_of_a_security_group(environment: Environment) -> Iterator[Problem]:
    """CloudFormation names security groups after their stack, and Amazon EC2 refuses a name that begins with sg-."""
    if environment.name.startswith("sg-"):
        yield Problem(path=("name",), value=environment.name, allowed="a name that does not begin with sg-")


@rule("Resource tags, AWS CloudFormation User Guide", keys=("tags.owner", "tags.cost_centre"))
def tag_value_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """AWS refuses a tag that begins with aws:, in uppercase or lowercase."""
    for key, value in environment.tags:
        if value.lower().startswith("aws:"):
            yield Problem(path=("tags", key), value=value, allowed="a value that does not begin with aws:")
