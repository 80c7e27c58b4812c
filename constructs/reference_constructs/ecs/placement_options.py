"""Options of where Amazon ECS places tasks on EC2 instances."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words


class PlacementStrategyOptions(Options):
    """Placement strategy: what Amazon ECS prefers among the instances that can hold a task."""

    type: Literal["spread", "binpack", "random"] = "spread"
    """`spread` distributes the tasks over the values of `field`, `binpack` leaves the least of `field` unused, and
    `random` needs no `field`."""

    field: (
        Annotated[
            str,
            Field(
                pattern=r"^(cpu|memory|instanceId|attribute:[A-Za-z0-9_./-]{1,128})$",
                examples=["instanceId"],
                json_schema_extra=in_words(
                    "`cpu`, `memory`, `instanceId`, or `attribute:` and the name of an attribute"
                ),
            ),
        ]
        | None
    ) = None
    """What to spread over, or to pack by: `attribute:ecs.availability-zone`, `instanceId`, or another attribute for
    `spread`; `cpu` or `memory` for `binpack`."""


class PlacementConstraintOptions(Options):
    """Placement constraint: which instances can hold a task."""

    type: Literal["distinctInstance", "memberOf"] = "distinctInstance"
    """`distinctInstance` places each task of the service on another instance; `memberOf` only on those for which
    `expression` is true."""

    expression: (
        Annotated[str, Field(min_length=1, max_length=2000, examples=["attribute:ecs.instance-type =~ m7g.*"])] | None
    ) = None
    """Expression of the cluster query language, for `memberOf`."""


DEFAULT_STRATEGIES: Final = (
    PlacementStrategyOptions(type="spread", field="attribute:ecs.availability-zone"),
    PlacementStrategyOptions(type="binpack", field="memory"),
)
