"""A sparse checkout must have all of the project, or say what it lacks."""

import subprocess
from pathlib import Path

import pytest

from relpro.errors import RelproError
from relpro.load.tree import Tree
from relpro.project import Project
from tests.actions.small_project import write_project


def git(root: Path, *words: str) -> None:
    identity = ("-c", "user.name=release", "-c", "user.email=release@example.com")
    subprocess.run(["git", "-C", str(root), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a project in a folder of it, and other folders beside."""
    root = tmp_path / "repository"
    write_project(root / "ci")
    folder = root / "ci" / "kinds" / "ship" / "sums"
    folder.mkdir()
    (folder / "kind.yml").write_text("description: Sums.\n")
    (root / "src").mkdir()
    (root / "src" / "a.c").write_text("")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


def lacking(root: Path) -> list[str]:
    try:
        _ = Project(root / "ci").kinds
    except RelproError as error:
        return [one.remedy if one.code == "K225" else one.code for one in error.diagnostics]
    return []


def test_folders_of_kinds_that_are_left_out_are_named(root: Path) -> None:
    git(root, "sparse-checkout", "set", "ci/kinds/build", "ci/kinds/promote")
    add = "git sparse-checkout add kinds"
    assert lacking(root) == [f"{add}/push", f"{add}/ship"]
    git(root, "sparse-checkout", "set", "--no-cone", "/*", "!/ci/kinds/ship/sums/", "!/src/")
    assert lacking(root) == [f"{add}/ship/sums"]
    git(root, "sparse-checkout", "set", "--no-cone", "/*", "!/ci/kinds/ship/announce.yml")
    assert lacking(root) == [f"{add}/ship/announce.yml"]


def test_what_is_no_part_of_the_project_may_be_left_out(root: Path) -> None:
    git(root, "sparse-checkout", "set", "ci")
    assert not (root / "src").exists()
    assert lacking(root) == []
    git(root, "sparse-checkout", "disable")
    assert lacking(root) == []


def test_a_file_of_the_tree_that_is_left_out_is_asked_for_in_vain(root: Path) -> None:
    """What is made of a folder, such as a digest, would be made without it."""
    git(root, "sparse-checkout", "set", "ci")
    tree = Tree.of(root)
    assert tree.holds("ci/kinds")
    for ask in (tree.holds, tree.find, lambda path: tree.files([path, "ci/**"])):
        with pytest.raises(RelproError, match="sparse-checkout add src/") as caught:
            ask(tree.left_out()[0])
        assert [one.code for one in caught.value.diagnostics] == ["K225"]


def test_a_kind_that_was_taken_away_is_not_left_out(root: Path) -> None:
    git(root, "sparse-checkout", "set", "ci")
    (root / "ci" / "kinds" / "ship" / "announce.yml").unlink()
    assert lacking(root) == []


def test_a_second_working_tree_is_looked_at_as_well(root: Path) -> None:
    other = root.parent / "other"
    git(root, "worktree", "add", "--no-checkout", str(other))
    git(other, "sparse-checkout", "set", "ci/kinds/build", "ci/kinds/promote", "ci/kinds/push")
    git(other, "checkout")
    assert lacking(other) == ["git sparse-checkout add kinds/ship"]
    assert lacking(root) == []
