"""`relpro diff`: revisions, trees, files and folders, in a repository of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from relpro.graph.taskids import task_id
from relpro.pipeline import OFFLINE_CREATOR
from relpro.target.existing import ASSUMED_CREATOR
from tests.diff.conftest import Repository

RELEASE = ("-p", "tests/release.yml")


def _worktrees(notes: Repository) -> int:
    return len(notes.git("worktree", "list").splitlines())


def test_an_edit_in_a_dirty_tree_is_compared_and_the_tree_left_alone(notes: Repository) -> None:
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    (notes.root / "new-file").write_text("untracked")
    before = notes.git("status", "--porcelain")
    text = notes.out("diff", "--phase", "promote", *RELEASE)
    assert text.splitlines() == [
        "promote: 5 -> 5 tasks (+0 -0 ~3)",
        "  ~ l10n: payload.maxRunTime 1800 -> 3600 in 3 tasks",
    ]
    assert notes.git("status", "--porcelain") == before
    assert _worktrees(notes) == 1


def test_the_base_is_where_the_branch_left_the_main_branch(notes: Repository) -> None:
    notes.git("checkout", "-q", "-b", "feature")
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    notes.commit()
    notes.git("checkout", "-q", "main")
    notes.edit("kinds/build/app.yml", "make", "make all")
    notes.commit()
    notes.git("checkout", "-q", "feature")
    text = notes.out("diff")
    assert "l10n: payload.maxRunTime 1800 -> 3600" in text
    assert "make all" not in text


def test_each_side_uses_its_own_transforms(notes: Repository) -> None:
    notes.edit("transforms/certificate.py", '"release-signing"', '"other-signing"')
    text = notes.out("diff", "--phase", "promote", *RELEASE)
    assert "! + scope project:notes:releng:signing:cert:other-signing in 2 tasks" in text
    assert "! - scope project:notes:releng:signing:cert:release-signing in 2 tasks" in text


def test_each_side_uses_its_own_relpro_where_it_has_one(notes: Repository) -> None:
    package = notes.root / "relpro"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print('{}')")
    notes.commit()
    notes.git("rm", "-rq", "relpro")
    assert "full graph: 0 -> 9 tasks (+9 -0 ~0)" in notes.out("diff", "HEAD")


def test_two_revisions_are_compared_whatever_the_tree_holds(notes: Repository) -> None:
    notes.git("tag", "first")
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    notes.commit()
    notes.edit("kinds/promote/l10n.yml", "3600", "no number")
    assert "maxRunTime 1800 -> 3600 in 3 tasks" in notes.out("diff", "first", "HEAD")


def test_a_graph_file_and_a_folder_of_artifacts_can_be_compared(
    notes: Repository, tmp_path: Path
) -> None:
    graph = ("--phase", "promote", *RELEASE, "--format", "json", "-o")
    notes.graph(*graph, str(tmp_path / "before.json"))
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    (tmp_path / "after").mkdir()
    notes.graph(*graph, str(tmp_path / "after" / "task-graph.json"))
    code, out, _ = notes.run(
        "diff", str(tmp_path / "before.json"), str(tmp_path / "after"), "--exit-code"
    )
    assert code == 1
    assert "~ l10n: payload.maxRunTime 1800 -> 3600 in 3 tasks" in out
    phase = ("--phase", "promote", *RELEASE)
    assert "nothing differs" in notes.out("diff", str(tmp_path / "after"), *phase)


def test_ids_and_dates_of_a_decision_task_are_no_difference(
    notes: Repository, tmp_path: Path
) -> None:
    made = notes.graph("--phase", "promote", *RELEASE, "--format", "json")
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "task-graph.json").write_bytes(_as_submitted(orjson.loads(made)))
    reused = {app: task_id(ASSUMED_CREATOR, app) for app in ("app-linux64", "app-win64")}
    (folder / "label-to-taskid.json").write_bytes(orjson.dumps(reused))
    assert "nothing differs" in notes.out("diff", str(folder), "--phase", "promote", *RELEASE)


def _as_submitted(graph: dict[str, dict[str, object]]) -> bytes:
    """The graph under other ids, with dates, as a decision task publishes it."""
    ids = {label: f"{number:08}TASKOfAReleasA" for number, label in enumerate(graph)}
    text = orjson.dumps(graph)
    for label in graph:
        text = text.replace(task_id(OFFLINE_CREATOR, label).encode(), ids[label].encode())
    text = text.replace(b"OFFLINE0TaSkGroupAAAAA", b"DecisionTaSkOfNotesAAA")
    found = orjson.loads(text)
    for task in found.values():
        body = task["task"]
        body["dependencies"] = sorted(body["dependencies"])
        body["taskGroupId"] = "DecisionTaSkOfNotesAAA"
        body["created"] = "2025-07-15T12:00:00.000Z"
        body["deadline"] = "2025-07-16T12:00:00.000Z"
        body["expires"] = "2025-08-12T12:00:00.000Z"
        names = task["dependencies"]
        task["dependencies"] = {name: ids.get(label, label) for name, label in names.items()}
    return orjson.dumps({ids[label]: task for label, task in found.items()})


def test_each_parameter_file_of_a_folder_is_a_section(notes: Repository) -> None:
    folder = notes.root / "scenarios"
    (folder / "nightly").mkdir(parents=True)
    release = (notes.root / "tests" / "release.yml").read_text()
    (folder / "release.yml").write_text(release)
    (folder / "nightly" / "parameters.yml").write_text(release.replace("'3'", "'1'"))
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    found = orjson.loads(
        notes.out("diff", "--phase", "promote", "-p", "scenarios", "--format", "json")
    )
    assert [graph["title"] for graph in found["graphs"]] == ["nightly promote", "release promote"]
    assert all(len(graph["changed"]) == 1 for graph in found["graphs"])


def test_a_folder_of_artifacts_brings_its_parameters(notes: Repository) -> None:
    folder = notes.root / "public"
    folder.mkdir()
    parameters = (notes.root / "tests" / "release.yml").read_text()
    (folder / "parameters.yml").write_text(f"{parameters}target_tasks_method: promote_notes\n")
    graph = notes.graph("-p", "public", "--format", "json")
    (folder / "task-graph.json").write_text(graph)
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    text = notes.out("diff", "public")
    assert "~ l10n: payload.maxRunTime 1800 -> 3600 in 3 tasks" in text
    code, _, said = notes.run("diff", "public", "--phase", "ship")
    assert (code, "the parameters in `public` say what its graph is of" in said) == (2, True)


def test_tasks_that_a_promotion_records_are_no_difference(notes: Repository) -> None:
    folder = notes.root / "public"
    folder.mkdir()
    recorded = {"app-linux64": "EarlierAQnCOfAppAAAAAA", "app-win64": "EarlierBQnCOfAppAAAAAA"}
    parameters = (notes.root / "tests" / "release.yml").read_text()
    parameters += (
        f"target_tasks_method: promote_notes\nexisting_tasks: {orjson.dumps(recorded).decode()}\n"
    )
    (folder / "parameters.yml").write_text(parameters)
    (folder / "task-graph.json").write_text(notes.graph("-p", "public", "--format", "json"))
    (folder / "label-to-taskid.json").write_bytes(orjson.dumps(recorded))
    assert "EarlierAQnCOfAppAAAAAA" in (folder / "task-graph.json").read_text()
    assert "nothing differs" in notes.out("diff", "public")


def test_another_checkout_can_be_compared(notes: Repository, tmp_path: Path) -> None:
    shutil.copytree(notes.root, tmp_path / "other")
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    assert "maxRunTime 3600 -> 1800 in 3 tasks" in notes.out("diff", ".", str(tmp_path / "other"))


def test_markdown_is_a_comment_with_the_same_lines(notes: Repository) -> None:
    notes.edit("kinds/promote/l10n.yml", "1800", "3600")
    notes.edit("kinds/ship/store.yml", "commit: true", "commit: false")
    text = notes.out("diff", "--format", "markdown", "--full")
    assert "+ scope" not in text
    assert "**Risks**\n\n```diff\n~ store (googleplay) changed: payload.commit in 1 task\n" in text
    assert "~ l10n: payload.maxRunTime 1800 -> 3600 in 3 tasks\n    l10n-linux64-1\n" in text


def test_every_risk_is_shown_in_full_text(notes: Repository) -> None:
    notes.edit("kinds/ship/store.yml", "commit: true", "commit: false")
    lines = notes.out("diff", "--full", "--phase", "ship", *RELEASE).splitlines()
    assert lines == [
        "ship: 1 -> 1 task (+0 -0 ~1)",
        "  @ - track google/notes/main: by store",
        "",
        "  risks",
        "  ! ~ store (googleplay) changed: payload.commit in 1 task",
        "        store-notes",
        "",
        "  ~ store: payload.commit true -> false in 1 task",
        "        store-notes",
    ]


def test_without_history_no_base_is_known(notes: Repository) -> None:
    shutil.rmtree(notes.root / ".git")
    code, _, err = notes.run("diff")
    assert code == 2
    assert "is not a git checkout with a commit" in err


def test_a_missing_git_is_told(notes: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(notes.root))
    code, _, err = notes.run("diff")
    assert code == 2
    assert "error[Q711]: git cannot be run: no such file or directory" in err


def test_a_graph_file_of_anything_else_is_an_error(notes: Repository) -> None:
    (notes.root / "other.json").write_text("[]")
    assert "error[G308]" in notes.run("diff", "other.json")[2]
    (notes.root / "other.json").write_text("no JSON")
    assert "error[Q711]" in notes.run("diff", "other.json")[2]


@pytest.mark.parametrize("depth", [300, 5000])
def test_a_graph_file_that_is_nested_too_deep_is_an_error(notes: Repository, depth: int) -> None:
    file = notes.root / "graph.json"
    text = notes.graph(*RELEASE, "--format", "json")
    deep = '"attributes":{"x":' + "[" * depth + "]" * depth + ","
    file.write_text(text.replace('"attributes":{', deep))
    code, _, err = notes.run("diff", str(file), *RELEASE)
    assert (code, "error[Q711]" in err) == (2, True)
    file.write_text(text)
    assert notes.run("diff", str(file), *RELEASE)[0] == 0


def test_dependencies_of_a_body_in_a_file_may_be_references(notes: Repository) -> None:
    graph = orjson.loads(notes.graph(*RELEASE, "--format", "json"))
    next(iter(graph.values()))["task"]["dependencies"] = ["b", {"task-reference": "<a>"}]
    (notes.root / "graph.json").write_bytes(orjson.dumps(graph))
    assert "nothing differs" in notes.out("diff", "graph.json", "graph.json")


def test_a_folder_of_artifacts_without_that_stage_is_an_error(notes: Repository) -> None:
    (notes.root / "full-task-graph.json").write_text("{}")
    code, _, err = notes.run("diff", ".")
    assert code == 2
    assert "`.` has no graph of stage `morphed`" in err
    assert "it has: full" in err


def test_a_folder_without_parameter_files_is_an_error(notes: Repository) -> None:
    (notes.root / "empty").mkdir()
    code, _, err = notes.run("diff", "HEAD", "-p", "empty")
    assert code == 2
    assert "error[P504]: no parameter file is in `empty`" in err


def test_a_base_that_cannot_be_generated_says_why(notes: Repository) -> None:
    notes.edit("kinds/promote/l10n.yml", "max-run-time", "max-runtime")
    notes.commit()
    notes.edit("kinds/promote/l10n.yml", "max-runtime", "max-run-time")
    code, out, err = notes.run("diff", "HEAD")
    assert (code, out) == (2, "")
    assert "error[Q711]: the graph of `HEAD` cannot be generated" in err
    assert "kinds/promote/l10n.yml:" in err
    assert _worktrees(notes) == 1


def test_what_is_nothing_to_compare_with_is_an_error(notes: Repository) -> None:
    code, _, err = notes.run("diff", "no-such-branch")
    assert code == 2
    assert "`no-such-branch` cannot be compared" in err


def test_a_revision_is_generated_without_credentials(
    notes: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("TASKCLUSTER_ACCESS_TOKEN", "GH_TOKEN", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret-value")
    seen = tmp_path / "seen"
    (package,) = notes.root.glob("*/__init__.py")
    text = package.read_text()
    package.write_text(
        "import os\nfrom pathlib import Path\n"
        f"Path({str(seen)!r}).write_text(str(os.environ))\n{text}"
    )
    notes.commit()
    package.write_text(text)
    notes.out("diff", "HEAD")
    assert "PYTHONDONTWRITEBYTECODE" in seen.read_text()
    assert "secret-value" not in seen.read_text()


def test_a_file_of_the_tree_is_not_taken_for_a_library(notes: Repository) -> None:
    for name in ("yaml", "json", "relpro", "attrs"):
        (notes.root / f"{name}.py").write_text("raise SystemExit('not this one')\n")
    notes.commit()
    assert notes.out("diff", "HEAD") == "full graph: 9 tasks, nothing differs\n"


@pytest.mark.parametrize("path", [".", "", ":/nowhere", "/nowhere:", "/nowhere::/nowhere"])
def test_no_path_for_modules_leads_into_the_tree(
    notes: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str
) -> None:
    library = notes.root / "yaml.py"
    library.write_text("raise SystemExit('not this one')\n")
    notes.commit()
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.chdir(tmp_path)
    said = notes.out("diff", "-r", str(notes.root), "HEAD")
    assert said == "full graph: 9 tasks, nothing differs\n"


def test_a_revision_reads_nothing_of_what_somebody_types(notes: Repository, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    (package,) = notes.root.glob("*/__init__.py")
    text = package.read_text()
    package.write_text(
        "import sys\nfrom pathlib import Path\n"
        f"Path({str(seen)!r}).write_text(sys.stdin.read())\n{text}"
    )
    notes.commit()
    command = [sys.executable, "-m", "relpro", "diff", "HEAD"]
    subprocess.run(command, cwd=notes.root, input=b"password", check=True, capture_output=True)
    assert seen.read_text() == ""


def test_a_tag_that_looks_like_an_option_is_a_tag(notes: Repository) -> None:
    precious = notes.root / "precious.txt"
    precious.write_text("kept")
    notes.git("update-ref", "refs/tags/--output=precious.txt", "HEAD")
    said = notes.out("diff", "--", "--output=precious.txt")
    assert said == "full graph: 9 tasks, nothing differs\n"
    assert precious.read_text() == "kept"


@pytest.mark.parametrize("word", ["--output=precious.txt", "-p", "--all", "^HEAD"])
def test_a_revision_that_looks_like_an_option_is_none(notes: Repository, word: str) -> None:
    precious = notes.root / "precious.txt"
    precious.write_text("kept")
    code, _, err = notes.run("diff", "--", word)
    assert code == 2
    assert "Traceback" not in err
    assert precious.read_text() == "kept"
