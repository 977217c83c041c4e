from typing import Any

import attrs
import pytest

from relpro.errors import RelproError
from relpro.parameters.known import DEFAULTS
from relpro.testing.factories import make_config
from relpro.transform.completion import complete

CONFIG = attrs.evolve(
    make_config(),
    level={"by-project": {"main": "3", "default": "1"}},
    release_type={"by-project": {"main": "release", "default": ""}},
    target_tasks_method={"by-tasks-for": {"cron": "nightly", "default": "default"}},
)


def completed(**sources: dict[str, Any]) -> Any:
    every: dict[str, Any] = {"checkout": {}, "inputs": {}, "given": {}, **sources}
    return complete(CONFIG, **every)


def test_every_parameter_has_a_value() -> None:
    assert set(completed()) == set(DEFAULTS)


def test_later_sources_win() -> None:
    assert completed(checkout={"owner": "a"})["owner"] == "a"
    assert completed(checkout={"owner": "a"}, inputs={"owner": "b"})["owner"] == "b"
    assert completed(inputs={"owner": "b"}, given={"owner": "c"})["owner"] == "c"


def test_the_configuration_answers_by_project_unless_something_is_given() -> None:
    found = completed(given={"project": "main", "tasks_for": "cron"})
    assert (found.level, found["release_type"]) == ("3", "release")
    assert found["target_tasks_method"] == "nightly"
    assert completed(given={"project": "main", "level": "1"}).level == "1"
    assert completed(checkout={"project": "main"}).level == "3"


def test_the_version_of_the_application_is_that_of_the_release_unless_given() -> None:
    assert completed(given={"version": "1.0"})["app_version"] == "1.0"
    found = completed(given={"version": "1.0b2", "app_version": "1.0"})
    assert (found.version, found["app_version"]) == ("1.0b2", "1.0")


def test_a_project_that_nothing_names_is_called_like_its_folder() -> None:
    found = complete(CONFIG, checkout={}, inputs={}, given={}, folder="main")
    assert (found.project, found.level) == ("main", "3")
    assert found["head_repository"] == found["base_repository"] == "https://example.com/main"
    said = {"project": "app", "base_repository": "https://hg.example.com/app"}
    found = complete(CONFIG, checkout={}, inputs={}, given=said, folder="main")
    assert found.project == "app"
    assert found["head_repository"] == found["base_repository"] == "https://hg.example.com/app"


@pytest.mark.parametrize(
    ("level", "code"), [({"by-project": {"x": "1"}}, "T402"), ("{no-such}", "T401")]
)
def test_a_configuration_without_an_answer_is_named(level: Any, code: str) -> None:
    config = attrs.evolve(CONFIG, level=level)
    with pytest.raises(RelproError) as caught:
        complete(config, checkout={}, inputs={}, given={"project": "main"})
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert problem.what.startswith("`level` of the configuration: ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"head_repository": "https://hg.mozilla.org/releases/mozilla-release"}, "hg"),
        ({"head_repository": "https://example.com/x", "tasks_for": "hg-push"}, "hg"),
        ({"head_repository": "https://github.com/example/x"}, "git"),
        ({"head_repository": "https://example.com/x", "tasks_for": "github-push"}, "git"),
        ({"head_repository": "https://hg.example.com/x", "repository_type": "git"}, "git"),
    ],
)
def test_an_address_tells_git_from_hg(said: dict[str, str], expected: str) -> None:
    found = complete(CONFIG, checkout={}, inputs={}, given={"project": "x", **said})
    assert found["repository_type"] == expected


def test_an_address_that_does_not_tell_is_refused() -> None:
    with pytest.raises(RelproError, match=r"nothing says whether https://example\.com/x") as error:
        complete(
            CONFIG,
            checkout={},
            inputs={},
            given={
                "project": "x",
                "head_repository": "https://me:secret@example.com/x?a=secret#secret",
            },
        )
    assert "secret" not in str(error.value)
