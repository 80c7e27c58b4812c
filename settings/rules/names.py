"""Rules of the names and tags that CloudFormation gives to resources."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.routing_subjects import load_balancers
from settings.rules.rule import rule

# The third, xn--, has two hyphens in a row, which no name has.
_RESERVED_BY_S3 = ("sthree-", "amzn-s3-demo-")
_KEYS_WITH_A_MEANING = ("eks:", "k8s.io/", "karpenter.k8s.aws/", "karpenter.sh/", "kubernetes.io/")


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


@rule("Resource tags, AWS CloudFormation User Guide", keys=("tags.owner", "tags.cost_centre", "tags.additional"))
def tag_value_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """AWS refuses a tag that begins with aws:, in uppercase or lowercase."""
    tags = environment.tags
    values: dict[KeyPath, str] = {("owner",): tags.owner, ("cost_centre",): tags.cost_centre}
    values |= {("additional", key): value for key, value in tags.additional.items()}
    for path, value in values.items():
        if value.lower().startswith("aws:"):
            yield Problem(path=("tags", *path), value=value, allowed="a value that does not begin with aws:")


@rule("Tag naming limits and requirements, Tagging AWS Resources User Guide", keys=("tags.additional",))
def tag_key_comes_once(environment: Environment) -> Iterator[Problem]:
    """IAM takes keys that differ only in uppercase and lowercase for the same key, and refuses the second one."""
    taken = {key.lower(): key for key in environment.standard_tags}
    for key in environment.tags.additional:
        other = taken.get(key.lower())
        taken.setdefault(key.lower(), key)
        if other is not None:
            yield Problem(
                path=("tags", "additional", key),
                finding=f"the environment already has the tag {other}",
                fix="remove one of the two, or give it another key",
            )


@rule(
    "EC2NodeClasses, karpenter.sh: spec.tags; Subnet auto-discovery, AWS Load Balancer Controller documentation",
    keys=("tags.additional",),
)
def tag_key_has_no_meaning_of_its_own(environment: Environment) -> Iterator[Problem]:
    """AWS and Kubernetes controllers find their resources by these keys, and would take every resource for theirs."""
    for key in environment.tags.additional:
        found = [each for each in _KEYS_WITH_A_MEANING if key.startswith(each)]
        if found or key == "Name":
            yield Problem(
                path=("tags", "additional", key),
                value=key,
                allowed=f"a key other than Name that does not begin with {listed(_KEYS_WITH_A_MEANING, 'or')}",
            )
