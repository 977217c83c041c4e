"""Golden graphs: what is written, and what is said where a graph differs."""

from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Json, Task
from relpro.testing.factories import make_task
from relpro.testing.golden import compare_golden, pretty, write_golden
from tests.graph.random_graphs import random_graphs


def _release(run_time: int = 60, **changes: Json) -> TaskGraph:
    def sign(locale: str, **definition: Json) -> Task:
        return make_task(
            f"sign-{locale}",
            "build-a",
            attributes={"locale": locale, "shipping_phase": "promote"},
            definition={"payload": {"maxRunTime": run_time, **definition}},
        )

    build = make_task("build-a", phase="build")
    return TaskGraph.build([sign("de"), sign("fr", **changes), build])


def test_a_line_of_labels_has_phase_label_and_dependencies(tmp_path: Path) -> None:
    write_golden(_release(), tmp_path)
    assert (tmp_path / "labels.txt").read_text().splitlines() == [
        "build    build-a",
        "promote  sign-de  <- build-a",
        "promote  sign-fr  <- build-a",
    ]


def test_one_definition_of_each_shape_is_written(tmp_path: Path) -> None:
    write_golden(_release(), tmp_path)
    definitions = orjson.loads((tmp_path / "definitions" / "sign.json").read_bytes())
    assert list(definitions) == ["sign-de"]
    write_golden(_release(env={"EXTRA": "1"}), tmp_path)
    definitions = orjson.loads((tmp_path / "definitions" / "sign.json").read_bytes())
    assert list(definitions) == ["sign-de", "sign-fr"]


def test_a_kind_that_has_no_tasks_any_more_has_no_file(tmp_path: Path) -> None:
    write_golden(_release(), tmp_path)
    (tmp_path / "parameters.yml").touch()
    write_golden(TaskGraph.build([make_task("other-a")]), tmp_path)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*"))
    assert files == ["definitions/other.json", "kinds.txt", "labels.txt", "parameters.yml"]


@given(random_graphs())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_a_graph_is_as_it_was_written_whatever_its_order(tmp_path: Path, graph: TaskGraph) -> None:
    write_golden(graph, tmp_path / "golden")
    assert compare_golden(TaskGraph.of(reversed(graph.tasks)), tmp_path / "golden") == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (_release(120), "~ sign: payload.maxRunTime 60 -> 120 in 2 tasks"),
        (_release(maxRunTime=61), "  ? sign: differs, or more of it, in tasks of which"),
        (TaskGraph.of(_release().tasks[1:]), "- sign: 1 task: sign-de"),
        (
            TaskGraph.of([make_task("build-a", phase="build"), *_release().tasks[:1]]),
            "- sign: 1 task: sign-fr",
        ),
    ],
)
def test_what_differs_is_said_in_words(tmp_path: Path, changed: TaskGraph, said: str) -> None:
    write_golden(_release(), tmp_path)
    text = compare_golden(changed, tmp_path)
    assert said in text
    assert "--golden-update" in text


def _named(word: str, *odd: str) -> TaskGraph:
    """Tasks that say their own locale in keys and values; `odd` ones do not have it as `word`."""
    return TaskGraph.build(
        make_task(
            f"sign-{locale}",
            attributes={"locale": locale},
            definition={
                "payload": {
                    "env": {"LANG": "x" if locale in odd else f"{word}-{locale}"},
                    "files": {f"{word}/{locale}": {"name": locale}},
                }
            },
        )
        for locale in ("de", "fr", "pt-BR")
    )


def test_tasks_that_changed_as_the_one_that_is_kept_are_told_with_it(tmp_path: Path) -> None:
    """The digest proves it: so nothing is unsure."""
    write_golden(_named("old"), tmp_path)
    text = compare_golden(_named("new"), tmp_path)
    assert "payload.env.LANG old-{locale} -> new-{locale} in 3 tasks" in text
    assert "?" not in text


def test_where_another_task_changed_besides_it_is_said_that_more_differs(tmp_path: Path) -> None:
    write_golden(_named("old"), tmp_path)
    text = compare_golden(_named("new", "fr"), tmp_path)
    assert "payload.env.LANG" in text
    assert "  ? sign: differs, or more of it," in text
    assert "`relpro diff --stage morphed --full`" in text


def test_a_new_dependency_of_a_task_without_definition_is_shown(tmp_path: Path) -> None:
    write_golden(_release(), tmp_path)
    de, fr, build = _release().tasks
    more = make_task("sign-fr", "build-a", "sign-de", attributes=fr.attributes)
    text = compare_golden(TaskGraph.of([de, more, build]), tmp_path)
    assert "~ sign: dependencies.sign-de added: sign-de in 1 of 2 tasks: sign-fr" in text


def test_without_golden_graph_there_is_a_failure(tmp_path: Path) -> None:
    assert "there is no golden graph" in compare_golden(_release(), tmp_path / "nowhere")


def test_json_for_people_is_the_same_json() -> None:
    value: Json = {"b": [1, {"c": "x" * 200}], "a": {}, "ä": None, "list": list(range(60))}
    assert orjson.loads(pretty(value)) == value
    assert max(map(len, pretty({"a": list(range(60))}).splitlines())) <= 100
