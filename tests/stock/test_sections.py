"""What all stock transforms have in common."""

import importlib
from pathlib import Path

import pytest

import relpro.stock
from relpro.errors import Origin
from relpro.model.config import WorkerAlias
from relpro.stock.sections import OWNERS
from tests.docs.generated import stock_modules
from tests.stock.chains import names, refusal, run, task

MODULES = tuple(name for name, module in stock_modules() if hasattr(module, "transforms"))


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
    assert found.what.endswith('got "nonsense"')
    assert (found.code, found.where[0].path) == ("T403", path)
    mixed = section.replace("{version}", "non{version}")
    found = refusal(module, f"t: {{{mixed}}}", depends=["a"], parameters={"version": "sense"})
    assert found.what.startswith("`nonsense` is not a ")
    assert found.where[0].path == path


@pytest.mark.parametrize(
    ("module", "section", "what"),
    [
        ("matrix", "matrix", "`matrix` must be a mapping, got a list"),
        ("chunk", "chunks", "`chunks` must be a mapping, got a list"),
        ("cached_tasks", "cache", "`cache` must be a mapping, got a list"),
        ("fetches", "fetches", "`fetches` must be a mapping, got a list"),
        ("from_deps", "from-deps", "`from-deps` must be a mapping, got a list"),
        ("notify", "notify", "`notify` must be a mapping, got a list"),
    ],
)
def test_a_section_that_becomes_a_list_is_told_with_its_line(
    module: str, section: str, what: str
) -> None:
    entry = f"t: {{{section}: '{{partial-versions}}'}}"
    found = refusal(module, entry, parameters={"partial_versions": ["1", "2"]})
    assert (found.code, found.what) == ("T403", what)
    assert found.where[0].path == (section,)
    assert found.context == "task `t` of kind `kind`"
    assert "placeholder" in found.remedy


@pytest.mark.parametrize(
    ("module", "section"),
    [
        ("run", "run: {using: run-task, command: x}"),
        (
            "toolchain run fetches cached_tasks",
            "run: {using: toolchain-script, script: a, toolchain-artifact: public/a}",
        ),
        ("docker_image", "image: {}"),
    ],
)
def test_a_worker_to_which_nothing_can_be_added_is_refused(module: str, section: str) -> None:
    entry = f"t: {{worker-type: linux, worker: {{env: '{{version}}'}}, {section}}}"
    linux = WorkerAlias("p", "w", "docker-worker", "linux", Origin("kinds/config.yml"))
    found = refusal(module, entry, kind="docker-image", workers={"linux": linux})
    assert (found.code, found.where[0].path) == ("T403", ("worker", "env"))
    assert found.what.startswith("`env` must be a mapping, got ")


def test_the_transform_that_a_section_needs_is_known_without_importing_it() -> None:
    found = {
        section.name: f"relpro.stock.{module}"
        for module in MODULES
        for step in importlib.import_module(f"relpro.stock.{module}").transforms
        for section in step.sections
    }
    assert found == OWNERS


def test_a_section_that_becomes_what_it_should_be_is_taken() -> None:
    parameters = {"l10n_changesets": {"os": ["a", "b"]}}
    made = run("matrix", "t: {matrix: '{l10n-changesets}'}", parameters=parameters)
    assert names(made) == ["t-a", "t-b"]
