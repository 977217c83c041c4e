"""What a promotion asks of the world outside: recorded, or answered by the project."""

from pathlib import Path
from typing import Any

import pytest

from relpro.actions.look_ups import (
    LookUps,
    ProjectLookUps,
    Question,
    RecordedLookUps,
)
from relpro.actions.promotion.partners import fitting_partners
from relpro.errors import RelproError
from tests.actions.small_project import write_json, write_project

QUESTION = Question("release_history", "app", "main", "3", "release", {"partial_updates": {}})


def answer_with_the_product(question: Question) -> dict[str, Any]:
    """A function of a project that answers a look-up."""
    return {question.product: {}}


def answer_of_another_shape(_question: Question) -> dict[str, Any]:
    """A function of a project whose answer is no history."""
    return {"linux": {"de": 3}}


def answer_with_a_number(_question: Question) -> int:
    """A function of a project that is wrong."""
    return 1


def of_project(tmp_path: Path, **look_ups: str) -> LookUps:
    project = write_project(tmp_path / "app")
    config = project.root / "kinds" / "config.yml"
    lines = [f"  {name.replace('_', '-')}: {dotted}\n" for name, dotted in look_ups.items()]
    config.write_text(config.read_text() + "".join(lines))
    return ProjectLookUps(project)


def test_answers_are_recorded_in_a_file(tmp_path: Path) -> None:
    path = write_json(tmp_path / "answers.json", {"release_history": {"a": {}}})
    assert RecordedLookUps(path).answer(QUESTION) == {"a": {}}


def test_answers_are_recorded_in_files_of_a_folder(tmp_path: Path) -> None:
    write_json(tmp_path / "release_history.json", {"a": {}})
    assert RecordedLookUps(tmp_path).answer(QUESTION) == {"a": {}}


@pytest.mark.parametrize("recorded_in", ["file", "folder"])
def test_a_recorded_answer_of_another_shape_is_refused_at_its_line(
    tmp_path: Path, recorded_in: str
) -> None:
    path = tmp_path / "release_history.json"
    text = '{\n "linux": {\n  "de": 3}}'
    if recorded_in == "file":
        text = '{"release_history": {\n "linux": {\n  "de": 3}}}'
    path.write_text(text)
    with pytest.raises(RelproError, match="P501") as error:
        RecordedLookUps(path if recorded_in == "file" else tmp_path).answer(QUESTION)
    (found,) = error.value.diagnostics
    assert str(found.where[0]) == f"{path}:3:3"


def test_what_the_index_says_is_recorded_beside_them(tmp_path: Path) -> None:
    index = {"gecko.cache.a": "FNvWjXCmRVaC8tqNbBBYYQ"}
    path = write_json(tmp_path / "answers.json", {"index": index})
    write_json(tmp_path / "index.json", index)
    assert RecordedLookUps(path).index() == RecordedLookUps(tmp_path).index() == index
    assert RecordedLookUps(write_json(tmp_path / "none.json", {})).index() is None
    for wrong in ({"a": 1}, {"a": "b"}, ["a"]):
        with pytest.raises(RelproError) as error:
            RecordedLookUps(write_json(tmp_path / "wrong.json", {"index": wrong})).index()
        assert error.value.diagnostics[0].code == "Q707"


def test_an_answer_that_was_not_recorded_is_told(tmp_path: Path) -> None:
    path = write_json(tmp_path / "answers.json", {})
    for source in (path, tmp_path / "folder"):
        (tmp_path / "folder").mkdir(exist_ok=True)
        with pytest.raises(RelproError, match="holds no answer to `release_history`"):
            RecordedLookUps(source).answer(QUESTION)


def test_the_project_names_a_function_that_answers(tmp_path: Path) -> None:
    look_ups = of_project(tmp_path, release_history=f"{__name__}.answer_with_the_product")
    assert look_ups.answer(QUESTION) == {"app": {}}


@pytest.mark.parametrize(
    ("dotted", "message"),
    [
        ("nowhere.at_all", "names `nowhere.at_all`, which cannot be found"),
        (f"{__name__}.missing", "which cannot be found"),
        ("word", "names `word`, which cannot be found"),
        (f"{__name__}.answer_with_a_number", "gave `1`, not a mapping"),
        (
            f"{__name__}.answer_of_another_shape",
            "`de` of parameter `release_history` must be a mapping, got 3",
        ),
    ],
)
def test_a_function_that_cannot_answer_is_told(tmp_path: Path, dotted: str, message: str) -> None:
    with pytest.raises(RelproError) as error:
        of_project(tmp_path, release_history=dotted).answer(QUESTION)
    assert message in str(error.value)


def test_a_question_that_nobody_answers_is_told(tmp_path: Path) -> None:
    with pytest.raises(RelproError, match="name a function under `look-ups: release-history`"):
        of_project(tmp_path).answer(QUESTION)


def test_attributed_builds_keep_the_locales_that_there_are() -> None:
    answer = {
        "release-partner-attribution": {
            "defaults": {"medium": "distribution"},
            "configs": [
                {"campaign": "a", "locales": ["xx", "fr", "en-US"]},
                {"campaign": "b", "locales": ["xx"]},
            ],
        }
    }
    assert fitting_partners(answer, ["fr"]) == {
        "release-partner-attribution": {
            "defaults": {"medium": "distribution"},
            "configs": [{"campaign": "a", "locales": ["en-US", "fr"]}],
        }
    }


def test_partners_of_a_real_release_keep_what_they_have(shared_data: Path) -> None:
    from relpro.parameters.read import read_value

    config = read_value(shared_data / "partner-config.sample.json")
    locales = read_value(shared_data / "l10n-changesets.sample.json")
    fitted = fitting_partners(config, locales)
    assert fitted.keys() == config.keys()
    assert len(fitted["release-partner-repack"]) == 10
