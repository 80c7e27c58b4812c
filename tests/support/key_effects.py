"""What a change of each key changes in templates and manifests, and which resources it replaces.

`python -m tests.support.key_effects` writes the latter to `settings/documentation/replaced_by_change.json`, for
`docs/configuration.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import aws_cdk as cdk
from constructs import Construct
from pydantic import ValidationError

from manifests.files import manifest_files
from settings import Environment
from settings.ecs import TASK_KINDS
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

_CONTEXT: Final[Mapping[str, object]] = {
    **json.loads((ROOT / "cdk.json").read_text())["context"],
    # Of what is tried side by side there are more in a stack than can be deployed.
    "@aws-cdk/core:stackResourceLimit": 0,
}
# Whose entries are made of resources of their own, with the name of the entry in their logical IDs: they are tried side
# by side in one app.
_SIDE_BY_SIDE: Final = (
    *(("ecs", kind) for kind in TASK_KINDS),
    ("ecs", "load_balancers"),
    ("ecs", "capacity"),
    ("eks", "nodes"),
    ("eks", "access_entries"),
    ("eks", "delivery_roles"),
    ("eks", "pod_identities"),
)
_LOAD_BALANCER: Final = ("ecs", "load_balancer")
# Of these, a cluster has one, or each waits for the one before it: a copy is not what the original is.
_ONE_AT_A_TIME: Final = ("auto_mode", "fargate", "hybrid", "karpenter")
# Keys that are refused if they change alone, and the keys beside them that change first.
_CHANGED_TOGETHER: Final[Mapping[str, Mapping[str, Any]]] = {
    "ecs.load_balancer.plain_http": {"certificate_arn": None},
    "ecs.load_balancer.hosted_zone": {
        "record_name": None,
        "certificate_arn": "arn:aws:acm:eu-west-1:111122223333:certificate/0123",
    },
    **{
        f"ecs.{kind}.<name>.execute_command": {
            "containers": {"web": {"image": "shop/api:2.4.0", "port": 8080, "read_only_root_filesystem": False}}
        }
        for kind in TASK_KINDS
    },
    "ecs.network_load_balancers.<name>.listeners.<name>.protocol": {"certificate_arn": None},
    "ecs.services.<name>.network_routings.<name>.load_balancer": {"listener": "events"},
    "ecs.services.<name>.routing": {"scaling": None},
    # The smallest task that Fargate runs on Windows.
    **{f"ecs.{kind}.<name>.operating_system": {"cpu_units": 1024, "memory_mib": 2048} for kind in TASK_KINDS},
    "ecs.services.<name>.volumes.<ebs>.volume_type": {"iops": None, "throughput_mib_per_second": None},
    "eks.endpoint.access": {"private_access_cidrs": []},
    "eks.nodes.<managed>.architecture": {"instance_types": ["m7i.large"]},
}
_WITHOUT_NAME: Final[Mapping[str, str]] = {
    ".load_balancers.<name>.": ".load_balancer.",
    ".routings.<name>.": ".routing.",
    ".further_rules.<name>.": ".",
    ".fixed_responses.<name>.http": ".redirects.<name>.http",
}
_READ_BY_EVERY_PLATFORM: Final = ("working_hours",)
_READ_BY_NO_PLATFORM: Final = ("registry.repositories",)
# Other values of them belong to another deployment, whose stacks replace none of this one.
_IDENTITY: Final = ("name", "account", "region")
# Where manifests stand among the templates; no stack has such a name.
_MANIFESTS = "manifests"
_REQUEST = "RunTask::Request"
_KEPT_OF_A_NAME = 7
_CHANGES_OF_A_PLACE = 3
_CHANGES_OF_A_KEY = 24
# Of a key of which it is known that it changes nothing.
_CHANGES_WITHOUT_EFFECT = 4


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


def tried_keys() -> list[str]:
    """Keys, each once: what one construct makes in several places is tried in one of them.

    What a task is made of is tried in services, what a named routing or load balancer is made of in the one without a
    name, and the conditions of a further rule in the routing.
    """
    names = key_names()
    return [key for key in names if _in_services(key) not in names and without_name(key) not in names]


def without_name(key: str) -> str:
    """The same key of the routing or the load balancer without a name, for a key within one with a name; else empty."""
    for named, single in _WITHOUT_NAME.items():
        prefix, found, rest = key.partition(named)
        if found and rest:
            return f"{prefix}{single}{rest}"
    return ""


def _in_services(key: str) -> str:
    """The same key of a service, for a key within a part of a task of another kind, such as a container; else empty."""
    platform, _, rest = key.partition(".")
    kind, _, rest = rest.partition(".")
    is_part = (platform == "ecs" and kind in TASK_KINDS and kind != "services") and re.search(
        r"[.\[]", rest[len("<name>.") :]
    )
    return f"ecs.services.{rest}" if is_part else ""


def key_effects(keys: Iterable[str], *, without_effect: Container[str] = ()) -> Mapping[str, KeyEffect]:
    """The effect of each of these keys.

    Args:
        keys: Their names.
        without_effect: Those that are said to have none; fewer changes are tried to show that one has.
    """
    found: dict[str, list[tuple[Place, Data]]] = {}
    for data in filled(COMPLETE_ENVIRONMENTS):
        for place in places(data):
            found.setdefault(place.key, []).append((place, data))
    open_attempts = {
        key: islice(_attempts(found[key]), _CHANGES_WITHOUT_EFFECT if key in without_effect else _CHANGES_OF_A_KEY)
        for key in keys
    }
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
        if key not in _READ_BY_EVERY_PLATFORM
    ]
    if place.path[0] not in optional and not place.key.startswith(_READ_BY_NO_PLATFORM):
        return data
    return {key: None if key in optional and key != place.path[0] else value for key, value in data.items()}


class _RefusedError(Exception):
    """A construct, or the CDK, does not take an environment."""


Outcome = tuple[Templates, Templates] | _RefusedError


def _outcomes(attempts: Sequence[_Attempt]) -> Iterator[tuple[_Attempt, Outcome]]:
    """Templates before and after each change, or why there are none."""
    side_by_side: dict[str, list[_Attempt]] = {}
    for attempt in attempts:
        if _entry(attempt) is None:
            yield attempt, _outcome(attempt)
        elif (error := _refused_by_the_model(attempt)) is not None:
            # Beside it, none of the others would be synthesized.
            yield attempt, error
        else:
            side_by_side.setdefault(json.dumps([attempt.data, _entry(attempt)]), []).append(attempt)
    for group in side_by_side.values():
        yield from _outcomes_side_by_side(group)


def _refused_by_the_model(attempt: _Attempt) -> _RefusedError | None:
    try:
        Environment.model_validate(attempt.changed)
    except ValidationError as error:
        return _RefusedError(str(error))
    return None


def _entry(attempt: _Attempt) -> tuple[str, ...] | None:
    """The entry with resources of its own that is changed."""
    path = tuple(map(str, attempt.change.path))
    entry = path[:2] if path[:2] == _LOAD_BALANCER else path[:3]
    is_one_of_several = entry == _LOAD_BALANCER or path[:2] in _SIDE_BY_SIDE
    if not is_one_of_several or len(path) <= len(entry) or attempt.base != attempt.data:
        return None
    return None if _at(attempt.data, entry).get("kind") in _ONE_AT_A_TIME else entry


def _at(data: Data, path: tuple[str, ...]) -> Data:
    for part in path:
        data = data[part]
    return data


def _outcome(attempt: _Attempt) -> Outcome:
    try:
        before = _templates_if_allowed(json.dumps(attempt.base)) or _templates_if_allowed(json.dumps(attempt.data))
        assert before is not None, f"an environment for {attempt.key} is refused"
        return before, _templates(attempt.changed)
    except _RefusedError as error:
        return error


def _outcomes_side_by_side(attempts: Sequence[_Attempt]) -> Iterator[tuple[_Attempt, Outcome]]:
    """As `_outcome`, with a copy of the entry for each attempt: most of an app is the same for all of them.

    A change that shows in nothing of the copy's own may show elsewhere, and is tried alone. What is refused without a
    name may be refused for the sake of any of them: then each half is tried, down to one.
    """
    entry = _entry(attempts[0])
    assert entry is not None
    # The load balancer without a name is tried among those that have one.
    platform, mapping, name = entry if entry != _LOAD_BALANCER else ("ecs", "load_balancers", "traffic")
    base = attempts[0].data
    # As long as the names of those that stay the same: the CDK cuts names that it derives.
    copies = {f"{name}-{index:04}": _at(each.changed, entry) for index, each in enumerate(attempts)}
    same = {f"{name}-same": _at(base, entry), f"{name}-twin": _at(base, entry)}
    entries = {**same, **copies}
    templates, refused = _templates_of_allowed(_without_others(base, mapping, entries), (platform, mapping), entries)
    # Without the original, there is nothing to compare with.
    if templates is None or same.keys() & refused.keys():
        half = len(attempts) // 2
        for part in (attempts[:half], attempts[half:]) if half else ():
            yield from _outcomes_side_by_side(part)
        if not half:
            yield attempts[0], _outcome(attempts[0])
        return
    tried = list(zip(attempts, copies, strict=True))
    yield from ((attempt, refused[copied]) for attempt, copied in tried if copied in refused)
    yield from _compared(templates, [(attempt, copied) for attempt, copied in tried if copied not in refused], name)


def _without_others(base: Data, mapping: str, entries: Data) -> Data:
    """Without tasks and instances that nothing names: of the templates, only what is made for `entries` is read."""
    if base["ecs"] is None or (mapping not in TASK_KINDS and mapping != "load_balancers"):
        return base
    ecs = {**base["ecs"], **{kind: {} for kind in TASK_KINDS}, "capacity": {}}
    for kind in (*TASK_KINDS, "capacity"):
        ecs[kind] = _named(base["ecs"][kind], {**ecs, mapping: entries})
    return {**base, "ecs": ecs}


def _named(entries: Data, data: Data) -> Data:
    text = json.dumps(data)
    return {name: each for name, each in entries.items() if f'"{name}"' in text}


def _templates_of_allowed(
    base: Data, place: tuple[str, str], copies: Data
) -> tuple[Templates | None, dict[str, _RefusedError]]:
    """Templates of the copies that are not refused, and why others are; none if the CDK does not say which one is."""
    platform, mapping = place
    refused: dict[str, _RefusedError] = {}
    while True:
        entries = {**base[platform][mapping], **{name: each for name, each in copies.items() if name not in refused}}
        try:
            return _templates({**base, platform: {**base[platform], mapping: entries}}, refused), refused
        except _RefusedError as error:
            named = {name: error for name in copies.keys() - refused.keys() if re.search(rf"{name}\b", str(error))}
            if not named or len(named) == len(copies) - len(refused):
                return None, refused
            refused |= named


def _compared(
    templates: Templates, tried: Iterable[tuple[_Attempt, str]], name: str
) -> Iterator[tuple[_Attempt, Outcome]]:
    before = _own(templates, f"{name}-same", name)
    assert _own(templates, f"{name}-twin", name) == before, f"a copy of {name} is not what {name} is"
    for attempt, copied in tried:
        after = _own(templates, copied, name)
        # The stack of a task is all that a key of it changes (tests/stacks/test_wiring.py).
        is_all = attempt.change.path[1] in TASK_KINDS or _what_acts(before) != _what_acts(after)
        # Listener rules of services are replaced with their listener.
        reaches_services = attempt.change.path[:2] == _LOAD_BALANCER and (not after or _replaced(before, after))
        yield attempt, (before, after) if is_all and not reaches_services else _outcome(attempt)


def _own(templates: Templates, copied: str, name: str) -> Templates:
    """What is made for a copy only, as if it were the original.

    Where the CDK derives a name from that of the copy, its hashes of eight digits go.
    """
    in_ids = copied.replace("-", "")
    own = {}
    for stack, template in templates.items():
        resources = {
            key: _unnamed(resource)
            for key, resource in template["Resources"].items()
            if stack.endswith(f"-{copied}") or in_ids in key or (stack == _MANIFESTS and _names(copied, resource))
        }
        if resources:
            own[stack.removesuffix(f"-{copied}")] = {"Resources": resources}
    text = json.dumps(own)
    # Of a long name, the CDK keeps the end; one name may be the beginning of another.
    end, suffix = in_ids[-_KEPT_OF_A_NAME:], copied.removeprefix(f"{name}-")
    for found in sorted(set(re.findall(rf"[\w-]*{end}[\w-]*[0-9A-F]{{8}}", text)), key=len, reverse=True):
        text = text.replace(found, re.sub("[0-9A-F]{8,}", "", found).replace(end, end.removesuffix(suffix)))
    result: Templates = json.loads(text.replace(copied, name))
    return result


def _unnamed(resource: Template) -> Template:
    """The CDK cuts the name of a trust store in the middle, so that hardly anything is left of that of the copy."""
    if resource["Type"] != "AWS::ElasticLoadBalancingV2::TrustStore":
        return resource
    return {**resource, "Properties": {key: each for key, each in resource["Properties"].items() if key != "Name"}}


def _names(copied: str, manifest: Template) -> bool:
    return copied in str(manifest["Properties"].get("metadata", {}).get("name"))


@cache
def _templates_if_allowed(data: str) -> Templates | None:
    try:
        return _templates(json.loads(data))
    except _RefusedError:
        return None


class _Forgiving(Platform):
    """A platform without the tasks that are refused."""

    def __init__(self, scope: Construct, environment: Environment, refused: dict[str, _RefusedError]) -> None:
        self._refused = refused
        super().__init__(scope, environment)

    def _define_ecs_tasks(
        self,
        stack_class: Any,  # noqa: ANN401 - a class of stacks and its settings, as in the platform
        settings: Mapping[str, Any],
        kind: str,
    ) -> dict[str, Any]:
        stacks: dict[str, Any] = {}
        for name, each in settings.items():
            before = {child.node.id for child in self._scope.node.children}
            try:
                stacks |= super()._define_ecs_tasks(stack_class, {name: each}, kind)
            except Exception as refused:
                self._refused[name] = _RefusedError(str(refused))
                for child in self._scope.node.children:
                    if child.node.id not in before:
                        self._scope.node.try_remove_child(child.node.id)
        return stacks


def _templates(data: Data, refused_tasks: dict[str, _RefusedError] | None = None) -> Templates:
    """What the platform is synthesized to, by stack.

    Args:
        data: The environment.
        refused_tasks: Where to note the tasks that are refused; without, the first one refuses the environment.
    """
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
            if refused_tasks is None:
                Platform(app, environment)
            else:
                _Forgiving(app, environment, refused_tasks)
            app.synth()
            manifests = _manifests(environment)
        except Exception as refused:
            raise _RefusedError(str(refused)) from refused
        files = Path(outdir).glob("*.template.json")
        templates = {file.name.removesuffix(".template.json"): _with_requests(file.read_text()) for file in files}
    return templates | ({_MANIFESTS: manifests} if manifests["Resources"] else {})


def _with_requests(text: str) -> Template:
    """A template, with what `make run-task` reads of its outputs as if it were a resource: keys of runs act there."""
    template: Template = json.loads(text)
    if (output := template.get("Outputs", {}).get("RunTaskRequest")) is not None:
        template["Resources"]["RunTaskRequest"] = {"Type": _REQUEST, "Properties": output["Value"]}
    return template


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
            effect.replaced = _replaced(before, after)
    if not effect.has_effect:
        value = json.dumps(attempt.change.value)
        told = str(outcome).partition("\n")[0] if isinstance(outcome, _RefusedError) else "no template differs"
        effect.attempts.append(f"{'.'.join(map(str, attempt.change.path))} = {value[:80]}: {told[:200]}")


def _replaced(before: Templates, after: Templates) -> frozenset[str]:
    found = compare(_of_stacks(before), _of_stacks(after), _create_only())
    return frozenset(each.resource_type for each in found if each.effect is Effect.REPLACED)


def _of_stacks(templates: Templates) -> Templates:
    """Those of CloudFormation, with its own resources only."""
    return {
        stack: {"Resources": {key: each for key, each in template["Resources"].items() if each["Type"] != _REQUEST}}
        for stack, template in templates.items()
        if stack != _MANIFESTS
    }


def _what_acts(templates: Templates) -> dict[str, Any]:
    """The resources, without what only tells people of them: a description may still have what nothing else has."""
    return {stack: _undescribed(template["Resources"]) for stack, template in templates.items()}


def _undescribed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _undescribed(inner) for key, inner in value.items() if not key.lower().endswith("description")}
    if isinstance(value, list):
        return [_undescribed(inner) for inner in value]
    is_json = isinstance(value, str) and value.startswith("{") and value.endswith("}")
    # A reference to a secret, which CloudFormation resolves, is none.
    if is_json and not value.startswith("{{"):
        return _undescribed(json.loads(value))
    return value


@cache
def _create_only() -> CreateOnlyProperties:
    return CreateOnlyProperties.read()


if __name__ == "__main__":
    REPLACED_BY_CHANGE.write_text(json.dumps(replaced_by_change(key_effects(tried_keys())), indent=1) + "\n")
