import time

import pytest

from relpro.values.globs import Glob, Globs, faults_of


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("a/b.py", "a/b.py", True),
        ("a/b.py", "a/b.pyc", False),
        ("b.py", "a/b.py", False),
        ("*.py", "b.py", True),
        ("*.py", "a/b.py", False),
        ("**/*.py", "b.py", True),
        ("**/*.py", "a/c/b.py", True),
        ("a/**", "a/c/b.py", True),
        ("a/**", "a", True),
        ("a/**", "ab/c", False),
        ("**", "a/c/b.py", True),
        ("a/**/b.py", "a/b.py", True),
        ("a/**/b.py", "a/x/y/b.py", True),
        ("a/?.py", "a/b.py", True),
        ("a/?.py", "a/bb.py", False),
        ("a/[bc].py", "a/c.py", True),
        ("a/[!bc].py", "a/c.py", False),
        ("a.b", "axb", False),
        ("a+(b)", "a+(b)", True),
        ("[", "[", True),
        ("a/[b-d].py", "a/c.py", True),
        ("[z-a]", "b", False),
        ("a", "a/c/b.py", True),
        ("a/", "a/c/b.py", True),
        ("a/", "b/a", False),
        ("a/*", "a/c/b.py", True),
        ("a/**/b/**/c", "a/b/x/b/y/c", True),
        ("a/**/b/*/c", "a/b/x/b/y/c", True),
        ("a/**/b/**/c", "a/b/x/b/y/d", False),
    ],
)
def test_a_glob_matches_whole_paths(pattern: str, path: str, matches: bool) -> None:
    assert Glob.of(pattern).match(path) is matches


@pytest.mark.parametrize("pattern", ["**a" * 40 + "b", "*a" * 40 + "b", "**/a/" * 40 + "b"])
def test_no_glob_takes_long(pattern: str) -> None:
    for path in ("a" * 4_000, "a/" * 2_000 + "c"):
        start = time.process_time()
        assert not Glob.of(pattern).match(path)
        assert time.process_time() - start < 2


def test_an_exclamation_mark_excludes() -> None:
    globs = Globs.of(["!src/doc", "src/**", "!**/*.md"])
    every = ("src/a.c", "src/doc/a.c", "src/x/README.md", "test/a.c")
    assert [path for path in every if globs.match(path)] == ["src/a.c"]


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("/src/**", "begins with `/`"),
        ("./src/**", "has an empty name, `.` or `..`"),
        ("src//a", "has an empty name"),
        ("../src", "has an empty name, `.` or `..`"),
        ("", "has an empty name"),
        ("src\\a", "has a `\\` in it"),
        ("src/[z-a]", "has a range in brackets"),
    ],
)
def test_a_pattern_that_can_match_nothing_is_told(pattern: str, fault: str) -> None:
    (found,) = faults_of(["src/**", pattern])
    assert found.startswith(f"pattern `{pattern}` {fault}")


def test_what_only_excludes_matches_nothing() -> None:
    (found,) = faults_of(["!src/a.c"])
    assert found == "pattern `!src/a.c` excludes, and no other pattern includes anything"


def test_patterns_as_people_write_them_are_fine() -> None:
    assert not [*faults_of(["src/", "*.py", "**/[a-z]*.c", "a/**/b", "!src/x", "[", ".github/**"])]
