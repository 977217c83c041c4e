"""What a push changed: as git says it, as a project says it, and where it stands afterwards."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from relpro.parameters.read import read_parameter_file
from relpro.project import Project
from tests.actions.small_project import write_project
from tests.cli.conftest import Ran, Run
from tests.decision.test_parameters import ENVIRONMENT, commit, git

_OPTIMIZED = """\
    optimization: {skip-unless-changed: ['src/**']}
    shipping-product: app
"""
_FUNCTION = """\
def listed(question):
    if question.details["head_ref"] == "refs/heads/odd":
        return {"files": "src/a.c"}
    if question.details["head_ref"] == "refs/heads/unknown":
        return {}
    return {"files": [f"{question.settings['folder']}/a.c", "README.md"]}
"""

Decide = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose builds read `src`, and that can say itself what changed."""
    made = write_project(tmp_path / "app")
    kind = made.root / "kinds" / "build" / "build.yml"
    kind.write_text(kind.read_text().replace("    shipping-product: app\n", _OPTIMIZED))
    git(made.root, "init", "--quiet")
    commit(made.root, "Begin")
    return Project(made.root)


@pytest.fixture
def decide(
    project: Project, relpro: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Decide:
    """Makes a decision that creates nothing, on what the last commit changed."""
    monkeypatch.delenv("TASK_ID", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Ran:
        head = git(project.root, "rev-parse", "HEAD")
        where = ("--root", str(project.root), "--output-dir", str(tmp_path / "public"))
        return relpro("decision", "--dry-run", "--head-rev", head, *where, *words)

    return run


def causes(folder: Path) -> set[str]:
    """Why builds were made or left out, as the decisions say it."""
    lines = (folder / "public" / "decisions.jsonl").read_text().splitlines()
    said = [json.loads(line) for line in lines]
    return {one["cause"] for one in said if one["rule"] == "skip-unless-changed"}


def with_look_up(project: Project) -> None:
    config = project.root / "kinds" / "config.yml"
    look_ups = "look-ups:\n  files-changed: changes_of_app.files.listed\n  folder: src\n"
    text = config.read_text().replace("look-ups:\n", look_ups)
    config.write_text(f"transforms-package: changes_of_app\n{text}")
    package = project.root / "changes_of_app"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "files.py").write_text(_FUNCTION)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--base-rev", "b" * 40), f"git does not know the base `{'b' * 40}`"),
        (("--base-rev", "0" * 40), "the branch is new"),
        (("--base-rev", ""), "no base revision is named"),
        ((), "no base revision is named"),
    ],
)
def test_what_was_assumed_stands_in_the_decisions(
    words: tuple[str, ...], why: str, decide: Decide, tmp_path: Path
) -> None:
    ran = decide(*words)
    assert ran.code == 0, ran.err
    assumed = f"{why}, and no default branch is here"
    assert assumed in ran.err
    (cause,) = causes(tmp_path)
    assert cause.startswith(f"it is not known which files changed: {assumed}")
    assert f"files_changed_assumed: '{why}" in " ".join(
        (tmp_path / "public" / "parameters.yml").read_text().split()
    )


def test_a_project_can_say_what_changed(project: Project, decide: Decide, tmp_path: Path) -> None:
    with_look_up(project)
    assert decide().code == 0
    assert causes(tmp_path) == {"`src/a.c` changed"}
    ran = decide("--head-ref", "refs/heads/unknown", "--base-rev", "b" * 40)
    assert "git does not know the base" in ran.err
    ran = decide("--head-ref", "refs/heads/odd")
    assert (ran.code, "error[Q707]" in ran.err) == (2, True)


def test_recorded_answers_say_what_changed(decide: Decide, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"files_changed": {"files": ["docs/a.md"]}}))
    assert decide("--answers", str(answers)).code == 0
    assert causes(tmp_path) == {"no file changed that it reads"}
    answers.write_text("{}")
    assert "holds no answer to `files_changed`" in decide("--answers", str(answers)).err


def test_a_decision_on_a_nightly_asks_what_users_update_from(
    project: Project, decide: Decide, tmp_path: Path
) -> None:
    config = project.root / "kinds" / "config.yml"
    nightly = "  nightly: {release-history: true}\n"
    config.write_text(
        config.read_text().replace("target-methods:\n", f"target-methods:\n{nightly}")
    )
    history = {
        "linux": {"de": {"target.partial-1.mar": {"buildid": "20", "mar_url": "https://a/b"}}}
    }
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"files_changed": {}, "release_history": history}))
    method = ("--param", "target_tasks_method=nightly", "--answers", str(answers))
    assert decide(*method).code == 0
    made = read_parameter_file(tmp_path / "public" / "parameters.yml").values
    assert made["release_history"] == history
    answers.write_text(json.dumps({"files_changed": {}}))
    assert "holds no answer to `release_history`" in decide(*method).err
