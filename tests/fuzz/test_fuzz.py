"""Whatever others write, it ends in what is right or in coded errors with their places."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fuzz.kinds import PARAMETERS, ROOT, Ground
from tests.fuzz.mutation import as_yaml
from tests.fuzz.running import faults
from tests.fuzz.sorts import SORTS

#: Of each test; `make soak` tries thousands of others.
_SEEDS = 40
#: Kinds are what is written most, and a release takes longest.
_TESTS = [(sort, batch) for sort in SORTS for batch in range(3 if sort == "kinds" else 1)]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(("sort", "batch"), _TESTS)
def test_a_changed_document_ends_in_what_is_right_or_in_located_errors(
    sort: str, batch: int, tmp_path: Path, stack: ExitStack
) -> None:
    case = SORTS[sort](tmp_path, stack)
    seeds = range(batch * _SEEDS, (batch + 1) * _SEEDS)
    assert list(faults(sort, case, seeds)) == []


def _grouped() -> Iterator[tuple[str, str]]:
    """Files of kinds whose tasks are made of others by transforms of ours, each with its kind."""
    for path in sorted((ROOT / "kinds").rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if "\n    from-deps:" in text and re.search(r"[ \[]transforms\.", text):
            kind = path.parent.name if path.stem == "kind" else path.stem
            yield path.relative_to(ROOT).as_posix(), kind


def test_an_entry_that_builds_on_nothing_is_told_where_it_must(tmp_path: Path) -> None:
    """Transforms that read what their task builds on, of entries that build on nothing any more."""
    shutil.copytree(ROOT / "kinds", tmp_path / "kinds")
    ground = Ground.of(tmp_path, PARAMETERS)
    found = {}
    for name, kind in _grouped():
        path = tmp_path / name
        document: Any = yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for entry in document.get("tasks", {}).values():
            entry.pop("from-deps", None)
        path.write_bytes(as_yaml(document))
        if fault := ground.outcome(PARAMETERS, (kind,)):
            found[name] = fault
        shutil.copy(ROOT / name, path)
    assert found == {}
    assert len([*_grouped()]) > 10
