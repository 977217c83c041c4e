"""Differences of graphs in words."""

from collections.abc import Iterable

import attrs
import orjson

from relpro.graph.difference.difference import Difference, diff
from relpro.graph.difference.report import make_report, path_text, value_text
from relpro.graph.difference.text import to_data, write_markdown, write_text
from relpro.graph.files import encode
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Json, Task
from relpro.testing.factories import make_task

BUCKET = "project:made:releng:beetmover:bucket:release"


def _repacks(count: int = 4, **definition: Json) -> list[Task]:
    return [
        make_task(
            f"repackage-{number:05}", attributes={"locale": f"{number:05}"}, definition=definition
        )
        for number in range(count)
    ]


def _diff(before: Iterable[Task], after: Iterable[Task]) -> Difference:
    return diff(TaskGraph.of(before), TaskGraph.of(after))


def _text(before: Iterable[Task], after: Iterable[Task], full: bool = False) -> str:
    return write_text([make_report(_diff(before, after), full=full)], full)


def test_one_changed_number_in_a_kind_is_one_line() -> None:
    before = _repacks(582, payload={"maxRunTime": 3600})
    after = _repacks(582, payload={"maxRunTime": 7200})
    lines = _text(before, after).splitlines()
    assert lines == [
        "graph: 582 -> 582 tasks (+0 -0 ~582)",
        "  ~ repackage: payload.maxRunTime 3600 -> 7200 in 582 tasks",
    ]


def test_tasks_that_share_a_change_are_named_where_others_do_not_have_it() -> None:
    before, after = _repacks(4, priority="low"), _repacks(4, priority="low")
    after[1:3] = _repacks(4, priority="high")[1:3]
    assert "priority low -> high in 2 of 4 tasks: repackage-{00001,00002}" in _text(before, after)


def test_values_that_differ_by_the_locale_alone_are_one_line() -> None:
    def described(word: str) -> list[Task]:
        return [
            attrs.evolve(task, description=f"{word} {task.attributes['locale']}")
            for task in _repacks(100)
        ]

    text = _text(described("Make"), described("Repack"))
    assert "~ repackage: description Make {locale} -> Repack {locale} in 100 tasks" in text


def test_a_word_that_is_like_an_attribute_of_all_tasks_stays_a_word() -> None:
    def described(word: str) -> list[Task]:
        return [
            attrs.evolve(
                make_task(f"t-{locale}", phase="build", attributes={"locale": locale}),
                description=f"{word} the build of {locale}",
            )
            for locale in ("de", "fr", "ja")
        ]

    text = _text(described("Test"), described("Check"))
    assert "description Test the build of {locale} -> Check the build of {locale} in" in text


def test_values_that_share_only_what_changed_are_one_line() -> None:
    def routed(version: str) -> list[Task]:
        return [
            make_task(f"t-{n}", definition={"routes": [f"x.{version}.{n * n}"]}) for n in range(30)
        ]

    before, after = (
        [
            attrs.evolve(
                t, definition={**t.definition, "routes": {"to": t.definition["routes"][0]}}
            )
            for t in routed(v)
        ]
        for v in ("v1", "v2")
    )
    assert "routes.to ...v1... -> ...v2... in 30 tasks" in _text(before, after)


def test_an_added_scope_is_a_risk_that_is_always_shown() -> None:
    before, after = _repacks(3), _repacks(3, scopes=["secrets:get:keys"])
    text = _text(before, after)
    assert "! + scope secrets:get:keys in 3 tasks: repackage-{00000,00001,00002}" in text


def test_scopes_of_added_tasks_are_risks() -> None:
    text = _text([], [make_task("push-a", definition={"scopes": [BUCKET]})])
    assert f"! + scope {BUCKET} in 1 task: push-a" in text
    assert "! + push (beetmover) added in 1 task: push-a" in text


def test_another_worker_pool_is_a_risk() -> None:
    text = _text(_repacks(2), _repacks(2, workerType="b-linux"))
    assert "worker pool repackage: built-in/succeed -> built-in/b-linux in 2 tasks" in text


def test_a_changed_task_that_publishes_is_a_risk() -> None:
    text = _text(_repacks(2, scopes=[BUCKET]), _repacks(2, scopes=[BUCKET], priority="high"))
    assert "! ~ repackage (beetmover) changed: priority in 2 tasks" in text


