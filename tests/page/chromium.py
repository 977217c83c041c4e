"""A real browser without a screen: Debian's Chromium, as `make browser` installs it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

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


def program() -> str | None:
    """The path of Chromium; None where there is none."""
    return shutil.which("chromium")


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """The browser of that path, running until the end of the block."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield running
        running.close()


def loaded(page: Page, address: str) -> Page:
    """The page, at that address, once it shows its document. Raises `TimeoutError` after 180 s."""
    page.goto(address)
    page.wait_for_selector("body[data-loaded]", timeout=180_000)
    return page
