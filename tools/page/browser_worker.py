"""Runs in the tool's own virtual environment, which has Playwright: pages in, what a browser saw out.

Standard input: `{"pages": [paths], "judged": {name of a page that axe-core judges: width}}`. Standard output: for each
page what was requested and said on the console, how long it took, what overflows at each width, and what axe-core
finds. One browser for all, and one tab for each page. It imports nothing of the project.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

_WIDTHS = {1280: "light", 390: "dark"}
_SEEN = "[...document.querySelectorAll('{}')].filter((each) => each.checkVisibility())"
_OVERFLOW = (Path(__file__).parent / "overflow.js").read_text(encoding="utf-8")
# Rows that are alike are laid out alike.
_OPEN = "document.querySelectorAll('.view').forEach((view) => [...view.querySelectorAll('details')].slice(0, {})"
_OPENED = f"{_OPEN}.forEach((each) => each.open = true))"


def browser_path() -> str | None:
    """Chromium, or Chrome, of the system."""
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


def main() -> None:
    """Read the question, and print the answer."""
    asked = json.load(sys.stdin)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        seen = [_look(browser, Path(path), asked["judged"].get(Path(path).stem)) for path in asked["pages"]]
        browser.close()
    json.dump(seen, sys.stdout)


def _look(browser: Browser, path: Path, judged: int | None) -> dict[str, Any]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    requests: list[str] = []
    console: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    started = time.monotonic()
    page.goto(path.as_uri())
    page.wait_for_selector(".view.shown")
    seconds = time.monotonic() - started
    names = _tabbed(page)
    asked = _ask(page)
    page.evaluate(_OPENED.format(30))
    widths: dict[str, dict[str, Any]] = {}
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        widths[str(width)] = {name: _overflow(page, name) for name in names}
    printed = _printed(page)
    page.close()
    return {
        "page": path.stem,
        "seconds": seconds,
        "requests": [each for each in requests if each != path.as_uri()],
        "console": console,
        "widths": widths,
        "asked": asked,
        "printed": printed,
        "axe": _judged(browser, path, judged) if judged else [],
    }


def _overflow(page: Page, name: str) -> dict[str, Any]:
    page.evaluate(f"location.hash = '{name}'")
    page.wait_for_selector(f"#{name}.shown")
    answer: dict[str, Any] = page.evaluate(_OVERFLOW)
    return answer


def _judged(browser: Browser, path: Path, width: int) -> list[str]:
    """What axe-core finds in all views at once.

    It comes in from outside of the page, so the page's own policy is set aside.
    """
    spec = find_spec("axe_playwright_python")
    axe = (Path(str(spec.origin)).parent / "axe.min.js").read_text(encoding="utf-8") if spec else ""
    scheme = _WIDTHS[width]
    context = browser.new_context(
        bypass_csp=True,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(path.as_uri())
    page.add_style_tag(content=".js .view { display: block }")
    page.evaluate(_OPENED.format(6))
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    context.close()
    return [
        f"{each['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:160]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def _ask(page: Page) -> dict[str, Any]:
    """Who can reach the last place? By keyboard; and how many rows a filter leaves."""
    page.evaluate("location.hash = 'reachability'")
    page.wait_for_selector("#reachability.shown")
    page.focus("#who")
    page.keyboard.press("End")
    open_ = page.evaluate(f"{_SEEN.format('details.place')}.map((each) => each.open)")
    page.evaluate("location.hash = 'resources'")
    page.wait_for_selector("#resources.shown")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("iam::role")
    left = page.evaluate(f"{_SEEN.format('#resources details')}.length")
    said = page.inner_text("#count")
    page.keyboard.press("Escape")
    return {"places": open_, "filtered": left, "said": said}


def _printed(page: Page) -> dict[str, Any]:
    """On paper, whatever the scheme of the screen is: which views there are, and the color behind them."""
    page.emulate_media(media="print", color_scheme="dark")
    views = page.evaluate(f"{_SEEN.format('.view')}.length")
    paper = page.evaluate("getComputedStyle(document.querySelector('.framed')).backgroundColor")
    return {"views": views, "paper": paper}


def _tabbed(page: Page) -> list[str]:
    """Names of the views, reached by the tabulator key alone."""
    names: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        hash_ = page.evaluate("document.activeElement.closest('nav') ? document.activeElement.hash : ''")
        if hash_ and hash_[1:] not in names:
            page.keyboard.press("Enter")
            page.wait_for_selector(f"{hash_}.shown")
            page.evaluate(f"document.querySelector('nav a[href=\"{hash_}\"]').focus()")
            names.append(hash_[1:])
        elif names and not hash_:
            break
    return names


if __name__ == "__main__":
    main()
