"""Relations between resources, over all templates of an environment: the third kind of gate.

A Guard rule or a pack looks at one resource. What two resources must agree on is a relation: a short generator with
`@relation(source)` in the package of its kind, whose docstring is the reason that the reader of a finding sees. Modules
are found by themselves. A test fails until the relation has a pair in `tests/policy/relations/`: a change of a shipped
environment that it names, with the whole message, and the nearest change that it does not.

- `identity`: who may assume, call, publish and decrypt, and whether that is what they need
- `reach`: whoever must talk has a path, and nobody else has
- `agreement`: names, versions, architectures, metrics and zones that must be the same
- `order`: what must exist before what, and outlive it
- `capacity`: room for a deployment, a refresh or an update
- `fate`: what is kept and what is deleted together
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from assembly import Graph
from policy.relations.relation import KINDS, RELATIONS, Kind, Misfit, Relation, relation

__all__ = ["KINDS", "RELATIONS", "Kind", "Misfit", "Relation", "find_misfits", "relation"]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)


def find_misfits(graph: Graph) -> Iterator[tuple[Relation, Misfit]]:
    """Every place where a relation does not hold."""
    for each in RELATIONS.values():
        for misfit in each.check(graph):
            yield each, misfit
