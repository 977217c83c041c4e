"""Many labels in one short text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.graph.difference.collapse import Collapse

PLATFORMS = ("linux64", "win64")
LOCALES = ("de", "fr", "pt-BR")


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (["build-linux64"], "build-linux64"),
        (["build-a", "build-b"], "build-{a,b}"),
        (["a-build", "b-build"], "{a,b}-build"),
        (["build", "build-a"], "build{,-a}"),
        (
            [f"sign-{p}-{x}" for p in PLATFORMS for x in LOCALES],
            "sign-{linux64,win64}-{de,fr,pt-BR}",
        ),
        ([f"sign-{p}/opt" for p in PLATFORMS], "sign-{linux64,win64}/opt"),
        (["a-1", "b-2"], "{a-1,b-2}"),
    ],
)
def test_what_labels_share_is_written_once(labels: list[str], text: str) -> None:
    assert Collapse()(labels) == text


def test_words_made_of_several_are_not_parted() -> None:
    labels = [f"sign-{x}-{p}/opt" for p in PLATFORMS for x in LOCALES]
    assert Collapse(("pt-BR",))(labels) == "sign-{de,fr,pt-BR}-{linux64,win64}/opt"


def test_many_alternatives_are_counted() -> None:
    labels = [f"sign-{n}" for n in range(10, 30)]
    assert Collapse(shown=2)(labels) == "sign-{10,11,...18 more}"


def _expanded(text: str) -> set[str]:
    """What a shell makes of braces, from the innermost outwards."""
    match = re.search(r"\{([^{}]*)\}", text)
    if not match:
        return {text}
    start, end = text[: match.start()], text[match.end() :]
    return {done for part in match[1].split(",") for done in _expanded(start + part + end)}


WORDS = st.lists(st.sampled_from(["a", "b", "c", "linux64", "pt"]), min_size=1, max_size=4)


@given(st.sets(WORDS.map("-".join), min_size=1, max_size=12))
def test_the_text_stands_for_the_labels_and_no_others(labels: set[str]) -> None:
    assert _expanded(Collapse(shown=None)(labels)) == labels
