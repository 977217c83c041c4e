"""What a transform gets that asks for files of the tree, and how it is refused."""

import os
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from relpro.load.tree import Tree
from relpro.testing.factories import make_config
from relpro.testing.transforming import make_context
from relpro.transform.context import Context
from relpro.transform.section import Refusal


def refused(ctx: Context, patterns: Sequence[str]) -> str:
    with pytest.raises(Refusal) as caught:
        ctx.tree_files(patterns, ("sources",))
    assert caught.value.path == ("sources",)
    return caught.value.what


def test_a_transform_gets_the_files_and_they_become_an_input() -> None:
    ctx = make_context(make_config(), tree={"a/one.sh": "1", "a/two.txt": "2", "b": "3"})

    found = ctx.tree_files(["a", "!**/*.txt"], ("sources",))

    assert [(file.path, file.content) for file in found] == [("a/one.sh", b"1")]
    assert list(ctx.tree.seen) == ["a/one.sh"]


def test_a_pattern_that_matches_nothing_is_refused_at_its_place() -> None:
    ctx = make_context(make_config(), tree={"a/one.sh": "1"})

    assert refused(ctx, ["a", "b/*.sh"]) == "the tree has no file that `b/*.sh` matches"


def test_a_pattern_that_can_match_no_path_is_refused() -> None:
    assert "/a" in refused(make_context(make_config(), tree={"a": "1"}), ["/a"])


def test_a_name_that_no_plan_could_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff")).write_text("x")
    ctx = attrs.evolve(make_context(make_config()), tree=Tree.of(tmp_path))

    assert refused(ctx, ["*"]) == r"the tree has a file whose name is not UTF-8: '\udcff'"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    tree = Tree(lambda: ["gone"], lambda path: Tree.of(tmp_path).load(path))
    ctx = attrs.evolve(make_context(make_config()), tree=tree)

    assert "No such file or directory" in refused(ctx, ["gone"])
