"""A real browser without a screen: Debian's Chromium, as `make browser` installs it."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

#: Nothing is asked of the network, and a container has no sandbox of its own to give.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Open = Callable[[str], Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium: `make browser` installs it, on Debian and as root")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        yield running
        running.close()


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
        page.goto(address)
        page.wait_for_selector("body[data-loaded]", timeout=30_000)
        return page

    yield open_it
    context.close()
    assert complaints == []
