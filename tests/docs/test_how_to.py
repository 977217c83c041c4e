"""What the how-to guides tell their readers to do has the effect that they promise."""

import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from tests.docs.pages import DOCS, Run, Write, blocks, steps
from tests.docs.reader import Reader
from tests.updates.archives import make_mar

ROOT = DOCS.parent
HOW_TO = DOCS / "how-to"
GATES = """\
  sign-off-gates:
    - phase: push
      product: firefox
      roles: [relman, qa]
      before: [release-beetmover-push-to-release]
    - phase: ship
      product: firefox
      roles: [relman]
      before: [release-balrog-scheduling, release-bouncer-aliases]
"""
EXAMPLE = "-p docs/examples/release/parameters.yml -p docs/examples/release/history.json"


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Somebody with a copy of this project."""
    for part in ("kinds", "transforms", "docs/examples"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return Reader(tmp_path)


def page(name: str) -> str:
    return (HOW_TO / f"{name}.md").read_text(encoding="utf-8")


def sessions(text: str) -> list[Run]:
    found = [step for step in steps(text) if isinstance(step, Run)]
    assert found
    return found


def graph(reader: Reader, phase: str) -> Mapping[str, Any]:
    made = reader.run(f"relpro graph --phase {phase} {EXAMPLE} --format json 2>/dev/null")
    assert made, reader.run(f"relpro graph --phase {phase} {EXAMPLE}")
    found: Mapping[str, Any] = json.loads(made)
    return found


@pytest.mark.parametrize("name", ["promote-a-release", "test-updates-locally"])
def test_the_guide_shows_what_its_commands_print(name: str, reader: Reader) -> None:
    for run in sessions(page(name)):
        reader.take(run)


def test_gates_hold_every_task_that_publishes_in_their_phase(reader: Reader) -> None:
    config = reader.folder / "kinds" / "config.yml"
    text = config.read_text(encoding="utf-8")
    assert text.count("\nrelease-promotion:\n") == 1
    text = text.replace("\nrelease-promotion:\n", f"\nrelease-promotion:\n{GATES}")
    config.write_text(text, encoding="utf-8")
    expected = {
        "push": (["qa", "relman"], {"release-beetmover-push-to-release"}),
        "ship": (["relman"], {"release-balrog-scheduling", "release-bouncer-aliases"}),
    }
    for phase, (roles, kinds) in expected.items():
        made = graph(reader, phase)
        labels = [f"signoff-firefox-{phase}-{role}" for role in roles]
        assert [label for label in made if made[label]["kind"] == "signoff"] == labels
        for label, role in zip(labels, roles, strict=True):
            assert made[label]["task"]["projectId"] == f"signoff/{role}"
        waiting = {
            task["kind"]
            for task in made.values()
            if task["attributes"]["shipping_product"] == "firefox"
            and set(labels) <= set(task["dependencies"].values())
        }
        assert waiting == kinds
        assert kinds <= {task["kind"] for task in made.values()}
        assert all(
            set(labels) <= set(task["dependencies"].values())
            for task in made.values()
            if task["kind"] in kinds
        )


def test_the_update_that_is_served_is_that_of_the_archive(tmp_path: Path) -> None:
    text = page("test-updates-locally")
    (command, *_), (printed,) = blocks(text, "sh"), blocks(text, "text")
    content = make_mar(tmp_path / "mars" / "target.complete.mar", "140.0.4", "20250715120000")
    words = shlex.split(command.replace("--port 8000", "--port 0"))
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", *words], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        told = [server.stdout.readline() for _ in range(3)]
        port = told[0].strip().rpartition(":")[2]
        assert "".join(told).replace(f":{port}", ":8000") == printed
        address = told[-1].strip()
        for name in re.findall("%([A-Z_]+)%", address):
            address = address.replace(f"%{name}%", {"VERSION": "140.0.3"}.get(name, "x"))
        update = ElementTree.fromstring(requests.get(address, timeout=60).content)[0]
        assert requests.get(update[0].attrib["URL"], timeout=60).content == content
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0
        server.stdout.close()
    (policies,) = (json.loads(block) for block in blocks(text, "json"))
    assert policies["policies"]["AppUpdateURL"] == printed.splitlines()[-1]


def test_the_transform_that_is_written_passes_the_test_that_is_written_for_it(
    tmp_path: Path,
) -> None:
    reader = Reader(tmp_path)
    tutorial = (DOCS / "tutorial" / "first-release.md").read_text(encoding="utf-8")
    for step in [*steps(tutorial), *steps(page("write-a-transform"))]:
        if isinstance(step, Write):
            reader.take(step)
    printed = reader.run("python -m pytest -q -p no:cacheprovider -p no:xdist tests")
    assert "1 passed" in printed, printed
    kind = tmp_path / "kinds" / "build" / "packages.yml"
    kind.write_text(kind.read_text().replace("[public/target.zip]", "x, hash: md5"))
    assert "error[K201]" in reader.run("relpro graph --stage full")
    kind.write_text(kind.read_text().replace("x, hash", "[x], hash"))
    printed = reader.run("relpro graph --stage full")
    assert "error[T411]: hash `md5` is unknown" in printed
    assert "use sha256 or sha512" in printed


def test_a_locale_is_added_by_one_line(reader: Reader) -> None:
    (line,) = blocks(page("add-a-locale-or-platform"), "text")
    changesets = reader.folder / "kinds" / "data" / "l10n-changesets.json"
    text = changesets.read_text(encoding="utf-8")
    changesets.write_text(text.replace("{\n", f"{{\n{line}", 1), encoding="utf-8")
    after = graph(reader, "promote")
    locales = [task["attributes"].get("locale") for task in after.values()]
    kinds = {
        task["kind"]: [
            other["attributes"]["build_platform"]
            for other in after.values()
            if other["kind"] == task["kind"] and other["attributes"].get("locale") == "xy"
        ]
        for task in after.values()
        if task["attributes"].get("locale") == "xy"
    }
    assert "xy" in locales
    assert len(kinds["balrog"]) == 3
    assert len(kinds["beetmover-repackage"]) == 3
