import re

from hypothesis import given
from hypothesis import strategies as st

from relpro.graph.taskids import task_id

SLUG = re.compile(r"[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]")
texts = st.text(st.characters(codec="utf-8"))


@given(texts, texts)
def test_an_id_is_a_slug_that_can_stand_on_a_command_line(creator: str, label: str) -> None:
    found = task_id(creator, label)
    assert SLUG.fullmatch(found)
    assert not found.startswith("-")
    assert task_id(creator, label) == found


def test_another_creator_or_label_gives_another_id() -> None:
    assert len({task_id(creator, label) for creator in "ab" for label in ("a", "b")}) == 4


def test_ids_never_change_between_versions() -> None:
    assert task_id("eSaS2gD_T2yo0etipsgD6Q", "build-linux64") == "fgnPjBrNRv2rQ3E15Gdxjw"
