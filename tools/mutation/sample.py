"""Which places of the source are broken, and how."""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_item import MutationSpec, WorkItem

from tools.mutation.operators import OPERATORS

FOLDERS: Final = ("settings", "stacks", "constructs/reference_constructs")

# What no test can notice, or need not:
# - annotations, and the arguments of `@dataclass`, which say what may change: mypy reads both (`make lint`);
# - descriptions, which are for people, and read in the review of docs/configuration.md;
# - what is imported for annotations alone.
_FOR_PEOPLE: Final = frozenset({"description", "title", "examples"})

Span = tuple[tuple[int, int], tuple[int, int]]

cosmic_ray.plugins.OPERATOR_PROVIDERS["project"] = OPERATORS


def sample(size: int, seed: int) -> list[WorkItem]:
    """Draw places of the source, from each folder in proportion to its places, and one mutation for each.

    Mutations are drawn in two steps because a `+` has eleven of them and an argument one.

    Args:
        size: Number of places.
        seed: The same seed draws the same mutations from the same source.
    """
    chance = random.Random(seed)  # noqa: S311 - to repeat, not to hide
    places = {folder: _places(folder) for folder in FOLDERS}
    total = sum(map(len, places.values()))
    drawn = [
        mutation
        for of_folder in places.values()
        for mutation in islice(_one_of_each(of_folder, chance), round(size * len(of_folder) / total))
    ]
    return [WorkItem.single(f"{number:04d}", mutation) for number, mutation in enumerate(drawn, start=1)]


def _one_of_each(places: Sequence[Sequence[MutationSpec]], chance: random.Random) -> Iterator[MutationSpec]:
    """Places in random order, and of each a mutation after which the module is still Python, if there is one."""
    for mutations in chance.sample(places, len(places)):
        if (mutation := next(filter(_is_python, chance.sample(mutations, len(mutations))), None)) is not None:
            yield mutation


def _places(folder: str) -> list[list[MutationSpec]]:
    """The mutations of each place of the modules in a folder."""
    places: dict[tuple[Path, Span], list[MutationSpec]] = defaultdict(list)
    for module in sorted(Path(folder).rglob("*.py")):
        source = module.read_text()
        excluded = list(_excluded(ast.parse(source)))
        for mutation in _mutations(module, source):
            place = (mutation.start_pos, mutation.end_pos)
            if not any(start <= place[0] and place[1] <= end for start, end in excluded):
                places[module, place].append(mutation)
    return list(places.values())


def _mutations(module: Path, source: str) -> Iterator[MutationSpec]:
    nodes = list(ast_nodes(get_ast(source)))
    for name in cosmic_ray.plugins.operator_names():
        operator = cosmic_ray.plugins.get_operator(name)
        if operator.arguments():  # such an operator is told the variables that it is for
            continue
        positions = (position for node in nodes for position in operator().mutation_positions(node))
        for occurrence, (start, end) in enumerate(positions):
            yield MutationSpec(module, name, occurrence, start, end)


def _is_python(mutation: MutationSpec) -> bool:
    """`*` of a signature is an operator to the parser: `+` there is no Python, and `/` lets a caller do more."""
    operator = cosmic_ray.plugins.get_operator(mutation.operator_name)()
    source = mutation.module_path.read_text()
    try:
        mutated = ast.parse(mutate_code(source, operator, mutation.occurrence))
    except SyntaxError:
        return False
    return _keyword_only(mutated) == _keyword_only(ast.parse(source))


def _keyword_only(tree: ast.Module) -> int:
    return sum(len(node.kwonlyargs) for node in ast.walk(tree) if isinstance(node, ast.arguments))


def _excluded(tree: ast.Module) -> Iterator[Span]:
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=annotation) | ast.arg(annotation=ast.expr() as annotation):
                yield from _types(annotation)
            case ast.FunctionDef(returns=ast.expr() as annotation):
                yield _span(annotation)
            case ast.keyword(arg=str() as name) if name in _FOR_PEOPLE:
                yield _span(node)
            case ast.Call(func=ast.Name("dataclass")):
                yield _span(node)
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                yield _span(node)


def _types(annotation: ast.expr) -> Iterator[Span]:
    """An annotation, except the bounds that pydantic reads there: those of `Annotated` are settings."""
    if any(isinstance(part, ast.Name) and part.id == "Annotated" for part in ast.walk(annotation)):
        yield from (_span(part) for part in ast.walk(annotation) if isinstance(part, ast.BinOp))
    else:
        yield _span(annotation)


def _span(node: ast.expr | ast.stmt | ast.keyword) -> Span:
    assert node.end_lineno is not None and node.end_col_offset is not None  # noqa: S101, PT018 - parsed, not made
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
