import pytest

from relpro.optimize.globs import glob


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
    ],
)
def test_a_glob_matches_whole_paths(pattern: str, path: str, matches: bool) -> None:
    assert bool(glob(pattern).match(path)) is matches
