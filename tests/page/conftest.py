"""Pages in a real browser, whose complaints fail a test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.page.chromium import chromium, loaded, program

Open = Callable[[str], Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser of these tests, which ends with them.

    While it runs, Playwright has an event loop running in this thread, and no test can start one.
    """
    path = program()
    if path is None:
        pytest.skip("no Chromium: `make browser` installs it, on Debian and as root")
    with chromium(path) as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens an address, and waits until the page shows its document.

    Whatever the page complains of fails the test: an error, or a breach of its policy.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    complaints: list[str] = []

    def open_it(address: str) -> Page:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        return loaded(page, address)

    yield open_it
    context.close()
    assert complaints == []
