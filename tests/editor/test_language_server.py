"""Completion and errors while one types, by the language server that editors use for YAML."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from relpro.cli.schema import DOCUMENTS
from tests.acceptance.checkout import ROOT
from tests.editor.server import Server
from tests.editor.written import schema_of

HERE = Path(__file__).parent / "language-server"
#: A file of each sort, with what editors know it by.
FILES = {
    "kinds/promote/mar-signing.yml": "kind",
    "kinds/promote/attribution.yml": "kind",
    "kinds/promote/partners/mac-signing.yml": "tasks",
    "kinds/config.yml": "config",
    "docs/examples/release/parameters.yml": "parameters",
}
KIND = """\
description: Sign the builds.
kind-dependencies: [build]
tasks:
  widget:
    description: Sign the widget
    worker-type: linux-signing
    worker:
      signing-type: release-signing
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every schema, as `relpro schema NAME > NAME.json` writes them."""
    made = tmp_path_factory.mktemp("editor")
    for name in DOCUMENTS:
        (made / f"{name}.json").write_bytes(schema_of(name))
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    if shutil.which("npm") is None:
        pytest.skip("no npm, which the language server is installed by")
    own = folder / "server"
    shutil.copytree(HERE, own, ignore=shutil.ignore_patterns("node_modules"))
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=own, check=True, capture_output=True)
    command = ["node", str(own / "node_modules/yaml-language-server/bin/yaml-language-server")]
    running = Server.start([*command, "--stdio"], folder)
    yield running
    running.stop()


def headed(folder: Path, sort: str, text: str) -> str:
    """A file that says which schema it has: one line more."""
    return f"# yaml-language-server: $schema={(folder / f'{sort}.json').as_uri()}\n{text}"


@pytest.mark.parametrize("path", FILES)
def test_nothing_is_wrong_with_our_own_files(server: Server, folder: Path, path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert server.open(headed(folder, FILES[path], text)).errors == []


@pytest.mark.parametrize(
    ("written", "typed", "line", "word"),
    [
        ("kind-dependencies:", "kind-dependancies:", 3, "kind-dependancies"),
        ("worker-type:", "worker_type:", 7, "worker_type"),
        ("signing-type: release-signing", "max-run-time: soon", 9, "integer"),
        ("    worker-type", "    priority: urgent\n    worker-type", 7, "very-high"),
    ],
)
def test_a_mistake_is_told_at_its_line(
    server: Server, folder: Path, written: str, typed: str, line: int, word: str
) -> None:
    assert server.open(headed(folder, "kind", KIND)).errors == []
    found = server.open(headed(folder, "kind", KIND.replace(written, typed, 1))).errors
    assert [place for place, _ in found] == [line]
    assert word in found[0][1]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("    ", {"dependencies", "from-deps", "run-on-projects", "treeherder"}),
        ("    shipping-phase: ", {"build", "promote", "push", "ship"}),
        ("      ", {"upstream-artifacts", "behavior", "max-run-time"}),
    ],
)
def test_keys_and_values_are_completed(
    server: Server, folder: Path, typed: str, offered: set[str]
) -> None:
    opened = server.open(headed(folder, "kind", f"{KIND}{typed}\n"))
    line = len(KIND.splitlines()) + 1
    assert offered <= server.completions(opened.path, line, len(typed))
