"""What a change of each key changes in templates and manifests, and which resources it replaces.

`python -m tests.support.key_effects` writes the latter to `settings/documentation/replaced_by_change.json`, for
`docs/configuration.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import aws_cdk as cdk

from manifests.files import manifest_files
from settings import Environment
from settings.schema import schema
from stacks.platform import Platform
from tests.support.any_output import AnyOutput
from tests.support.complete_environments import COMPLETE_ENVIRONMENTS
from tests.support.environment_keys import Change, Data, Place, alternatives, changes, filled, key_names, places
from tools.release_diff.comparison import Effect, compare
from tools.release_diff.create_only import CreateOnlyProperties

ROOT = Path(__file__).parents[2]
REPLACED_BY_CHANGE = ROOT / "settings" / "documentation" / "replaced_by_change.json"

Template = dict[str, Any]
Templates = Mapping[str, Template]

_CONTEXT: Final[Mapping[str, object]] = json.loads((ROOT / "cdk.json").read_text())["context"]
# Whose entries are made of resources of their own, with the name of the entry in their logical IDs: they are tried side
# by side in one app.
_SIDE_BY_SIDE: Final = (
    ("ecs", "services"),
    ("ecs", "capacity"),
    ("eks", "nodes"),
    ("eks", "access_entries"),
    ("eks", "pod_identities"),
)
# Of these, a cluster has one, or each waits for the one before it: a copy is not what the original is.
_ONE_AT_A_TIME: Final = ("auto_mode", "fargate", "hybrid", "karpenter")
# Keys that are refused if they change alone, and the keys beside them that change first.
_CHANGED_TOGETHER: Final[Mapping[str, Mapping[str, Any]]] = {
    "ecs.load_balancer.plain_http": {"certificate_arn": None},
    "ecs.load_balancer.hosted_zone": {
        "record_name": None,
        "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
    },
    "ecs.services.<name>.execute_command": {
        "containers": {"web": {"image": "shop/api:2.4.0", "port": 8080, "read_only_root_filesystem": False}}
    },
    "ecs.services.<name>.routing": {"scaling": None},
    "eks.endpoint.access": {"private_access_cidrs": []},
    "eks.nodes.<managed>.architecture": {"instance_types": ["m7i.large"]},
}
_READ_BY_NO_PLATFORM: Final = ("registry.repositories",)
# Other values of them belong to another deployment, whose stacks replace none of this one.
_IDENTITY: Final = ("name", "account", "region")
# Where manifests stand among the templates; no stack has such a name.
_MANIFESTS = "manifests"
_CHANGES_OF_A_PLACE = 3
_CHANGES_OF_A_KEY = 24


@dataclass
class KeyEffect:
    """What was seen when a key had another value."""

    has_effect: bool = False
    replaced: frozenset[str] = frozenset()
    """CloudFormation types of which a resource is replaced."""

    attempts: list[str] = field(default_factory=list)
    """Changes that changed no template, or were refused."""


class _Attempt(NamedTuple):
    key: str
    data: Data
    base: Data
    """With what changes together with the key, but not the key itself; it may be refused."""
    changed: Data
    change: Change


def key_effects(keys: Iterable[str]) -> Mapping[str, KeyEffect]:
    """The effect of each of these keys."""
    found: dict[str, list[tuple[Place, Data]]] = {}
    for data in filled(COMPLETE_ENVIRONMENTS):
        for place in places(data):
            found.setdefault(place.key, []).append((place, data))
    open_attempts = {key: islice(_attempts(found[key]), _CHANGES_OF_A_KEY) for key in keys}
    effects = {key: KeyEffect() for key in open_attempts}
    while open_attempts:
        drawn = [attempt for attempts in open_attempts.values() if (attempt := next(attempts, None))]
        for attempt, outcome in _outcomes(drawn):
            _record(effects[attempt.key], attempt, outcome)
        asked = {attempt.key for attempt in drawn}
        open_attempts = {
            key: attempts for key, attempts in open_attempts.items() if key in asked and not effects[key].has_effect
        }
    return effects


def replaced_by_change(effects: Mapping[str, KeyEffect]) -> dict[str, list[str]]:
    """The types that a change of a key replaces, for the keys that replace any."""
    return {key: sorted(effect.replaced) for key, effect in effects.items() if effect.replaced}


def _attempts(found: Iterable[tuple[Place, Data]]) -> Iterator[_Attempt]:
    """One change at each place, then a second one: a key has an effect in one environment and none in another."""
    # Those first that say something: a list without items has no item that could change.
    places_in_turn = [_attempts_at(*each) for each in sorted(found, key=lambda each: not each[0].value)]
    for _ in range(_CHANGES_OF_A_PLACE):
        yield from (attempt for attempts in places_in_turn if (attempt := next(attempts, None)))


def _attempts_at(place: Place, data: Data) -> Iterator[_Attempt]:
    for change in changes(place, data):
        base = data
        for key, value in _CHANGED_TOGETHER.get(place.key, {}).items():
            base = Change((*place.path[:-1], key), value).applied(base)
        yield _Attempt(place.key, _alone(data, place), _alone(base, place), _alone(change.applied(base), place), change)


def _alone(data: Data, place: Place) -> Data:
    """A key of one platform is tried without the other, which does not know it; one that no platform reads, alone."""
    optional = [
        key
        for key, node in schema()["properties"].items()
        if len(options := alternatives(node)) > 1 and any("properties" in option for option in options)
    ]
    if place.path[0] not in optional and not place.key.startswith(_READ_BY_NO_PLATFORM):
        return data
    return {key: None if key in optional and key != place.path[0] else value for key, value in data.items()}


class _RefusedError(Exception):
    """A construct, or the CDK, does not take an environment."""

    def __init__(self, message: str, *, stack: str) -> None:
        super().__init__(message)
        self.stack = stack  # that was defined last


Outcome = tuple[Templates, Templates] | _RefusedError


def _outcomes(attempts: Sequence[_Attempt]) -> Iterator[tuple[_Attempt, Outcome]]:
    """Templates before and after each change, or why there are none."""
    side_by_side: dict[str, list[_Attempt]] = {}
    for attempt in attempts:
        if _entry(attempt) is None:
            yield attempt, _outcome(attempt)
        else:
            side_by_side.setdefault(json.dumps([attempt.data, _entry(attempt)]), []).append(attempt)
    for group in side_by_side.values():
        yield from _outcomes_side_by_side(group)


def _entry(attempt: _Attempt) -> tuple[str, str, str] | None:
    """The entry with resources of its own that is changed."""
    path = attempt.change.path
    if path[:2] not in _SIDE_BY_SIDE or len(path) <= 3 or attempt.base != attempt.data:
        return None
    platform, mapping, name = map(str, path[:3])
    entry = attempt.data[platform][mapping][name]
    return None if entry.get("kind") in _ONE_AT_A_TIME else (platform, mapping, name)


def _outcome(attempt: _Attempt) -> Outcome:
    try:
        before = _templates_if_allowed(json.dumps(attempt.base)) or _templates_if_allowed(json.dumps(attempt.data))
        assert before is not None, f"an environment for {attempt.key} is refused"
        return before, _templates(attempt.changed)
    except _RefusedError as error:
        return error


def _outcomes_side_by_side(attempts: Sequence[_Attempt]) -> Iterator[tuple[_Attempt, Outcome]]:
    """As `_outcome`, with a copy of the entry for each attempt: most of an app is the same for all of them.

    A change that shows in nothing of the copy's own may show elsewhere, and one that is refused may be refused for the
    sake of its neighbors: both are tried alone.
    """
    entry = _entry(attempts[0])
    assert entry is not None
    platform, mapping, name = entry
    base = attempts[0].data
    copies = {f"{name}-{index:03}": each.changed[platform][mapping][name] for index, each in enumerate(attempts)}
    same = {f"{name}-same": base[platform][mapping][name], f"{name}-twin": base[platform][mapping][name]}
    entries = {**base[platform][mapping], **same, **copies}
    try:
        templates = _templates({**base, platform: {**base[platform], mapping: entries}})
    except _RefusedError as error:
        refused = [each for each, copied in zip(attempts, copies, strict=True) if error.stack.endswith(f"-{copied}")]
        for attempt in refused or attempts:
            yield attempt, error if refused else _outcome(attempt)
        if refused and len(attempts) > 1:
            yield from _outcomes_side_by_side([each for each in attempts if each not in refused])
        return
    before = _own(templates, f"{name}-same", name)
    assert _own(templates, f"{name}-twin", name) == before, f"a copy of {name} is not what {name} is"
    for attempt, copied in zip(attempts, copies, strict=True):
        after = _own(templates, copied, name)
        yield attempt, (before, after) if _what_acts(before) != _what_acts(after) else _outcome(attempt)


def _own(templates: Templates, copied: str, name: str) -> Templates:
    """What is made for a copy only, as if it were the original.

    Where the CDK derives a name from that of the copy, its hashes of eight digits go.
    """
    in_ids = copied.replace("-", "")
    own = {
        stack.removesuffix(f"-{copied}"): {
            "Resources": {
                key: resource
                for key, resource in template["Resources"].items()
                if stack.endswith(f"-{copied}") or in_ids in key or (stack == _MANIFESTS and _names(copied, resource))
            }
        }
        for stack, template in templates.items()
    }
    text = json.dumps({stack: template for stack, template in own.items() if template["Resources"]})
    for found in set(re.findall(rf'"\w*{in_ids}\w*[0-9A-F]{{8}}"', text)):
        text = text.replace(found, re.sub("[0-9A-F]{8}", "", f'{found[:-9]}"').replace(in_ids, name))
    result: Templates = json.loads(text.replace(copied, name))
    return result


def _names(copied: str, manifest: Template) -> bool:
    return copied in str(manifest["Properties"].get("metadata", {}).get("name"))


@cache
def _templates_if_allowed(data: str) -> Templates | None:
    try:
        return _templates(json.loads(data))
    except _RefusedError:
        return None


def _templates(data: Data) -> Templates:
    """What the platform is synthesized to, by stack."""
    with TemporaryDirectory() as outdir:
        # Values here need not be such that AWS accepts them together, and the validator takes seconds to load.
        app = cdk.App(
            context=_CONTEXT,
            outdir=outdir,
            analytics_reporting=False,
            tree_metadata=False,
            builtin_cloud_formation_validation=False,
        )
        try:
            environment = Environment.model_validate(data)
            Platform(app, environment)
            app.synth()
            manifests = _manifests(environment)
        except Exception as error:
            raise _RefusedError(str(error), stack=app.node.children[-1].node.id) from error
        files = Path(outdir).glob("*.template.json")
        templates = {file.name.removesuffix(".template.json"): json.loads(file.read_text()) for file in files}
        return templates | ({_MANIFESTS: manifests} if manifests["Resources"] else {})


def _manifests(environment: Environment) -> Template:
    """What is written for kubectl and Helm, as if each object were a resource: keys of node pools act there only."""
    return {
        "Resources": {
            # Values of a Helm chart have neither.
            f"{file.path}/{document.get('kind')}/{document.get('metadata', {}).get('name')}": {
                "Type": "Kubernetes::Object",
                "Properties": document,
            }
            for file in manifest_files(environment, AnyOutput())
            for document in file.documents
        }
    }


def _record(effect: KeyEffect, attempt: _Attempt, outcome: Outcome) -> None:
    if not isinstance(outcome, _RefusedError):
        before, after = outcome
        effect.has_effect = _what_acts(before) != _what_acts(after)
        if effect.has_effect and attempt.key not in _IDENTITY:
            found = compare(_of_stacks(before), _of_stacks(after), _create_only())
            effect.replaced = frozenset(each.resource_type for each in found if each.effect is Effect.REPLACED)
    if not effect.has_effect:
        value = json.dumps(attempt.change.value)
        told = str(outcome).partition("\n")[0] if isinstance(outcome, _RefusedError) else "no template differs"
        effect.attempts.append(f"{'.'.join(map(str, attempt.change.path))} = {value[:80]}: {told[:200]}")


def _of_stacks(templates: Templates) -> Templates:
    return {stack: template for stack, template in templates.items() if stack != _MANIFESTS}


def _what_acts(templates: Templates) -> dict[str, Any]:
    """The resources, without what only tells people of them: a description may still have what nothing else has."""
    return {stack: _undescribed(template["Resources"]) for stack, template in templates.items()}


def _undescribed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _undescribed(inner) for key, inner in value.items() if not key.lower().endswith("description")}
    if isinstance(value, list):
        return [_undescribed(inner) for inner in value]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return _undescribed(json.loads(value))
    return value


@cache
def _create_only() -> CreateOnlyProperties:
    return CreateOnlyProperties.read()


if __name__ == "__main__":
    REPLACED_BY_CHANGE.write_text(json.dumps(replaced_by_change(key_effects(key_names())), indent=1) + "\n")
