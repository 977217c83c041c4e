"""Options that would be passed over in silence are refused."""

from pathlib import Path

import pytest

from relpro.project import Project
from tests.actions.small_project import write_project
from tests.cli.conftest import Run


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return write_project(tmp_path / "app")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("graph --phase ship --flavor promote_app", "`--flavor` says phase and product"),
        ("plan --product app --flavor promote_app", "`--flavor` says phase and product"),
        ("diff HEAD --phase ship --flavor promote_app", "`--flavor` says phase and product"),
        ("graph --product app", "`--product` needs a `--phase`"),
        ("why build-linux64 ..", "PATH names no value"),
    ],
)
def test_words_that_contradict_are_refused(
    project: Project, relpro: Run, words: str, message: str
) -> None:
    ran = relpro(*words.split(), "--root", str(project.root))
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("plan", "--flavor", ""), "'--flavor'"),
        (("plan", "--phase", "ship", "--output", ""), "'--output' / '-o'"),
        (("diff", ""), "'[BASE]'"),
        (("diff", "HEAD", ""), "'[OTHER]'"),
        (("action", "cancel-all", "--artifacts", "", "--dry-run"), "'--artifacts'"),
        (("status", ""), "'GROUP'"),
    ],
)
def test_a_variable_of_the_shell_that_is_not_set_is_told(
    project: Project, relpro: Run, words: tuple[str, ...], name: str
) -> None:
    root = () if words[0] == "status" else ("--root", str(project.root))
    ran = relpro(*words, *root)
    assert ran.code == 2
    assert f"Invalid value for {name}" in ran.err
