from pathlib import Path

import pytest

from tests.docs.pages import DOCS, Run, steps
from tests.docs.reader import Reader

TUTORIALS = sorted((DOCS / "tutorial").glob("*.md"))


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_reader_of_the_tutorial_sees_what_it_shows(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    every = list(steps(page.read_text(encoding="utf-8")))
    assert sum(isinstance(step, Run) for step in every) > 5
    for step in every:
        reader.take(step)
