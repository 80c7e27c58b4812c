"""What CloudFormation's registry says of a resource type, from the schemas that cfn-lint ships."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from cfnlint.jsonschema import StandardValidator
from cfnlint.jsonschema._keywords_cfn import cfn_type
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from cfnlint.template import Template

# CloudFormation takes "60" where a number is due and the reverse; plain JSON Schema does not.
_Validator = StandardValidator({}).extend(validators={"type": cfn_type})
_LENIENT = Template(None, {}).context.evolve(strict_types=False)


# Of IDs that other types are only given in this form.
_ID_PREFIXES: Mapping[str, Mapping[str, str]] = {
    "AWS::FSx::FileSystem": {"Id": "fs-"},
    "AWS::FSx::StorageVirtualMachine": {"StorageVirtualMachineId": "svm-"},
    "AWS::FSx::Volume": {"VolumeId": "fsvol-"},
    "AWS::VpcLattice::Listener": {"Id": "listener-"},
    "AWS::VpcLattice::Rule": {"Id": "rule-"},
    "AWS::VpcLattice::Service": {"Id": "svc-"},
    "AWS::VpcLattice::ServiceNetwork": {"Id": "sn-"},
    "AWS::VpcLattice::TargetGroup": {"Id": "tg-"},
}
# Of ARNs that other types are only given in this form, what comes after the account.
_ARN_RESOURCES: Mapping[str, str] = {
    "AWS::VpcLattice::Listener": "service/svc-{0}/listener/listener-{0}",
    "AWS::VpcLattice::Rule": "service/svc-{0}/listener/listener-{0}/rule/rule-{0}",
    "AWS::VpcLattice::Service": "service/svc-{0}",
    "AWS::VpcLattice::ServiceNetwork": "servicenetwork/sn-{0}",
    "AWS::VpcLattice::TargetGroup": "targetgroup/tg-{0}",
}
_ARN_SERVICES: Mapping[str, str] = {"VpcLattice": "vpc-lattice"}


class InvalidPropertiesError(ValueError):
    """CloudFormation would refuse these properties, in its own words."""


class ResourceSchema:
    """The registry schema of one resource type in one Region."""

    def __init__(self, type_name: str, region: str) -> None:
        self.type_name = type_name
        try:
            self._schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_name).schema
        except (KeyError, ResourceNotFoundError):
            raise ValueError(f"CloudFormation has no {type_name} in Region {region}") from None

    @classmethod
    @cache
    def of(cls, type_name: str, region: str) -> ResourceSchema:
        """The schema, read once."""
        return cls(type_name, region)

    @staticmethod
    def type_names(region: str) -> list[str]:
        """Every type that the registry offers in a Region."""
        return list(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))

    def check(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        """Refuse what the schema does not allow: unknown, missing, wrong type, enum or pattern.

        Raises:
            InvalidPropertiesError: With all of it at once.
        """
        given = _without_system_tags(properties)
        validator = _Validator(self._schema, context=_LENIENT)
        found = sorted({_sentence(error) for error in validator.iter_errors(given)})
        if found:
            raise InvalidPropertiesError(
                f"Properties validation failed for resource {logical_id} with message: " + "; ".join(found)
            )

    @property
    def primary_identifier(self) -> list[str]:
        """The properties that together tell one resource from another; `Ref` gives them joined by `|`."""
        return [_name(pointer) for pointer in self._schema["primaryIdentifier"]]

    @property
    def read_only(self) -> list[str]:
        """What `Fn::GetAtt` can ask for."""
        return [_name(pointer) for pointer in self._schema.get("readOnlyProperties", [])]

    @property
    def create_only(self) -> list[str]:
        """What cannot change without a replacement; nested ones with dots."""
        return [_name(pointer) for pointer in self._schema.get("createOnlyProperties", [])]

    def max_length(self, name: str) -> int:
        """The longest value of a property, for names that CloudFormation makes up."""
        return int(self._schema["properties"].get(name, {}).get("maxLength", 128))

    def must_replace(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether an update from one to the other makes a new resource."""
        return any(_value(old, name) != _value(new, name) for name in self.create_only)

    def attributes(self, *, region: str, account: str, seed: str) -> dict[str, str]:
        """A made-up value for everything that the service itself would fill in; ARNs look like ARNs."""
        digest = hashlib.sha256(f"{self.type_name}/{seed}".encode()).hexdigest()[:17]
        _, service, kind = self.type_name.split("::")
        resource = _ARN_RESOURCES.get(self.type_name, f"{kind.lower()}/{{0}}").format(digest)
        arn = f"arn:aws:{_ARN_SERVICES.get(service, service.lower())}:{region}:{account}:{resource}"
        ids = _ID_PREFIXES.get(self.type_name, {})
        return {
            name: arn if name.lower().endswith("arn") else f"{ids.get(name, '')}{digest}" for name in self.read_only
        }


def _without_system_tags(properties: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation adds tags that a user must not give, so the schema does not see them."""
    tags = properties.get("Tags")
    if isinstance(tags, list):
        own = [tag for tag in tags if not str(tag.get("Key", "")).startswith("aws:")]
        return {**{key: value for key, value in properties.items() if key != "Tags"}, **({"Tags": own} if own else {})}
    if isinstance(tags, dict):
        return {**properties, "Tags": {key: value for key, value in tags.items() if not key.startswith("aws:")}}
    return dict(properties)


def _sentence(error: Any) -> str:
    """One error, down to the branch of an `anyOf` that says most."""
    deeper = [_sentence(branch) for branch in error.context or ()]
    place = "#/" + "/".join(str(step) for step in error.path)
    return f"{place}: {error.message}" + (f" ({' | '.join(deeper[:3])})" if deeper else "")


def _name(pointer: str) -> str:
    return pointer.removeprefix("/properties/").replace("/", ".")


def _value(properties: Mapping[str, Any], dotted: str) -> object:
    value: Any = properties
    for step in dotted.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
