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
        known = {key: value for key, value in data.items() if key in model.model_fields}
        misspelled = len(known) < len(data)
        missing = (name for name, field in model.model_fields.items() if misspelled or field.is_required())
        return {**dict.fromkeys(missing, UNKNOWN), **known}

    def field(self, value: object, validate: ValidatorFunctionWrapHandler) -> object:
        """The value, or `UNKNOWN`."""
        if value is UNKNOWN:
            return UNKNOWN
        try:
            return _unknown_last(validate(value))
        except ValidationError:
            return UNKNOWN


def _unknown_last(value: object) -> object:
    """Entries of a mapping without unknown values first: rules go through the entries until they find one that has."""
    if isinstance(value, dict):
        return dict(sorted(value.items(), key=lambda entry: has_unknown(entry[1])))
    return value
