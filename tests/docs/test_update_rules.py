"""The guide on update rules, followed with a server on another port."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from relpro.updates.server import UpdateServer
from relpro.updates.service import Service
from relpro.updates.store import Store
from tests.docs.pages import DOCS, Run, Write, steps
from tests.docs.reader import Reader

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def address() -> Iterator[str]:
    store = Store(":memory:")
    with UpdateServer(Service(store).handle) as server:
        yield server.address
    store.close()


def test_the_guide_shows_what_its_commands_print(address: str, tmp_path: Path) -> None:
    text = (DOCS / "how-to" / "check-update-rules.md").read_text(encoding="utf-8")
    assert text.count(ADDRESS) > 3
    reader = Reader(tmp_path)
    done = []
    for step in steps(text.replace(ADDRESS, address)):
        reader.take(step)
        done.append(type(step))
        if isinstance(step, Write):
            command = [sys.executable, step.path, address]
            subprocess.run(command, cwd=tmp_path, check=True)
    assert done == [Write, Run, Run]
