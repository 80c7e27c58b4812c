"""Two mutations that Cosmic Ray does not have. Arguments and calls are what code for the CDK consists of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import Name
from parso.tree import BaseNode, NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]


class DropKeywordArgument(Operator):  # type: ignore[misc]  # Cosmic Ray has no types
    """Leaves out one keyword argument of a call, so that its default counts."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Each keyword argument of the call, in order."""
        return iter([(argument.start_pos, argument.end_pos) for argument in self._arguments(node)])

    def mutate(self, node: BaseNode, index: int) -> NodeOrLeaf:
        """The call without the argument, and without the comma behind it."""
        at = node.children.index(self._arguments(node)[index])
        has_comma = node.type == "arglist" and at + 1 < len(node.children)
        del node.children[at : at + 1 + has_comma]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does, as Cosmic Ray documents operators."""
        return (
            Example("f(a=1)", "f()"),
            Example("f(0, a=1)", "f(0,)"),
            Example("f(a=1, b=2)", "f( b=2)"),
        )

    @staticmethod
    def _arguments(node: NodeOrLeaf) -> list[BaseNode]:
        if not isinstance(node, BaseNode) or node.type not in ("arglist", "trailer"):
            return []
        return [
            child
            for child in node.children
            if isinstance(child, BaseNode) and child.type == "argument" and child.children[1].get_code().strip() == "="
        ]


class DropStatement(Operator):  # type: ignore[misc]  # Cosmic Ray has no types
    """Leaves out a statement that is only a call, thus there for its effect."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """The statement, if it is such a call."""
        if isinstance(node, BaseNode) and node.type == "simple_stmt":
            call = node.children[0]
            if call.type in ("atom_expr", "power") and call.get_last_leaf().get_code().strip() == ")":
                yield call.start_pos, call.end_pos

    def mutate(self, node: BaseNode, index: int) -> NodeOrLeaf:
        """`pass` in its place."""
        assert index == 0  # noqa: S101 - a statement is dropped whole
        call = node.children[0]
        node.children[0] = Name("pass", call.start_pos, prefix=call.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """What it does, as Cosmic Ray documents operators."""
        return (Example("f(a)\n", "pass\n"),)


OPERATORS: Final[dict[str, type[Operator]]] = {
    operator.__name__: operator for operator in (DropKeywordArgument, DropStatement)
}
