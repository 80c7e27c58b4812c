"""The cross-field rules, below the sections whose keys they concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from settings.documentation.sections import Section, located

_SPELLINGS: Final = {
    "add on": "add-on",
    "arn": "ARN",
    "auto mode": "Auto Mode",
    "cdk": "CDK",
    "cidr": "CIDR block",
    "cidrs": "CIDR blocks",
    "cmd": "CMD",
    "core dns": "CoreDNS",
    "ec2": "EC2",
    "ecr": "ECR",
    "ecs": "ECS",
    "eks": "EKS",
    "exec": "ECS Exec",
    "fargate": "Fargate",
    "iam": "IAM",
    "karpenter": "Karpenter",
    "kms": "KMS",
    "kubernetes": "Kubernetes",
    "kube system": "kube-system",
    "nat": "NAT",
    "region": "Region",
    "spot": "Spot",
    "vpc": "VPC",
}


class DocumentedRule(Protocol):
    """What the page tells of a rule."""

    @property
    def name(self) -> str:
        """What it requires, in words joined by underscores."""

    @property
    def why(self) -> str:
        """The reason, one sentence."""

    @property
    def source(self) -> str:
        """Where that is written."""

    @property
    def only_warns(self) -> bool:
        """Whether it is a warning."""

    @property
    def keys(self) -> Iterable[str]:
        """Paths of the keys that it concerns. Its problems are reported at the first."""


class RuleLists:
    """Which rules each section lists."""

    def __init__(self, rules: Mapping[str, DocumentedRule], sections: list[Section]) -> None:
        """Find the sections of all rules.

        Args:
            rules: All rules by name.
            sections: All sections.
        """
        self._sections = sections
        self._rules: dict[Section, list[DocumentedRule]] = {}
        self._first: dict[str, Section] = {}
        for rule in rules.values():
            for section in dict.fromkeys(section for key in rule.keys for section, _ in located(sections, key)):
                self._first.setdefault(rule.name, section)
                self._rules.setdefault(section, []).append(rule)

    def below(self, section: Section) -> str:
        """The list below a section: its own rules in full, those that other sections state as links."""
        rules = self._rules.get(section, [])
        own = [self._in_full(rule, section) for rule in rules if self._first[rule.name] is section]
        others = [f"[{_words(rule)}](#{_anchor(rule)})" for rule in rules if self._first[rule.name] is not section]
        if others:
            own.append(f"- See also: {'; '.join(others)}.")
        return "Rules:\n\n" + "\n".join(own) + "\n" if own else ""

    def _in_full(self, rule: DocumentedRule, section: Section) -> str:
        # Of keys that are documented in one place, wherever they stand in a file, the first.
        places = {
            tuple((each.paths[0], key) for each, key in located(self._sections, path)): path
            for path in reversed([*rule.keys])
        }
        keys = ", ".join(dict.fromkeys(self._key(path, section) for path in reversed(places.values())))
        warning = f"Warning `{rule.name}`. " if rule.only_warns else ""
        return f'- <a id="{_anchor(rule)}"></a>**{_words(rule)}** ({keys}). {warning}{rule.why} Source: {rule.source}.'

    def _key(self, path: str, section: Section) -> str:
        """The key alone if it is in the section, else its path with a link."""
        found = dict(located(self._sections, path))
        if section in found:
            return f"`{found[section] or path}`"
        inside = path.removeprefix(f"{section.paths[0]}.").removesuffix("[]")
        return f"[`{inside}`](#{next(iter(found)).anchor})"


def _anchor(rule: DocumentedRule) -> str:
    return f"rule-{rule.name.replace('_', '-')}"


def _words(rule: DocumentedRule) -> str:
    words = f" {rule.name.replace('_', ' ')} "
    for plain, spelling in _SPELLINGS.items():
        words = words.replace(f" {plain} ", f" {spelling} ")
    words = words.strip()
    return words[0].upper() + words[1:]
