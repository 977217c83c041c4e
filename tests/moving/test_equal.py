"""The graph of an imported project is that of taskgraph, but for what differs by design."""

import shutil
from pathlib import Path

from relpro.moving.importing import Import
from tests.cli.conftest import Run
from tests.moving.conftest import PARAMETERS

DIFF = ("--stage", "full", "-p", str(PARAMETERS))


def test_nothing_differs_from_the_graph_of_taskgraph(
    moved: tuple[Path, Import], theirs: Path, relpro: Run
) -> None:
    ran = relpro("diff", str(theirs), "--root", str(moved[0]), *DIFF, "--exit-code")
    assert ran.code == 0, ran.out
    assert ran.out == "full graph: 24 tasks, nothing differs\n"
    assert "changes left out, which differ from taskgraph by design" in ran.err


def test_what_differs_by_design_is_shown_if_asked(
    moved: tuple[Path, Import], theirs: Path, relpro: Run
) -> None:
    ran = relpro("diff", str(theirs), "--root", str(moved[0]), *DIFF, "--no-by-design")
    assert ran.out.startswith("full graph: 24 -> 24 tasks (+0 -0 ~24)"), ran.out
    assert "changes left out" not in ran.err


#: File of a kind, what stands there, what is put in its place, and what is shown then.
EDITS = [
    ("check.yml", "make check", "make check all", "check: payload.command[]"),
    ("test.yml", "WHERE: '{project}'", "WHERE: x", "test: payload.env.WHERE widget -> x"),
    ("build/linux.yml", "dest: libs", "dest: lib", "build: payload.env.MOZ_FETCHES"),
    ("build/linux.yml", "name: downloads-v3", "name: loads", "widgets-level-3-loads added"),
    ("cached.yml", "[abc, def]", "[abc]", "cached: attributes.cached_task.digest"),
    ("elsewhere.yml", "other.v2", "other.v3", "elsewhere: optimization.index-search[]"),
    ("pr.yml", "all-completed", "all-resolved", "pr: requires"),
    ("toolchain.yml", "--static", "--shared", "toolchain: payload.command[]"),
    ("build/kind.yml", "make windows", "make window", "build: payload.command[]"),
    ("docker-image.yml", "level: {'1': '3'", "level: {'3': '3'", "ZSTD_LEVEL"),
]


def test_whatever_else_differs_is_shown(
    moved: tuple[Path, Import], theirs: Path, relpro: Run, tmp_path: Path
) -> None:
    widget = tmp_path / "widget"
    shutil.copytree(moved[0], widget)
    for file, old, new, _shown in EDITS:
        kind = widget / "kinds" / "build" / file
        text = kind.read_text(encoding="utf-8")
        assert old in text, text
        kind.write_text(text.replace(old, new), encoding="utf-8")
    ran = relpro("diff", str(theirs), "--root", str(widget), *DIFF, "--exit-code")
    assert ran.code == 1
    for *_edit, shown in EDITS:
        assert shown in ran.out, ran.out
