"""Patterns of files are held against what git tracks, and told of where they match nothing."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from relpro.graph.taskgraph import TaskGraph
from relpro.load.vcs import Tracked, tracked_files
from relpro.model.task import Task
from relpro.optimize.unmatched import unmatched_patterns
from relpro.testing.factories import make_task
from tests.cli.conftest import Run, relpro

__all__ = ["relpro"]

TOP = "patterns count from the top of the repository"
FILES = ("docs/a.md", "src-old/z.c", "src/core/x.c", "src/y.c", "tools/one/two.py")


def task(name: str, *patterns: str, **alias: list[str]) -> Task:
    return make_task(f"build-{name}", optimization=alias or {"skip-unless-changed": [*patterns]})


def graph_of(*tasks: Task) -> TaskGraph:
    return TaskGraph.build(tasks)


def told(*patterns: str, prefix: str = "") -> list[tuple[str, str]]:
    graph = graph_of(task("a", *patterns))
    found = unmatched_patterns(graph, {}, lambda: Tracked(FILES, prefix))
    return [(one.what.split("`")[1], one.remedy) for one in found]


@pytest.mark.parametrize(
    "pattern",
    [
        *("src/**", "src", "src/", "src/*.c", "**/*.py", "**/core/**", "src/y.c", "src/[xy].c"),
        *("src/?.c", "!src/core/**", "src-old", "*/y.c", "docs/a.*", "tools/one", "**"),
    ],
)
def test_a_pattern_of_files_that_there_are_is_not_told_of(pattern: str) -> None:
    assert told("docs", pattern) == []


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("srcs/**", "did you mean `src`?"),
        ("src/cora/**", "did you mean `core`?"),
        ("!scr/core", TOP),
        ("src/*.rs", TOP),
        ("**/*.rs", TOP),
        ("elsewhere", TOP),
        ("src/yy.c", "did you mean `y.c`?"),
    ],
)
def test_a_pattern_of_no_file_is_told_of(pattern: str, remedy: str) -> None:
    assert told("docs", pattern) == [(pattern, remedy)]


def test_a_pattern_written_from_the_project_s_folder_is_told_from_where_to_count() -> None:
    remedy = "patterns count from the top of the repository: write `tools/one/**`"
    assert told("one/**", prefix="tools/") == [("one/**", remedy)]


def test_patterns_are_found_in_composites_and_behind_aliases() -> None:
    aliases = {"files": {"any": [{"skip-unless-changed": "{argument}"}, {"always": None}]}}
    graph = graph_of(
        task("a", files=["scr"]),
        make_task("build-b", optimization={"all": [{"skip-unless-changed": ["scr"]}]}),
        make_task("build-c", optimization={"index-search": ["scr"]}),
    )
    found = list(unmatched_patterns(graph, aliases, lambda: Tracked(FILES)))
    assert [one.context for one in found] == ["task `build-a`", "task `build-b`"]


def test_nothing_is_asked_where_there_are_no_patterns() -> None:
    def asked() -> Tracked:
        raise AssertionError

    assert list(unmatched_patterns(graph_of(make_task("build-a")), {}, asked)) == []
    assert list(unmatched_patterns(graph_of(task("a", "scr")), {}, lambda: None)) == []


def repository(root: Path) -> Path:
    """A repository with a project in a folder of it; gives the project's root."""
    project = root / "ci"
    files = {
        "src/a.c": "",
        "ci/own/b.py": "",
        "ci/kinds/config.yml": (
            "trust-domain: w\nproducts: [w]\nworkers:\n  aliases:\n    x: {provisioner: built-in,"
            " worker-type: succeed, implementation: succeed, os: linux}\n"
            "target-tasks-method: all\ntarget-methods: {all: {}}\n"
        ),
        "ci/kinds/build/t.yml": (
            "description: T\ntask-defaults: {description: T, worker-type: x}\ntasks:\n"
            "  good: {optimization: {skip-unless-changed: [src, ci/own/*.py]}}\n"
            "  bad: {optimization: {skip-unless-changed: ['srcs/**', own]}}\n"
        ),
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*who, "commit", "--quiet", "-m", "Begin"],
    ):
        subprocess.run(["git", "-C", str(root), *words], check=True)
    return project


def test_files_are_those_of_the_whole_repository(tmp_path: Path) -> None:
    found = tracked_files(repository(tmp_path))
    assert found is not None
    assert found.prefix == "ci/"
    assert found.files == ("ci/kinds/build/t.yml", "ci/kinds/config.yml", "ci/own/b.py", "src/a.c")
    (tmp_path / "src" / "a.c").unlink()
    assert "src/a.c" in (tracked_files(tmp_path) or Tracked(())).files
    assert tracked_files(tmp_path / "ci" / "none") is None


@pytest.mark.parametrize(
    "words",
    [("plan",), ("graph", "--stage", "full"), ("why-not", "t-bad"), ("diff", "HEAD")],
)
def test_a_command_tells_it_and_goes_on(
    tmp_path: Path, relpro: Run, words: tuple[str, ...]
) -> None:
    ran = relpro(words[0], "--root", str(repository(tmp_path)), *words[1:])
    assert ran.code == 0, ran.err
    first = (
        "warning[O606]: pattern `srcs/**` of `skip-unless-changed` matches no file that git tracks"
    )
    assert first in ran.err
    assert "help: did you mean `src`?" in ran.err or "^ did you mean `src`?" in ran.err
    assert "write `ci/own`" in ran.err
    assert "  --> kinds/build/t.yml:5:46" in ran.err
    assert "  --> kinds/build/t.yml:5:57" in ran.err
    assert ran.err.count("warning[") == 2


def test_a_strategy_that_does_not_exist_is_told_at_its_line(tmp_path: Path, relpro: Run) -> None:
    project = repository(tmp_path)
    kind = project / "kinds" / "build" / "t.yml"
    kind.write_text(
        kind.read_text().replace(
            "bad: {optimization: {skip-unless", "bad: {optimization: {skip-unles"
        )
    )
    ran = relpro("graph", "--root", str(project))
    assert ran.code == 2
    assert "names optimization strategy `skip-unles-changed`, which does not exist" in ran.err
    assert "  --> kinds/build/t.yml:5:24" in ran.err


@pytest.mark.parametrize("command", ["watch", "serve"])
def test_a_command_that_follows_edits_tells_what_is_new(tmp_path: Path, command: str) -> None:
    project = repository(tmp_path)
    kind = project / "kinds" / "build" / "t.yml"
    words = [sys.executable, "-u", "-m", "relpro", command, "--root", str(project)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        lines = map(str.rstrip, running.stdout)
        assert "`srcs/**`" in next(line for line in lines if line.startswith("warning[O606]"))
        assert "`own`" in next(line for line in lines if line.startswith("warning[O606]"))
        kind.write_text(kind.read_text().replace("own]}}", "own, nowhere]}}"))
        assert "`nowhere`" in next(line for line in lines if line.startswith("warning[O606]"))
        running.send_signal(signal.SIGINT)
        assert not any(line.startswith("warning[") for line in lines)
