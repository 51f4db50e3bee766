"""A browser: Debian's chromium, driven by Playwright. Where there is none, tests are skipped."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as p:
        path = shutil.which("chromium") or p.chromium.executable_path
        if not Path(path).exists():
            pytest.skip("there is no chromium on this machine (Debian: apt-get install chromium)")
        browser = p.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Open a file in a window of its own, and end with an error if the console says anything."""
    contexts, said = [], []

    def open_(path, fragment="", **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{path.as_uri()}{fragment}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert said == []
