"""A live page: who gets it, and what it does after a file was saved."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import pytest
from playwright.sync_api import Page, expect

from tests.actions.small_project import PARAMETERS, write_project
from tests.page.conftest import Open

#: Milliseconds in which a small project is generated anew on a busy machine.
SOON = 120_000


@attrs.frozen
class Served:
    """A project that is served."""

    root: Path
    address: str

    @property
    def port(self) -> int:
        port = urlsplit(self.address).port
        assert port is not None
        return port

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @property
    def path(self) -> str:
        return urlsplit(self.address).path


def command(root: Path, *words: str) -> list[str]:
    (root / "parameters.json").write_text(json.dumps(PARAMETERS))
    given = ["--root", str(root), "--phase", "ship", "-p", str(root / "parameters.json")]
    return [sys.executable, "-m", "relpro", "serve", *given, *words]


@contextmanager
def serving(root: Path, *words: str) -> Iterator[Served]:
    write_project(root)
    with subprocess.Popen(command(root, *words), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield Served(root, running.stdout.readline().strip())
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=60) == 130
        finally:  # a test that failed may hold its page open
            running.kill()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as it:
        yield it


@pytest.fixture
def page(served: Served, open_page: Open) -> Page:
    return open_page(served.address)


def test_a_save_changes_the_open_page_and_is_marked(served: Served, page: Page) -> None:
    page.evaluate("location.hash = 'task=announce-app'")
    expect(page.locator("#panel h2")).to_have_text("announce-app")
    expect(page.locator("#panel")).to_contain_text("kept: phase ship targets it")
    kind = served.root / "kinds" / "ship" / "announce.yml"
    kind.write_text(kind.read_text().replace("description: Announce\n", "description: Tell it\n"))
    expect(page.locator("#panel")).to_contain_text("Tell it", timeout=SOON)
    expect(page.locator("#panel")).to_contain_text("changed by the last save")
    expect(page.locator("#panel del").first).to_have_text("Announce")
    expect(page.locator("#panel ins").first).to_have_text("Tell it")
    expect(page.locator("#found")).to_contain_text("1 touched by the last save")
    assert page.url.endswith("#task=announce-app")
    page.click("#reset")
    expect(page.locator("#panel")).to_contain_text("~ announce: 1 task")


def test_several_phases_are_shown_and_each_says_how_much_a_save_touched(
    tmp_path: Path, open_page: Open
) -> None:
    with serving(tmp_path, "--phase", "push") as served:
        page = open_page(served.address)
        options = page.locator("#graphs option")
        expect(options).to_have_text(["ship of app, 1.0 build 1", "push of app, 1.0 build 1"])
        kind = tmp_path / "kinds" / "push" / "release.yml"
        kind.write_text(kind.read_text().replace("description: Release\n", "description: Go\n"))
        touched = [
            "ship of app, 1.0 build 1 (1 touched)",
            "push of app, 1.0 build 1 (1 touched)",
        ]
        expect(options).to_have_text(touched, timeout=SOON)
        page.select_option("#graphs", touched[1])
        expect(page.locator("#panel h2")).to_have_text("push of app, 1.0 build 1")
        assert page.url.endswith("#graph=1")
        page.close()


def test_a_broken_edit_shows_its_errors_and_keeps_the_graph(served: Served, page: Page) -> None:
    kind = served.root / "kinds" / "ship" / "announce.yml"
    whole = kind.read_text()
    shown = page.locator("#found").inner_text()
    key = "<img src=x onerror=alert(1)>"
    kind.write_text(whole.replace("worker-type: succeed", f"'{key}': succeed"))
    expect(page.locator("#problems")).to_contain_text(f"unknown key `{key}`", timeout=SOON)
    expect(page.locator("#problems")).to_contain_text("announce.yml:")
    assert page.locator("#found").inner_text() == shown
    kind.write_text(whole)
    expect(page.locator("#problems")).to_be_hidden(timeout=SOON)


def test_only_who_knows_the_token_and_comes_from_here_is_answered(served: Served) -> None:
    good = f"127.0.0.1:{served.port}"
    assert served.ask(served.path)[0] == 200
    assert served.ask(served.path, Host=f"localhost:{served.port}")[0] == 200
    assert served.ask(served.path, Origin=f"http://{good}")[0] == 200
    refused = [
        served.ask("/"),
        served.ask("/document"),
        served.ask(served.path.rstrip("/")),
        served.ask(f"/{'A' * 32}/document"),
        served.ask(f"{served.path}../etc/passwd"),
        served.ask(f"{served.path}document", Host="rebound.example.com"),
        served.ask(f"{served.path}document", Host=f"rebound.example.com:{served.port}"),
        served.ask(f"{served.path}document", Origin="http://elsewhere.example.com"),
        served.ask(f"{served.path}events", Origin="null"),
    ]
    assert refused == [(404, b"")] * len(refused)
    assert served.ask(served.path, method="POST")[0] == 501


def test_nobody_on_another_machine_can_connect(served: Served) -> None:
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    local = [
        line.split()[1] for line in listening if f":{served.port:04X} " in line.split()[1] + " "
    ]
    assert local
    assert {place.split(":")[0] for place in local} == {"0100007F"}


def test_a_port_that_is_taken_is_an_error_with_a_remedy(served: Served, tmp_path: Path) -> None:
    words = command(tmp_path, "--port", str(served.port))
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert f"error[O645]: port {served.port} of this machine cannot be used" in ran.stderr
    assert "help: leave `--port` out" in ran.stderr


def test_a_graph_that_cannot_be_made_is_told_as_ever(tmp_path: Path) -> None:
    write_project(tmp_path)
    (tmp_path / "kinds" / "build" / "build.yml").write_text("description: nothing\n")
    ran = subprocess.run(
        command(tmp_path), capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("error[")
    assert ran.stdout == ""
