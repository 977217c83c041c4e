"""What all stock transforms have in common."""

from pathlib import Path

import pytest

import relpro.stock
from tests.stock.chains import names, refusal, run, task

MODULES = (
    "cached_tasks",
    "chunk",
    "docker_image",
    "dummy",
    "fetches",
    "from_deps",
    "locales",
    "matrix",
    "notify",
    "per_locale",
    "release_deps",
    "signoff",
)


@pytest.mark.parametrize("module", MODULES)
def test_an_entry_without_the_section_is_left_as_it_is(module: str) -> None:
    made = run(module, "one: {}\ntwo: {routes: [a]}", [task("build", "a")], kind="signoff")
    assert names(made) == ["one", "two"]
    assert [one.dependencies for one in made.tasks] == [{}, {}]
    assert made.tasks[1].definition["routes"] == ("a",)
    assert made.decisions == ()


@pytest.mark.parametrize("module", MODULES)
def test_the_docstring_shows_the_yaml_that_the_module_reads(module: str) -> None:
    text = Path(relpro.stock.__path__[0], f"{module}.py").read_text("utf-8").split('"""')[1]
    assert "```yaml" in text
    assert f"relpro.stock.{module}" in text


@pytest.mark.parametrize(
    ("module", "section", "path"),
    [
        ("from_deps", "from-deps: {group-by: '{version}'}", ("from-deps", "group-by")),
        ("dummy", "fan-in: {group-by: '{version}'}", ("fan-in", "group-by")),
        (
            "notify",
            "notify: {recipients: [{type: '{version}'}]}",
            ("notify", "recipients", 0, "type"),
        ),
    ],
)
def test_a_word_that_only_comes_out_when_rendered_is_checked_then(
    module: str, section: str, path: tuple[str | int, ...]
) -> None:
    found = refusal(module, f"t: {{{section}}}", parameters={"version": "nonsense"})
    assert found.what.startswith("`nonsense` is no ")
    assert found.where[0].path == path
