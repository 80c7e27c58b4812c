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

_CONTEXT: Final[Mapping[str, object]] = json.loads((ROOT / "cdk.json").read_text())["context"]
# Whose entries are made of resources of their own, with the name of the entry in their logical IDs: they are tried side
# by side in one app.
_SIDE_BY_SIDE: Final = (
    *(("ecs", kind) for kind in TASK_KINDS),
    ("ecs", "capacity"),
    ("eks", "nodes"),
    ("eks", "access_entries"),
    ("eks", "delivery_roles"),
    ("eks", "pod_identities"),
    ("eks", "capabilities"),
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


_NONE: Final[Templates] = {}


class _RefusedError(Exception):
    """A construct, or the CDK, does not take an environment."""

    def __init__(self, message: str, *, stack: str = "", templates: Templates = _NONE) -> None:
        super().__init__(message)
        self.stack = stack  # that was being defined
        self.templates = templates  # of the stacks before


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
    # As long as the names of those that stay the same: the CDK cuts names that it derives.
    copies = {f"{name}-{index:04}": each.changed[platform][mapping][name] for index, each in enumerate(attempts)}
    same = {f"{name}-same": base[platform][mapping][name], f"{name}-twin": base[platform][mapping][name]}
    entries = {**base[platform][mapping], **same, **copies}
    try:
        templates = _templates({**base, platform: {**base[platform], mapping: entries}})
    except _RefusedError as error:
        yield from _outcomes_up_to(error, attempts, copies, name)
        return
    yield from _compared(templates, zip(attempts, copies, strict=True), name)


def _outcomes_up_to(
    error: _RefusedError, attempts: Sequence[_Attempt], copies: Iterable[str], name: str
) -> Iterator[tuple[_Attempt, Outcome]]:
    """Those before the one that is refused are compared, those after it are tried again."""
    refused = next((index for index, copied in enumerate(copies) if error.stack.endswith(f"-{copied}")), None)
    if refused is None:
        for attempt in attempts:
            yield attempt, _outcome(attempt)
        return
    yield from _compared(error.templates, zip(attempts[:refused], copies, strict=False), name)
    yield attempts[refused], error
    if attempts[refused + 1 :]:
        yield from _outcomes_side_by_side(attempts[refused + 1 :])


def _compared(
    templates: Templates, tried: Iterable[tuple[_Attempt, str]], name: str
) -> Iterator[tuple[_Attempt, Outcome]]:
    before = _own(templates, f"{name}-same", name)
    assert _own(templates, f"{name}-twin", name) == before, f"a copy of {name} is not what {name} is"
    for attempt, copied in tried:
        after = _own(templates, copied, name)
        # The stack of a task is all that a key of it changes (tests/stacks/test_wiring.py).
        is_all = attempt.change.path[1] in TASK_KINDS
        differs = is_all or _what_acts(before) != _what_acts(after)
        yield attempt, (before, after) if differs else _outcome(attempt)


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
    # Of a long name, the CDK keeps the end.
    end, suffix = in_ids[-_KEPT_OF_A_NAME:], copied.removeprefix(f"{name}-")
    for found in set(re.findall(rf"[\w-]*{end}[\w-]*[0-9A-F]{{8}}", text)):
        text = text.replace(found, re.sub("[0-9A-F]{8,}", "", found).replace(end, end.removesuffix(suffix)))
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
        error: _RefusedError | None = None
        try:
            environment = Environment.model_validate(data)
            Platform(app, environment)
        except Exception as refused:
            stack = app.node.children[-1].node.id if app.node.children else ""
            error = _RefusedError(str(refused), stack=stack)
            app.node.try_remove_child(stack)
        try:
            app.synth()
            manifests = {"Resources": {}} if error else _manifests(environment)
        except Exception as refused:
            raise (error or _RefusedError(str(refused))) from refused
        files = Path(outdir).glob("*.template.json")
        templates = {file.name.removesuffix(".template.json"): _with_requests(file.read_text()) for file in files}
    if error is not None:
        error.templates = templates
        raise error
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
            found = compare(_of_stacks(before), _of_stacks(after), _create_only())
            effect.replaced = frozenset(each.resource_type for each in found if each.effect is Effect.REPLACED)
    if not effect.has_effect:
        value = json.dumps(attempt.change.value)
        told = str(outcome).partition("\n")[0] if isinstance(outcome, _RefusedError) else "no template differs"
        effect.attempts.append(f"{'.'.join(map(str, attempt.change.path))} = {value[:80]}: {told[:200]}")


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
