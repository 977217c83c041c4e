"""A folder of MARs, offered to clients; the MARs are made by the public package."""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from relpro.errors import RelproError
from relpro.updates.archives import read_archive
from relpro.updates.folder import Folder
from relpro.updates.folder_service import FolderService
from relpro.updates.server import UpdateServer
from tests.cli.conftest import Run
from tests.updates.archives import make_mar

OLD, NEW = "20240101000000", "20240201000000"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[UpdateServer]:
    folder = tmp_path / "mars"
    folder.mkdir()
    with UpdateServer(FolderService(Folder(folder)).handle) as running:
        yield running


def ask(server: UpdateServer, version: str, build_id: str, place: str = "de") -> ET.Element:
    target, _, locale = place.rpartition("/")
    client = f"Widget/{version}/{build_id}/{target or 'Linux_x86_64-gcc3'}/{locale}/release"
    rest = "Linux/ISET:SSE3,MEM:8192/default/default/update.xml"
    answer = requests.get(f"{server.address}/update/6/{client}/{rest}", timeout=60)
    assert answer.status_code == 200, answer.text
    return ET.fromstring(answer.content)


def test_an_archive_says_what_it_is(tmp_path: Path) -> None:
    content = make_mar(tmp_path / "target.complete.mar", "2.0", NEW, channel="release,beta")
    read = read_archive(tmp_path / "target.complete.mar")
    assert (read.kind, read.version, read.build_id) == ("complete", "2.0", NEW)
    assert read.channels == ("release", "beta")
    assert (read.size, read.sha512) == (len(content), hashlib.sha512(content).hexdigest())
    make_mar(tmp_path / "widget-1.0-2.0.partial.mar", "2.0", "", kind="partial")
    partial = read_archive(tmp_path / "widget-1.0-2.0.partial.mar")
    assert (partial.kind, partial.origin, partial.version) == ("partial", "1.0", "2.0")


@pytest.mark.parametrize("place", [0, 6, 12, 30, 100, -1])
def test_an_archive_that_is_cut_or_changed_is_refused(tmp_path: Path, place: int) -> None:
    whole = make_mar(tmp_path / "target.complete.mar", "2.0", NEW)
    (tmp_path / "target.complete.mar").write_bytes(whole[:place])
    with pytest.raises(RelproError, match="U802"):
        read_archive(tmp_path / "target.complete.mar")


def test_every_client_is_offered_what_is_in_the_folder(
    server: UpdateServer, tmp_path: Path
) -> None:
    content = make_mar(tmp_path / "mars" / "target.complete.mar", "2.0", NEW)
    for place in ("de", "WINNT_x86_64-msvc/fr"):
        (update,) = ask(server, "1.0", OLD, place)
        assert update.attrib["appVersion"] == "2.0"
        assert update.attrib["buildID"] == NEW
        (patch,) = update
        got = requests.get(patch.attrib["URL"], timeout=60).content
        assert got == content
        assert patch.attrib["hashValue"] == hashlib.sha512(got).hexdigest()
        assert int(patch.attrib["size"]) == len(got)
    assert len(ask(server, "2.0", NEW)) == 0
    assert len(ask(server, "3.0", OLD)) == 0
    assert len(ask(server, "2.0", OLD)) == 1


def test_an_archive_that_is_built_again_is_offered_as_it_is_now(
    server: UpdateServer, tmp_path: Path
) -> None:
    digests = set()
    for text in ("one", "another"):
        path = tmp_path / "mars" / "target.complete.mar"
        make_mar(path, "2.0", NEW, files={"program": text * 99})
        (patch,) = ask(server, "1.0", OLD)[0]
        assert patch.attrib["hashValue"] == hashlib.sha512(path.read_bytes()).hexdigest()
        digests.add(patch.attrib["hashValue"])
    assert len(digests) == 2


def test_a_partial_archive_is_for_the_version_it_starts_from(
    server: UpdateServer, tmp_path: Path
) -> None:
    make_mar(tmp_path / "mars" / "widget-2.0.complete.mar", "2.0", NEW)
    make_mar(tmp_path / "mars" / "widget-1.0-2.0.partial.mar", "2.0", "", kind="partial")
    for version, kinds in (("1.0", ["complete", "partial"]), ("0.9", ["complete"])):
        (update,) = ask(server, version, OLD)
        assert [patch.attrib["type"] for patch in update] == kinds


def test_folders_of_candidates_are_for_their_platform_and_locale(
    server: UpdateServer, tmp_path: Path
) -> None:
    for number, place in enumerate(("linux-x86_64/de", "linux-x86_64/fr", "win64/de")):
        path = tmp_path / "mars" / "update" / place / "widget-2.0.complete.mar"
        make_mar(path, "2.0", f"2024020100000{number}")
    asked = {
        "Linux_x86_64-gcc3/de": "20240201000000",
        "Linux_x86_64-gcc3/fr": "20240201000001",
        "WINNT_x86_64-msvc-x64/de": "20240201000002",
    }
    for place, build_id in asked.items():
        assert ask(server, "1.0", OLD, place)[0].attrib["buildID"] == build_id
    assert len(ask(server, "1.0", OLD, "WINNT_x86_64-msvc/fr")) == 0
    assert len(ask(server, "1.0", OLD, "Darwin_aarch64-gcc3/de")) == 0


def test_a_download_goes_on_where_it_was_interrupted(server: UpdateServer, tmp_path: Path) -> None:
    content = make_mar(tmp_path / "mars" / "target.complete.mar", "2.0", NEW)
    url = f"{server.address}/files/target.complete.mar"
    first = requests.get(url, headers={"Range": "bytes=0-9"}, timeout=60)
    rest = requests.get(url, headers={"Range": "bytes=10-"}, timeout=60)
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == content
    beyond = requests.get(url, headers={"Range": f"bytes={len(content)}-"}, timeout=60)
    assert beyond.status_code == 416
    assert int(requests.head(url, timeout=60).headers["Content-Length"]) == len(content)


def test_nothing_else_is_served(server: UpdateServer, tmp_path: Path) -> None:
    make_mar(tmp_path / "mars" / "target.complete.mar", "2.0", NEW)
    (tmp_path / "secret.mar").write_text("secret", encoding="utf-8")
    (tmp_path / "mars" / "notes.txt").write_text("notes", encoding="utf-8")
    for path in ("../secret.mar", "%2e%2e/secret.mar", "notes.txt", "", "/etc/passwd"):
        session = requests.Session()
        asked = requests.Request("GET", server.address).prepare()
        asked.url = f"{server.address}/files/{path}"
        assert session.send(asked, timeout=60).status_code == 404
        session.close()


def test_a_folder_without_archives_is_one_message(relpro: Run, tmp_path: Path) -> None:
    ran = relpro("update-server", "--from", str(tmp_path))
    assert ran.code == 2
    assert ran.err.startswith("error[U802]: there are no MARs in ")
    make_mar(tmp_path / "target.complete.mar", "115.3.0esr", NEW)
    ran = relpro("update-server", "--from", str(tmp_path))
    assert "is of version 115.3.0esr, which no update server can compare" in ran.err
