"""Controls of AWS Security Hub and of CIS, and what the synthesis of an environment says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from ruamel.yaml import YAML

_FILE: Final = Path(__file__).parents[2] / "policy" / "controls.yaml"
# What a control is about, by the start of its name; one of CloudFormation is about every stack.
_TYPES: Final = {
    "ECS": ("AWS::ECS::",),
    "EFS": ("AWS::EFS::",),
    "EKS": ("AWS::EKS::",),
    "CIS EKS": ("AWS::EKS::",),
    "ECR": ("AWS::ECR::",),
    "ELB": ("AWS::ElasticLoadBalancingV2::",),
    "EC2": ("AWS::EC2::",),
    "AutoScaling": ("AWS::AutoScaling::",),
    "KMS": ("AWS::KMS::",),
    "S3": ("AWS::S3::",),
    "IAM": ("AWS::IAM::",),
    "CloudWatch": ("AWS::CloudWatch::", "AWS::Logs::"),
}


class Control(NamedTuple):
    """What is asked for, whether the templates do it, by which property, and what fails if they stop."""

    ids: str
    asked: str
    kept: str
    by: str
    checks: tuple[str, ...] = ()
    decided: bool = False
    """Of those that are kept partly: whether an environment without a finding keeps it."""

    @property
    def types(self) -> tuple[str, ...]:
        """How the types of the resources start that it is about; empty if it is about stacks."""
        return next((types for start, types in _TYPES.items() if self.ids.startswith(start)), ())

    def is_about(self, types: Iterable[str]) -> bool:
        """Whether there is a resource that it is about."""
        return not self.types or any(each.startswith(self.types) for each in types)


@cache
def controls() -> tuple[Control, ...]:
    """Those of policy/controls.yaml."""
    written = YAML(typ="safe").load(_FILE.read_text(encoding="utf-8"))["controls"]
    return tuple(Control(**{**each, "checks": tuple(each.get("checks", ()))}) for each in written)


@dataclass(frozen=True)
class Judgement:
    """A control in one environment."""

    control: Control
    is_about_something: bool
    open_findings: int
    reasons: tuple[str, ...]
    """Of each accepted finding."""

    @property
    def word(self) -> str:
        """`nothing to judge`, `open`, `accepted`, or what the list says of every environment: yes, partly, or no."""
        if not self.is_about_something:
            return "nothing to judge"
        if self.open_findings:
            return "open"
        if self.reasons:
            return "accepted"
        return "yes" if self.control.decided else self.control.kept.partition(",")[0]


def judgements(types: Iterable[str], open_rules: Sequence[str], accepted: Sequence[tuple[str, str]]) -> list[Judgement]:
    """What the findings of a synthesis say of each control.

    Args:
        types: Resource types of the environment.
        open_rules: Rules of open findings.
        accepted: Rules of accepted findings, with their reasons.
    """
    seen = set(types)
    return [
        Judgement(
            control=each,
            is_about_something=each.is_about(seen),
            open_findings=sum(_rule(rule) in each.checks for rule in open_rules),
            reasons=tuple(reason for rule, reason in accepted if _rule(rule) in each.checks),
        )
        for each in controls()
    ]


def _rule(name: str) -> str:
    """cdk-nag adds in brackets what a finding is about."""
    return name.partition("[")[0]
