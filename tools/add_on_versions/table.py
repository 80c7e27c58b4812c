"""The table in `eks/add_ons/versions.py`: read, renewed, and written without touching what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.add_on_versions.output import Versions, order

_START: Final = "MappingProxyType(\n    {\n"
_END: Final = "    }\n)\n"
_COLUMN: Final = re.compile(
    r'^        "(?P<minor>\d+\.\d+)": \{\n(?P<lines>.*?)^        \},\n', re.MULTILINE | re.DOTALL
)
_LINE: Final = re.compile(r'^            "(?P<name>[^"]+)": "(?P<version>[^"]+)",(?P<note>  # .*)?$', re.MULTILINE)


@dataclass
class Table:
    """Versions, each with the note beside it, and the text before and after them."""

    before: str
    columns: dict[str, dict[str, tuple[str, str]]]
    after: str

    @classmethod
    def read(cls, source: str) -> Table:
        """Take the module apart."""
        before, _, rest = source.partition(_START)
        table, _, after = rest.rpartition(_END)
        columns = {
            column["minor"]: {
                line["name"]: (line["version"], line["note"] or "") for line in _LINE.finditer(column["lines"])
            }
            for column in _COLUMN.finditer(table)
        }
        return cls(before + _START, columns, _END + after)

    def text(self) -> str:
        """Put it together again."""
        lines = []
        for minor, versions in sorted(self.columns.items(), key=lambda each: _minor(each[0])):
            lines.append(f'        "{minor}": {{\n')
            lines += [
                f'            "{name}": "{version}",{note}\n' for name, (version, note) in sorted(versions.items())
            ]
            lines.append("        },\n")
        return self.before + "".join(lines) + self.after

    def renew(self, found: Versions, *, add_ons: Sequence[str]) -> Iterator[str]:
        """Put in what was found; what was not found stays. Yields a line for each change, and for what is missing.

        A Kubernetes version that is older than all of the table is left out; a newer one is added if every add-on of
        the catalog has a version for it, since the table has a version of each.

        Args:
            found: Versions that Amazon EKS has.
            add_ons: Names of the catalog.
        """
        oldest = min(map(_minor, self.columns))
        for minor in sorted(found, key=_minor):
            known = {name: found[minor][name] for name in add_ons if name in found[minor]}
            missing = [name for name in add_ons if name not in known]
            if _minor(minor) < oldest or not known:
                continue
            if minor not in self.columns and missing:
                yield f"{minor}: not added, since there is no version of {', '.join(missing)}"
                continue
            yield from self._renew_column(minor, known)
            if missing:
                yield f"{minor}: nothing was said of {', '.join(missing)}"

    def _renew_column(self, minor: str, known: dict[str, str]) -> Iterator[str]:
        column = self.columns.setdefault(minor, {})
        for name, version in known.items():
            earlier, _ = column.get(name, ("", ""))
            if earlier != version:
                older = " (older)" if order(version) < order(earlier) else ""
                yield f"{minor}: {name} {earlier or 'none'} -> {version}{older}"
            # Amazon EKS says it itself, whatever was noted of other sources.
            column[name] = (version, "")


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
