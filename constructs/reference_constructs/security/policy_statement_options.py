"""Options of what an application may do in AWS: statements of its own, and managed policies."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import StatementResource

# "IAM JSON policy elements: Condition operators"; sets and IfExists as the page has them.
ConditionOperator = Annotated[
    str,
    Field(
        pattern=r"^(ForAllValues:|ForAnyValue:)?"
        r"(String(Not)?(Equals|EqualsIgnoreCase|Like)"
        r"|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)"
        r"|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|BinaryEquals|Null)(IfExists)?$",
        examples=["StringEquals"],
        json_schema_extra=in_words("condition operator of IAM, such as `StringLike`"),
    ),
]
ConditionKey = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9-]+:[^\s]+$",
        examples=["aws:ResourceTag/team"],
        json_schema_extra=in_words("condition key: prefix, colon, and name"),
    ),
]


def _values(value: object) -> object:
    # IAM takes a single value without a list, and a policy may be copied from elsewhere.
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


ConditionValues = Annotated[tuple[str, ...], BeforeValidator(_values), Field(min_length=1)]


class PolicyStatementOptions(Options):
    """Statement of an IAM policy."""

    actions: Annotated[
        tuple[
            Annotated[
                str,
                Field(
                    pattern=r"^[a-z0-9-]+:[A-Za-z0-9*]+$",
                    examples=["s3:GetObject"],
                    json_schema_extra=in_words(
                        "IAM action: prefix of the service, colon, and action; the action can contain `*`"
                    ),
                ),
            ],
            ...,
        ],
        Field(min_length=1),
    ]
    """IAM actions to allow."""

    resources: Annotated[tuple[StatementResource, ...], Field(min_length=1)]
    """ARNs of the resources to allow the actions on. An action without resource-level permissions requires `*`; give it
    a statement of its own."""

    conditions: dict[ConditionOperator, dict[ConditionKey, ConditionValues]] = {}
    """Conditions of the statement, all of which must be met: for each operator, condition keys with their values, in
    quotes."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in which IAM may replace a policy variable."""
        of_conditions = (value for keys in self.conditions.values() for values in keys.values() for value in values)
        return (*self.resources, *of_conditions)


# "IAM and AWS STS quotas": managed policies attached to a role, at most; 10 unless the quota was raised.
MOST_MANAGED_POLICIES: Final = 20
