"""HTML as text, with everything that is not HTML escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

Content = object
"""`Html`, text that is escaped, a number, None for nothing, or a list of these."""


class Html(str):
    """Text that is HTML."""

    __slots__ = ()


_EMPTY = frozenset({"meta", "input", "br", "wbr"})


def tag(name: str, /, *children: Content, **attributes: object) -> Html:
    """An element.

    Args:
        name: Such as `div`.
        children: What is in it.
        attributes: Those that are None or False are left out; `class_` is `class`, `aria_label` is `aria-label`.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' if value is not True else f" {key.rstrip('_')}"
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{said}>" if name in _EMPTY else f"<{name}{said}>{joined(children)}</{name}>")


def joined(content: Content) -> Html:
    """Everything in a list, one after the other."""
    if content is None:
        return Html("")
    if isinstance(content, Html):
        return content
    if isinstance(content, Iterable) and not isinstance(content, str):
        return Html("".join(joined(each) for each in content))
    return Html(escape(str(content)))


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[Content]], *, numbers: frozenset[int]) -> Html:
    """A table that scrolls by itself where it is too wide; the columns in `numbers` are to the right."""
    head = tag("tr", [tag("th", each, scope="col", class_=_side(i, numbers)) for i, each in enumerate(headings)])
    body = [
        tag("tr", [tag("td", cell, class_=_side(i, numbers)) for i, cell in enumerate(row)], class_="row")
        for row in rows
    ]
    return framed(caption, tag("table", tag("thead", head), tag("tbody", body), aria_label=caption))


def framed(caption: str, inner: Html) -> Html:
    """Something wide below its caption: it scrolls, and the caption stays."""
    scroll = tag("div", inner, class_="scroll", tabindex=0, role="group", aria_label=caption)
    return tag("div", tag("div", caption, class_="caption"), scroll, class_="framed")


def _side(column: int, numbers: frozenset[int]) -> str | None:
    return "number" if column in numbers else None


NONE: frozenset[int] = frozenset()


def badge(text: Content, kind: str = "") -> Html:
    """A short word in a box."""
    return tag("span", text, class_=f"badge {kind}".strip())


def details(summary: Content, *children: Content, is_open: bool = False, class_: str = "group") -> Html:
    """Something that opens."""
    return tag("details", tag("summary", summary), children, open=is_open, class_=class_)


def bullets(items: Iterable[Content]) -> Html:
    """A list."""
    return tag("ul", [tag("li", each) for each in items])


def code(text: object) -> Html:
    """A name, as it stands in a template."""
    return tag("code", text)


def prose(text: str) -> Html:
    """Text in which names stand between backticks."""
    return joined([code(part) if number % 2 else part for number, part in enumerate(text.split("`"))])
