"""Where users of a release update from, as the update server says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

from relpro.actions.look_ups import Answer, ProjectLookUps, Question
from relpro.errors import RelproError
from relpro.project import Project
from tests.explain.conftest import foreign_transforms

__all__ = ["foreign_transforms"]

ROOT = Path(__file__).parents[2]

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


NIGHTLIES = "Firefox-mozilla-central-nightly-"
BUILDS = [f"202507{day:02}120000" for day in range(1, 8)]


def nightly(build: str) -> dict[str, Any]:
    files = [{"from": "*", "fileUrl": f"https://files.example.com/{build}.mar"}]
    locales = {"de": {"buildID": build, "completes": files}, "fr": {"buildID": build}}
    return {"platforms": {"Linux_x86_64-gcc3": {"locales": locales}, "other": {"alias": "x"}}}


class _Server(BaseHTTPRequestHandler):
    known: ClassVar[dict[str, Any]] = {
        "/api/v1/releases/Firefox-91.0-build2": BLOB,
        "/api/v1/releases/Firefox-89.0-build2": {
            **BLOB,
            "name": "Firefox-89.0-build2",
            "fileUrls": {"*": BLOB["fileUrls"]["*"]},
        },
        "/api/v1/releases/Firefox-88.0-build2": {**BLOB, "platforms": {"win": {"OS_FTP": 3}}},
        "/api/v1/releases/Firefox-87.0-build2": [],
        f"/api/v1/releases?product=Firefox&name_prefix={NIGHTLIES}2&names_only=true": {
            "names": [f"{NIGHTLIES}{build}" for build in BUILDS]
        },
        **{f"/api/v1/releases/{NIGHTLIES}{build}": nightly(build) for build in BUILDS},
    }

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
def server(foreign_transforms: None) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def history(server: str, version: str) -> Answer:
    """What this repository's project answers about updates from one earlier release."""
    details = {"partial_updates": {version: {"buildNumber": 2, "locales": ["de"]}}}
    question = Question(
        name="release_history",
        product="firefox",
        project="mozilla-release",
        level="3",
        release_type="release",
        details=details,
        settings={"update-server": server},
    )
    return ProjectLookUps(Project(ROOT)).answer(question)


def test_the_history_has_every_platform_and_locale_and_no_alias(server: str) -> None:
    found = history(server, "91.0")
    assert found.keys() == {"Linux_x86_64-gcc3"}
    assert found["Linux_x86_64-gcc3"]["de"] == {
        "target-91.0.partial.mar": {
            "buildid": "20210804193234",
            "mar_url": "https://files.example.com/91.0/linux-x86_64/de/91.0.mar",
            "previousBuildNumber": 2,
            "previousVersion": "91.0",
            "product": "Firefox",
        }
    }


def test_a_locale_can_be_of_another_build(server: str) -> None:
    (partial,) = history(server, "91.0")["Linux_x86_64-gcc3"]["en-US"].values()
    assert partial["buildid"] == "20210804193235"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("90.0", r"does not know release `Firefox-90\.0-build2`"),
        ("89.0", r"release `Firefox-89\.0-build2` has no channel for tests"),
        ("88.0", r"Firefox-88\.0-build2 says: `release\.platforms\.win"),
        ("87.0", r"Firefox-87\.0-build2 says: `release` is `\[\]`, not of type `object`"),
    ],
)
def test_a_release_that_cannot_be_updated_from_is_told(
    server: str, version: str, message: str
) -> None:
    with pytest.raises(RelproError, match=message) as error:
        history(server, version)
    assert error.value.exit_code == 3


def test_nightlies_update_from_the_last_four_by_their_build_ids(server: str) -> None:
    question = Question(
        name="release_history",
        product="firefox",
        project="mozilla-central",
        level="3",
        release_type="nightly",
        details={},
        settings={"update-server": server},
    )
    found = ProjectLookUps(Project(ROOT)).answer(question)
    assert found == {
        "Linux_x86_64-gcc3": {
            "de": {
                f"target.partial-{number}.mar": {
                    "buildid": build,
                    "mar_url": f"https://files.example.com/{build}.mar",
                }
                for number, build in enumerate(reversed(BUILDS[-4:]), start=1)
            }
        }
    }
