"""A task's command on this machine, with checkout, environment and fetches."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_workers.desk import Desk, desk

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("widgets")) as made:
        made.commit("first")
        yield made


@pytest.fixture(scope="module")
def decision(here: Desk) -> str:
    """The decision task of a push whose tasks are done."""
    own = here.push(here.commit("second", {"src/widget.txt": "color: green\n"}))
    here.work()
    return own


@pytest.fixture
def run(here: Desk, relpro: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in here.service.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    root = ["--root", str(here.repository), "--phase", "build", "--param", "project=widget"]
    return lambda *words: relpro("run", *words, *root)


def test_the_command_is_printed_alone(run: Run) -> None:
    assert run("build-widget", "--print").out == "make -C src\n"
    assert run("toolchain-stamper", "--print").out == "./scripts/stamper.sh --loud\n"
    assert run("fetch-header", "--print").out.startswith(
        "python3 fetch-content static-url --sha256"
    )


def test_what_is_committed_and_not_pushed_is_built_with_what_was_made_before(
    here: Desk, decision: str, run: Run, tmp_path: Path
) -> None:
    revision = here.commit("third", {"src/widget.txt": "color: white\n"})
    folder = tmp_path / "built"

    ran = run("build-widget", "--decision", decision, "--folder", str(folder))

    assert ran.code == 0, ran.err
    widget = f"a widget, stamped --loud\ncolor: white\nrevision: {revision}\n"
    assert (folder / "artifacts/widget/widget").read_text() == widget
    assert f"public/build/widget.tar.gz: {folder}/artifacts/widget.tar.gz" in ran.err
    assert "differs: caches are empty" in ran.err
    assert f"VCS_HEAD_REPOSITORY is {here.repository.as_uri()}" in ran.err


def test_what_is_cached_is_found_in_the_index(decision: str, run: Run, tmp_path: Path) -> None:
    ran = run("toolchain-stamper", "--folder", str(tmp_path / "stamper"))

    assert ran.code == 0, ran.err
    assert (tmp_path / "stamper/artifacts/stamper.tar.gz").exists()


def test_the_exit_status_is_that_of_the_command(
    here: Desk, decision: str, run: Run, tmp_path: Path
) -> None:
    before = (here.repository / "src/Makefile").read_text()
    here.commit("broken", {"src/Makefile": "all:\n\texit 7\n"})
    assert run("build-widget", "--decision", decision, "--folder", str(tmp_path / "x")).code == 2
    here.commit("mended", {"src/Makefile": before})


def test_a_shell_is_where_the_command_would_be_with_all_it_needs(
    decision: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = tmp_path / "shell"
    shell.write_text(
        '#!/bin/sh\npwd > "$TASK_WORKDIR/pwd"; ls "$MOZ_FETCHES_DIR" >> "$TASK_WORKDIR/pwd"\n'
    )
    shell.chmod(shell.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("SHELL", str(shell))
    folder = tmp_path / "folder"

    ran = run("build-widget", "--decision", decision, "--shell", "--folder", str(folder))

    assert ran.code == 0, ran.err
    said = (folder / "pwd").read_text().split()
    assert said == [str(folder / "checkouts/vcs"), "counter", "stamper"]
    assert "the command is: make -C src" in ran.err


def test_a_task_that_no_kind_makes_is_a_usage_error(run: Run) -> None:
    assert run("build-gadget").code == 2


def test_without_a_push_it_is_told_what_would_have_to_exist(run: Run) -> None:
    ran = run("test-widget")
    assert ran.code == 2
    assert "error[O614]: `test-widget` reads from `build-widget`" in ran.err
