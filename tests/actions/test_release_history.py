"""Where users of a release update from, as the update server says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import orjson
import pytest

from relpro.actions.promotion.look_ups import Question
from relpro.errors import RelproError
from transforms.release_history import completes, look_up

BLOB: dict[str, Any] = {
    "name": "Firefox-91.0-build2",
    "fileUrls": {
        "*": {"completes": {"*": "https://download.example.com/?os=%OS_BOUNCER%&lang=%LOCALE%"}},
        "release-localtest": {
            "completes": {"*": "https://files.example.com/91.0/%OS_FTP%/%LOCALE%/91.0.mar"}
        },
    },
    "platforms": {
        "Linux_x86_64-gcc3": {
            "OS_FTP": "linux-x86_64",
            "buildID": "20210804193234",
            "locales": {"de": {}, "en-US": {"buildID": "20210804193235"}},
        },
        "Linux_x86_64-gcc3-asan": {"alias": "Linux_x86_64-gcc3"},
    },
}


class _Server(BaseHTTPRequestHandler):
    known: ClassVar[dict[str, Any]] = {"/api/v1/releases/Firefox-91.0-build2": BLOB}

    def do_GET(self) -> None:
        found = self.known.get(self.path)
        content = orjson.dumps(found)
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: Any) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def question(server: str, version: str = "91.0") -> Question:
    updates = {version: {"buildNumber": 2, "locales": ["de"]}}
    details = {"partial_updates": updates}
    settings = {"update-server": server}
    return Question(
        "release_history", "firefox", "mozilla-release", "3", "release", details, settings
    )


def test_the_history_has_every_platform_and_locale(server: str) -> None:
    history = look_up(question(server))
    assert history.keys() == {"Linux_x86_64-gcc3"}
    assert history["Linux_x86_64-gcc3"]["de"] == {
        "target-91.0.partial.mar": {
            "buildid": "20210804193234",
            "mar_url": "https://files.example.com/91.0/linux-x86_64/de/91.0.mar",
            "previousBuildNumber": 2,
            "previousVersion": "91.0",
            "product": "Firefox",
        }
    }


def test_a_locale_can_be_of_another_build(server: str) -> None:
    history = look_up(question(server))
    (partial,) = history["Linux_x86_64-gcc3"]["en-US"].values()
    assert partial["buildid"] == "20210804193235"


def test_a_release_that_the_server_does_not_know_is_told(server: str) -> None:
    with pytest.raises(RelproError, match=r"does not know release `Firefox-90\.0-build2`") as error:
        look_up(question(server, "90.0"))
    assert error.value.exit_code == 3


def test_a_release_without_a_channel_for_tests_is_told() -> None:
    blob = {**BLOB, "fileUrls": {"*": BLOB["fileUrls"]["*"]}}
    with pytest.raises(RelproError, match="has no channel for tests"):
        list(completes(blob))
