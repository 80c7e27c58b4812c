"""How the rest of a file is still checked when some of its values are wrong."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError, ValidatorFunctionWrapHandler

from settings.unknown import UNKNOWN, has_unknown


class LenientValidation:
    """A validation that never fails: what is wrong becomes `UNKNOWN`."""

    def before(self, model: type[BaseModel], data: object) -> object:
        """An unknown key may be any other key misspelled, so beside it no key counts as left out."""
        if not isinstance(data, dict):
            return data
        fields = model.model_fields
        known = {key: value for key, value in data.items() if key in fields}
        misspelled = len(known) < len(data)
        missing = (name for name, field in fields.items() if misspelled or field.is_required())
        return {**dict.fromkeys(missing, UNKNOWN), **known}

    def field(self, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        """The value, or `UNKNOWN`; of a mapping of options only the entries that are wrong."""
        if value is UNKNOWN:
            return UNKNOWN
        try:
            return _unknown_last(validate(value))
        except ValidationError as error:
            return _without_wrong_entries(value, error, validate)


def _without_wrong_entries(value: object, error: ValidationError, validate: ValidatorFunctionWrapHandler) -> object:
    """A mapping of options whose wrong entries are `UNKNOWN`, such as nodes of which one has an unknown `kind`.

    A name that is wrong can be that of any entry, and rules ask for text and numbers more than for an attribute, so
    that other mappings are unknown as a whole.
    """
    places = [details["loc"] for details in error.errors()]
    if not isinstance(value, dict) or any(not place or "[key]" in place for place in places):
        return UNKNOWN
    wrong = {place[0] for place in places}
    try:
        right = validate({name: entry for name, entry in value.items() if name not in wrong})
    except ValidationError:
        return UNKNOWN
    if not isinstance(right, dict) or not right or not all(isinstance(entry, BaseModel) for entry in right.values()):
        return UNKNOWN
    return _unknown_last({**right, **dict.fromkeys(map(str, wrong), UNKNOWN)})


def _unknown_last(value: object) -> object:
    """Entries of a mapping without unknown values first: rules go through the entries until they find one that has."""
    if isinstance(value, dict):
        return dict(sorted(value.items(), key=lambda entry: has_unknown(entry[1])))
    return value
