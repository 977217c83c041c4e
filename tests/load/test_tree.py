import os
import subprocess
from pathlib import Path

import pytest

from relpro.load.tree import EXECUTABLE, LINK, PLAIN, Tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    for name, text in {"a/one.sh": "1", "a/two.txt": "2", "b/ünï.txt": "3"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "a/one.sh").chmod(0o755)
    (folder / "a/link").symlink_to("../b")
    return folder


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


def test_files_have_path_mode_and_content_and_come_sorted(root: Path) -> None:
    found = Tree.of(root).files(["**"])

    assert [(one.path, one.mode, one.content) for one in found] == [
        ("a/link", LINK, b"../b"),
        ("a/one.sh", EXECUTABLE, b"1"),
        ("a/two.txt", PLAIN, b"2"),
        ("b/ünï.txt", PLAIN, b"3"),
    ]


def test_what_git_ignores_or_no_longer_has_is_no_file_of_the_tree(root: Path) -> None:
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("*.o\n")
    (root / "a/left.o").write_text("")
    (root / "gone").write_text("")
    git(root, "add", "gone", "a/one.sh")
    (root / "gone").unlink()

    paths = Tree.of(root).paths

    # What is new and not added yet counts: it would be committed.
    assert paths == (".gitignore", "a/link", "a/one.sh", "a/two.txt", "b/ünï.txt")


def test_one_checkout_gives_the_same_with_git_and_without(root: Path) -> None:
    without = [one.digest for one in Tree.of(root).files(["**"])]
    git(root, "init", "--quiet")

    assert [one.digest for one in Tree.of(root).files(["**"])] == without


def test_a_folder_is_all_that_lies_below_it_and_exclusions_count(root: Path) -> None:
    found = Tree.of(root).files(["a", "!**/*.txt"])

    assert [one.path for one in found] == ["a/link", "a/one.sh"]


def test_a_file_is_read_once_and_only_what_was_asked_for_is_seen(root: Path) -> None:
    tree = Tree.of(root)
    (first,) = tree.files(["a/two.txt"])
    (root / "a/two.txt").write_text("changed")

    assert tree.files(["a/*.txt"]) == (first,)
    assert dict(tree.seen) == {"a/two.txt": first}


@pytest.mark.parametrize("change", ["content", "mode", "link"])
def test_the_digest_follows_content_mode_and_where_a_link_leads(root: Path, change: str) -> None:
    before = [one.digest for one in Tree.of(root).files(["a"])]
    if change == "content":
        (root / "a/two.txt").write_text("x")
    elif change == "mode":
        (root / "a/two.txt").chmod(0o755)
    else:
        (root / "a/link").unlink()
        (root / "a/link").symlink_to("elsewhere")

    after = [one.digest for one in Tree.of(root).files(["a"])]

    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_the_digest_does_not_follow_the_rights_of_others(root: Path) -> None:
    before = Tree.of(root).files(["a/two.txt"])[0].digest
    (root / "a/two.txt").chmod(0o600)

    assert Tree.of(root).files(["a/two.txt"])[0].digest == before


@pytest.mark.parametrize("versioned", [True, False])
def test_a_pipe_is_no_file_of_the_tree(root: Path, versioned: bool) -> None:
    if versioned:
        git(root, "init", "--quiet")
    os.mkfifo(root / "a/pipe")

    assert "a/pipe" not in Tree.of(root).paths


def test_a_name_that_is_no_utf8_is_not_dropped(root: Path) -> None:
    git(root, "init", "--quiet")
    (root / os.fsdecode(b"a/\xff")).write_text("x")

    assert os.fsdecode(b"a/\xff") in Tree.of(root).paths
