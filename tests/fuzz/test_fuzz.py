"""Whatever others write, it ends in what is right or in coded errors with their places."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fuzz.kinds import PARAMETERS, ROOT, Ground
from tests.fuzz.mutation import as_yaml
from tests.fuzz.running import Fault, faults
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


def _grouped() -> Iterator[str]:
    """Files of kinds whose tasks are made of others by transforms of ours."""
    for path in sorted((ROOT / "kinds").rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if "\n    from-deps:" in text and re.search(r"[ \[]transforms\.", text):
            yield path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    root = tmp_path_factory.mktemp("ground")
    shutil.copytree(ROOT / "kinds", root / "kinds")
    return Ground.of(root, PARAMETERS)


def _edited(ground: Ground, name: str, edit: Callable[[Any], object]) -> Fault:
    """What is wrong with how a generation ends when every entry of a file is edited."""
    path = ground.project.root / name
    document: Any = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    for entry in document.get("tasks", {}).values():
        edit(entry)
    path.write_bytes(as_yaml(document))
    fault = ground.outcome(PARAMETERS)
    shutil.copy(ROOT / name, path)
    return fault


def test_an_entry_that_builds_on_nothing_is_told_where_it_must(ground: Ground) -> None:
    """Transforms that read what their task builds on, of entries that build on nothing any more."""
    grouped = [*_grouped()]
    faults = [_edited(ground, name, lambda entry: entry.pop("from-deps", None)) for name in grouped]
    assert [*filter(None, faults)] == []
    assert len(grouped) > 10


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("build/build", "attributes", {"locale-platform": ["a"]}),
        ("build/instrumented-build", "platforms", {"listed-as": []}),
        ("promote/partials-signing", "upstream-files", {"files": []}),
        ("promote/repackage-msi", "run", None),
        ("promote/repackage-msi", "worker-type", "nothing"),
        ("promote/repackage-msi", "worker-type", "beetmover"),
        ("promote/shippable-l10n", "run", None),
        ("push/release-bouncer-check", "run", {"mach": 3}),
        ("push/release-final-verify", "run", {"command": ["a", ["b"]]}),
    ],
)
def test_a_transform_tells_what_it_lacks_of_what_is_not_its_own(
    kind: str, key: str, value: Any, ground: Ground
) -> None:
    def edit(entry: Any) -> None:
        said = entry.pop(key, {})
        if value:
            entry[key] = {**said, **value} if isinstance(value, dict) else value

    assert _edited(ground, f"kinds/{kind}.yml", edit) == ""


def test_a_library_that_its_build_does_not_name_is_told_where_it_is_used(ground: Ground) -> None:
    def edit(entry: Any) -> None:
        del entry["attributes"]["maven-artifact"]

    assert _edited(ground, "kinds/build/build-fat-aar.yml", edit) == ""
