from hypothesis import given
from hypothesis import strategies as st

from relpro.model.task import Task
from tests.stock.chains import names, refusal, run, skipped, task

PLATFORMS = ("linux", "linux64", "macosx64", "win32", "win64", "win64-aarch64")


def release(kind: str, per_platform: int, platforms: tuple[str, ...] = PLATFORMS) -> list[Task]:
    return [
        task(kind, f"{platform}-{n}", build_platform=platform, shipping_product="browser")
        for platform in platforms
        for n in range(per_platform)
    ]


def test_a_task_waits_for_at_most_so_many_others_of_its_platform() -> None:
    upstream = release("beetmover", 98) + release("other", 5)
    made = run("dummy", "t: {fan-in: {group-by: platform, limit: 99}}", upstream)
    assert len(made.tasks) == 12
    assert names(made)[:2] == ["browser-linux-1", "browser-linux-2"]
    assert [len(one.dependencies) for one in made.tasks][:2] == [99, 4]
    assert made.tasks[0].attributes["build_platform"] == "linux"


def test_by_default_tasks_of_a_product_come_together_in_runs_of_ninety_nine() -> None:
    upstream = release("a", 98) + release("b", 93, PLATFORMS[:3]) + release("c", 84, ("linux64",))
    made = run("dummy", "t: {fan-in: {}}", upstream)
    assert names(made) == [f"browser-promote-{n}" for n in range(1, 11)]
    assert "build_platform" not in made.tasks[0].attributes
    assert made.tasks[0].attributes["shipping_product"] == "browser"


def test_all_tasks_can_come_together_under_the_entrys_name() -> None:
    made = run("dummy", "t: {fan-in: {group-by: all, limit: 2}}", release("a", 3, ("linux",)))
    assert names(made) == ["t-1", "t-2"]


def test_the_number_of_a_run_is_a_variable() -> None:
    entry = 't: {name: "{fan}-of-{total-fans}", fan-in: {group-by: all, limit: 2}}'
    assert names(run("dummy", entry, release("a", 3, ("linux",)))) == ["1-of-2", "2-of-2"]


def test_what_belongs_to_no_group_is_skipped_with_the_reason() -> None:
    made = run("dummy", "t: {fan-in: {}}", [task("b", "a")])
    assert skipped(made) == {
        "kind-a": "upstream `b-a` has no product",
        "kind-t": "no upstream task",
    }


def test_a_run_of_none_is_refused() -> None:
    assert refusal("dummy", "t: {fan-in: {limit: 0}}").where[0].path == ("fan-in", "limit")


@given(st.integers(0, 20), st.integers(1, 7))
def test_every_task_is_waited_for_once_and_no_run_is_too_long(count: int, limit: int) -> None:
    upstream = release("a", count, ("linux", "mac"))
    entry = f"t: {{fan-in: {{group-by: platform, limit: {limit}}}}}"
    made = run("dummy", entry, upstream, depends=["a"])
    labels = [label for one in made.tasks for label in one.dependencies.values()]
    assert labels == [one.label for one in upstream]
    assert all(len(one.dependencies) <= limit for one in made.tasks)
