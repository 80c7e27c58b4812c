"""Runs in the tool's own virtual environment: a picture of a page. It imports nothing of the project."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def browser_path() -> str | None:
    """Chromium, or Chrome, of the system."""
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


def main(page: str, picture: str) -> None:
    """Write what a browser shows of a page at first.

    Args:
        page: Path of the HTML file.
        picture: Path of the PNG file.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 940}, color_scheme="light")
        tab.goto(Path(page).resolve().as_uri())
        tab.wait_for_selector(".view.shown")
        tab.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
