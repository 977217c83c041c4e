"""What a rehearsal is made of: its manifest, its repository, the hosts that it stands for."""

import socket
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from relpro.errors import RelproError
from relpro.rehearsal.manifest import Manifest, Previous, read_manifest
from relpro.rehearsal.names import names
from relpro.rehearsal.plan import runs_commands
from relpro.rehearsal.rehearse import rehearsed
from relpro.rehearsal.release import next_version
from relpro.rehearsal.shelf import Shelf
from relpro.rehearsal.source import make_source
from relpro.updates.calls import Received, Reply
from relpro.updates.server import UpdateServer
from relpro.workers.held import hold
from relpro.workers.keys import Keys


def test_the_manifest_of_the_postcard_is_read(postcard: Path) -> None:
    manifest = read_manifest(postcard)
    assert manifest.previous is not None
    assert manifest.previous.version == "1.0.0"
    assert set(manifest.hosts.values()) == {"archive", "downloads", "updates"}
    (postcard / "kinds/rehearsal.yml").write_text("previous: {version: 1.0.0}\nhots: {}\n")
    with pytest.raises(RelproError) as refused:
        read_manifest(postcard)
    assert refused.value.diagnostics[0].code == "K203"


MISTAKEN = """
previous: {version: 1.0.0, flavors: {promot: first}}
rules: [{alias: widget, chanel: release}]
client:
  package: '{version}/{version.__class__}'
  folder: widget
  command: []
  looks: [look]
  runs: {platform: amiga, says: widget}
"""


def test_all_mistakes_of_a_manifest_are_told_before_anything_runs(postcard: Path) -> None:
    (postcard / "kinds/rehearsal.yml").write_text(MISTAKEN)
    with pytest.raises(RelproError) as refused:
        read_manifest(postcard)
    told = " ".join(one.what for one in refused.value.diagnostics)
    for named in ("`promot`", "`chanel`", "`package`", "`command`", "`platform`"):
        assert named in told


def test_the_repository_is_the_same_whenever_the_tree_is(postcard: Path, tmp_path: Path) -> None:
    manifest = Manifest(Previous("1.0.0", "tests/1.0.0.patch"))
    keys = Keys(tmp_path / "keys")
    first, again = (
        make_source(postcard, tmp_path / name, manifest, "main", keys) for name in ("a", "b")
    )
    assert (first.previous, first.revision) == (again.previous, again.revision)
    (postcard / "kinds/version.txt").write_text("1.2.0\n")
    with pytest.raises(RelproError) as refused:
        make_source(postcard, tmp_path / "c", manifest, "main", keys)
    assert refused.value.diagnostics[0].code == "U813"


@pytest.mark.parametrize(
    "said",
    [{"there/mar.pub": "../out.pem"}, {"../../out.pem": "key.pem"}, {"there/none": "key.pem"}],
)
def test_a_key_is_taken_from_the_keys_and_goes_into_the_tree(
    postcard: Path, tmp_path: Path, said: dict[str, str]
) -> None:
    keys = Keys(tmp_path / "keys")
    for path in (tmp_path / "keys/signing/there/mar.pub", tmp_path / "out.pem"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a key")
    with pytest.raises(RelproError) as refused:
        make_source(postcard, tmp_path / "made", Manifest(keys=said), "main", keys)
    assert refused.value.diagnostics[0].code == "U813"
    assert not (tmp_path / "made" / "out.pem").exists()


def test_a_host_that_nothing_stands_for_is_refused() -> None:
    def led(asked: Received) -> Reply:
        path = f"{asked.path}?{urlencode(asked.query)}"
        return Reply("", 302, "text/plain", {"Location": f"http://files.example{path}"})

    with UpdateServer(led) as server, names({"led.example": server.address}) as proxy:
        asked = {"proxies": {"http": proxy}, "timeout": 10, "allow_redirects": False}
        answer = requests.get("http://led.example/a?b=c", **asked)  # type: ignore[arg-type]
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            "http://files.example/a?b=c",
        )
        other = requests.get("http://world.example/", **asked)  # type: ignore[arg-type]
        assert other.status_code == 502
        host, port = proxy.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as tunnel:
            tunnel.sendall(b"CONNECT world.example:443 HTTP/1.1\r\nHost: world.example\r\n\r\n")
            assert b" 502 " in tunnel.recv(100)


@pytest.mark.parametrize(
    ("implementation", "commands"),
    [
        ("docker-worker", True),
        ("generic-worker", True),
        ("succeed", False),
        ("iscript", False),
        ("scriptworker-signing", False),
        ("scriptworker-github", False),
    ],
)
def test_workers_of_scripts_run_no_commands(implementation: str, commands: bool) -> None:
    assert runs_commands(implementation) == commands


@pytest.mark.parametrize(
    ("version", "following"), [("1.1.0", "1.1.1"), ("92.0.9", "92.0.10"), ("1.0b3", "1.0b4")]
)
def test_the_next_version_has_one_more_at_its_end(version: str, following: str) -> None:
    assert next_version(version) == following


def test_two_rehearsals_at_once_do_not_use_one_folder(postcard: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    report = made / "latest" / "report.md"
    report.parent.mkdir(parents=True)
    report.touch()
    second = rehearsed(postcard, made, None, lambda *_: None, str)
    with hold(made, "rehearsal"), pytest.raises(RelproError) as refused:
        second.__enter__()
    assert refused.value.diagnostics[0].what == f"another rehearsal works in {made}"
    assert report.exists()


def test_what_an_earlier_rehearsal_left_is_removed_while_the_next_one_runs(tmp_path: Path) -> None:
    left = tmp_path / "made/latest/report.md"
    left.parent.mkdir(parents=True)
    left.touch()
    assert not list(Shelf(tmp_path / "made").empty().iterdir())
    until = time.monotonic() + 10
    while (tmp_path / "made/gone").exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["latest"]
