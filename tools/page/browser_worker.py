"""Runs in the tool's own virtual environment, which has Playwright: pages in, what a browser saw out.

Standard input: `{"pages": [paths], "judged": [names of pages that axe-core judges], "screenshots": folder or null}`.
Standard output: for each page and each width what was requested, said on the console, overflows, and what axe-core
finds. It imports nothing of the project.
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

_WIDTHS = (1280, 390)
_SEEN = "[...document.querySelectorAll('{}')].filter((each) => each.checkVisibility())"
_OVERFLOW = (Path(__file__).parent / "overflow.js").read_text(encoding="utf-8")


def browser_path() -> str | None:
    """Chromium, or Chrome, of the system."""
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


def main() -> None:
    """Read the question, and print the answer."""
    asked = json.load(sys.stdin)
    spec = find_spec("axe_playwright_python")
    axe = (Path(str(spec.origin)).parent / "axe.min.js").read_text(encoding="utf-8") if spec else ""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        seen = [
            _look(
                browser,
                Path(path),
                width,
                scheme,
                axe if Path(path).stem in asked["judged"] else "",
                asked.get("screenshots"),
            )
            for path in asked["pages"]
            for width, scheme in zip(_WIDTHS, ("light", "dark"), strict=True)
        ]
        browser.close()
    json.dump(seen, sys.stdout)


def _look(browser: Browser, path: Path, width: int, scheme: str, axe: str, screenshots: str | None) -> dict[str, Any]:
    # axe-core comes in from outside of the page, so the page's own policy is set aside for it in a second context.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    requests: list[str] = []
    console: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    started = time.monotonic()
    page.goto(path.as_uri())
    page.wait_for_selector(".view.shown")
    seconds = time.monotonic() - started
    views = {name: _view(page, name) for name in _tabbed(page)}
    asked = _ask(page)
    context.close()
    answer = {
        "page": path.stem,
        "width": width,
        "seconds": seconds,
        "requests": [each for each in requests if each != path.as_uri()],
        "console": console,
        "views": views,
        "asked": asked,
    }
    if not axe:
        return {**answer, "axe": []}
    second = browser.new_context(
        bypass_csp=True, viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = second.new_page()
    page.goto(path.as_uri())
    page.evaluate(axe)
    violations: list[str] = []
    for name in views:
        page.evaluate(f"location.hash = '{name}'")
        page.wait_for_selector(f"#{name}.shown")
        page.evaluate(
            f"[...document.querySelectorAll('#{name} details')].slice(0, 30).forEach((each) => each.open = true)"
        )
        found = page.evaluate("axe.run()")
        violations += [
            f"{name}: {each['id']}: {each['nodes'][0]['html'][:120]} {each['nodes'][0].get('failureSummary', '')[:160]}"
            for each in found["violations"]
        ]
        if screenshots:
            page.evaluate(f"document.querySelectorAll('#{name} details').forEach((each) => each.open = false)")
            page.screenshot(path=str(Path(screenshots) / f"{path.stem}-{name}-{width}.png"), full_page=False)
    second.close()
    return {**answer, "axe": violations}


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
    return {"places": open_, "filtered": left, "said": page.inner_text("#count")}


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


def _view(page: Page, name: str) -> dict[str, Any]:
    page.evaluate(f"location.hash = '{name}'")
    page.wait_for_selector(f"#{name}.shown")
    page.evaluate(f"[...document.querySelectorAll('#{name} details')].slice(0, 30).forEach((each) => each.open = true)")
    answer: dict[str, Any] = page.evaluate(_OVERFLOW)
    return answer


if __name__ == "__main__":
    main()
