"""Rules of the storage classes that the Amazon EBS CSI driver comes with, and of what it must know of its nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes

_DRIVER: Final = "aws-ebs-csi-driver"
_PATH: Final[KeyPath] = ("eks", "add_ons", _DRIVER, "configuration")
_CONFIGURATION: Final = "eks.add_ons.<name>.configuration"
_PARAMETERS: Final = "aws-ebs-csi-driver, docs/parameters.md"
_ON_A_LATER_RACK: Final = "or acknowledge that the rack is of the second generation"


@rule(f"StorageClass, Kubernetes API; {_PARAMETERS}", keys=(_CONFIGURATION,))
def storage_class_parameters_are_text(environment: Environment) -> Iterator[Problem]:
    """Kubernetes refuses the storage class, and the add-on becomes degraded and fails the deployment."""
    for path, parameters in _classes(environment):
        for key, value in parameters.items():
            if not isinstance(value, str):
                quoted = f'text: "{json.dumps(value)}", in quotes' if isinstance(value, bool | int | float) else "text"
                yield Problem(path=(*path, "parameters", key), value=value, allowed=quoted)


@warning(f"{_PARAMETERS}; Amazon EBS encryption, Amazon EBS User Guide", keys=(_CONFIGURATION,))
def storage_class_encrypts_its_volumes(environment: Environment) -> Iterator[Problem]:
    """Volumes that pods claim are encrypted if their storage class says so, or the account encrypts by default."""
    acknowledged = "or acknowledge that the account encrypts Amazon EBS volumes by default"
    for path, parameters in _classes(environment):
        key, value = _parameter(parameters, "encrypted")
        if value is None:
            yield Problem(
                path=path, finding="there is no encrypted in its parameters", fix=f'set it to "true", {acknowledged}'
            )
        elif isinstance(value, str) and value != "true":
            yield Problem(
                path=(*path, "parameters", key),
                finding=f"encrypted is {value!r}",
                fix=f'set it to "true", {acknowledged}',
            )
    if _has_default_class(environment):
        yield Problem(
            path=(*_PATH, "defaultStorageClass", "enabled"),
            finding="the default class of the add-on does not encrypt its volumes",
            fix=f"set it to false, and add a default class of your own to storageClasses, {acknowledged}",
        )


@warning(
    f"Create Amazon Linux nodes on AWS Outposts, Amazon EKS User Guide; {_PARAMETERS}, docs/outposts.md",
    keys=(_CONFIGURATION, "eks.nodes.<name>.location"),
)
def storage_class_is_of_a_type_on_the_outpost(environment: Environment) -> Iterator[Problem]:
    """Outposts racks of the first generation have gp2 volumes only, and without a type a storage class means gp3."""
    found = _nodes_of_the_driver(environment)
    if not found or not all(isinstance(node, InstanceNodeOptions) and node.location == "outpost" for node in found):
        return
    for path, parameters in _classes(environment):
        key, value = _parameter(parameters, "type")
        if value is None:
            yield Problem(
                path=path,
                finding="there is no type in its parameters",
                fix=f"set it to gp2, because all nodes are on an Outpost, {_ON_A_LATER_RACK}",
            )
        elif value != "gp2":
            yield Problem(
                path=(*path, "parameters", key),
                finding=f"type is {value!r}, and all nodes are on an Outpost",
                fix=f"set it to gp2, {_ON_A_LATER_RACK}",
            )
    if _has_default_class(environment):
        yield Problem(
            path=(*_PATH, "defaultStorageClass", "enabled"),
            finding="the default class of the add-on is of gp3, and all nodes are on an Outpost",
            fix=f"set it to false, and add a default class with type gp2 to storageClasses, {_ON_A_LATER_RACK}",
        )


@warning(
    "aws-ebs-csi-driver, docs/outposts.md and docs/install.md: metadata; containers-roadmap issue 2661",
    keys=("eks.nodes.<name>.location", "eks.add_ons"),
)
def ebs_driver_finds_the_outpost(environment: Environment) -> Iterator[Problem]:
    """Only instance metadata names the Outpost, and with hop limit 1 no pod reaches it but on the host network."""
    eks = environment.eks
    if eks is None or eks.outpost is not None:
        return
    row = next((each for each in eks.installed_add_ons(eks.nodes.values()) if each.name == _DRIVER), None)
    stated = eks.configuration_of(row, eks.nodes.values()).get("node") if row is not None else None
    if row is None or (isinstance(stated, Mapping) and stated.get("hostNetwork") is True):
        return
    for path, node in nodes(environment):
        if isinstance(node, InstanceNodeOptions) and node.location == "outpost" and not node.is_windows:
            yield Problem(
                path=(*path, "location"),
                finding=f"{_DRIVER} would create the volumes of pods on these nodes in the Region",
                fix=f"set {'.'.join(map(str, _PATH))}.node.hostNetwork to true, or acknowledge that pods on these "
                "nodes claim no volumes",
            )


def _classes(environment: Environment) -> Iterator[tuple[KeyPath, Mapping[str, object]]]:
    """Each storage class that is stated, with its parameters."""
    classes = _configuration(environment).get("storageClasses")
    for index, each in enumerate(classes if isinstance(classes, list | tuple) else ()):
        if isinstance(each, Mapping):
            parameters = each.get("parameters")
            yield (*_PATH, "storageClasses", index), parameters if isinstance(parameters, Mapping) else {}


def _parameter(parameters: Mapping[str, object], name: str) -> tuple[str, object]:
    """The driver reads their names in any case."""
    return next(((key, value) for key, value in parameters.items() if key.lower() == name), (name, None))


def _has_default_class(environment: Environment) -> bool:
    default = _configuration(environment).get("defaultStorageClass")
    return isinstance(default, Mapping) and default.get("enabled") is True


def _configuration(environment: Environment) -> Mapping[str, object]:
    stated = ((environment.eks and environment.eks.add_ons) or {}).get(_DRIVER)
    return stated.configuration if stated is not None else {}


def _nodes_of_the_driver(environment: Environment) -> list[AnyNodeOptions]:
    """Where pods have volumes by this driver."""
    return [
        node
        for _, node in nodes(environment)
        if {"daemon_sets", "pod_identity"} <= node.capabilities and _DRIVER not in node.built_in_add_ons
    ]