def test_dependencies_that_follow_a_new_name_are_not_told_again() -> None:
    before = [make_task("build-a"), make_task("sign-a", dependencies={"build": "build-a"})]
    after = [make_task("compile-a"), make_task("sign-a", dependencies={"build": "compile-a"})]
    lines = _text(before, after).splitlines()
    assert lines[1:] == ["  > build -> compile: 1 task renamed: build-a -> compile-a"]


def test_a_changed_dependency_is_told() -> None:
    before = [make_task("b-a"), make_task("b-b"), make_task("c-a", dependencies={"b": "b-a"})]
    after = [make_task("b-a"), make_task("b-b"), make_task("c-a", dependencies={"b": "b-b"})]
    assert "~ c: dependencies.b b-a -> b-b in 1 task" in _text(before, after)


def test_items_of_a_list_are_told_one_by_one() -> None:
    before = _repacks(2, payload={"command": ["run", "--fast", "now"]})
    after = _repacks(2, payload={"command": ["run", "--slow", "now"]})
    assert "payload.command[] --fast -> --slow in 2 tasks" in _text(before, after)
    swapped = _repacks(2, payload={"command": ["--fast", "run", "now"]})
    assert "payload.command[] in another order in 2 tasks" in _text(before, swapped)


def test_full_names_every_task() -> None:
    text = _text(_repacks(9), _repacks(9, priority="high"), full=True)
    assert all(f"        repackage-0000{number}" in text for number in range(9))


def test_a_comment_stays_below_its_limit_when_every_task_changes_differently() -> None:
    before = [make_task(f"t-{n}", kind=f"kind-{n % 900}") for n in range(10_000)]
    after = [
        make_task(
            f"t-{n}",
            kind=f"kind-{n % 900}",
            definition={"payload": {f"key-{n}": n}, "scopes": [f"scope:{n % 7}:x{n}"]},
        )
        for n in range(10_000)
    ]
    report = make_report(_diff(before, after))
    text = write_markdown([report, report])
    assert len(text.encode()) < 60_000
    assert "more lines: run `relpro diff`" in text
    assert text.count("scope scope:3:") == 2
    assert text.count("```") % 2 == 0


def test_data_names_every_label_and_keeps_missing_from_null() -> None:
    found = to_data("graph", _diff(_repacks(3), _repacks(3, payload={"env": None})))
    (changed,) = orjson.loads(encode(found))["changed"]
    assert changed == {
        "kind": "repackage",
        "path": ["task", "payload", "env"],
        "after": None,
        "ordered": False,
        "labels": ["repackage-00000", "repackage-00001", "repackage-00002"],
    }


def test_paths_and_values_are_told_as_people_write_them() -> None:
    assert path_text(("task", "payload", "artifacts", 0, "public/a.zip")) == (
        'payload.artifacts[0]["public/a.zip"]'
    )
    assert [value_text(one) for one in ("a b", "3", 3, "", None, True, "true", ["a"])] == [
        "a b", '"3"', "3", '""', "null", "true", '"true"', '["a"]',
    ]  # fmt: skip


def test_even_risks_alone_do_not_make_a_comment_too_long() -> None:
    before = [make_task(f"kind-{n}-task", kind=f"kind-{n}") for n in range(2000)]
    after = [
        make_task(f"kind-{n}-task", kind=f"kind-{n}", definition={"workerType": f"pool-{n}"})
        for n in range(2000)
    ]
    text = write_markdown([make_report(_diff(before, after))])
    assert len(text.encode()) < 60_000
    assert "too short for all risks" in text
    assert text.count("```") == 2


def test_many_values_at_one_place_are_counted_and_all_told_in_full() -> None:
    before = [make_task(f"t-{n}", definition={"payload": {"seed": n}}) for n in range(20)]
    after = [make_task(f"t-{n}", definition={"payload": {"seed": n * n + 7}}) for n in range(20)]
    assert "payload.seed 0 -> 7 and 19 more values in 20 tasks" in _text(before, after)
    assert "payload.seed 19 -> 368 in 1 of 20 tasks" in _text(before, after, full=True)


def test_new_names_are_told_one_by_one_in_full() -> None:
    before, after = [make_task("build-a")], [make_task("compile-a")]
    assert "> build -> compile: build-a -> compile-a" in _text(before, after, full=True)


def test_lists_that_come_and_go_are_told_by_their_items() -> None:
    command = _repacks(1, payload={"command": ["run"]})
    assert "payload.command[] added: run" in _text(_repacks(1), command)
    assert "payload.command[] removed: run" in _text(command, _repacks(1))
