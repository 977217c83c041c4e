import sys
from collections.abc import Iterable, Sequence

import pytest

from relpro.errors import RelproError
from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.testing.factories import make_task
from relpro.transform.chain import resolve_chain
from relpro.transform.context import Context
from relpro.transform.data_file import DataFile
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each, expand, whole
from tests.transform.kinds import make_kind, module, problems, run

TWO = """
tasks:
  one: {description: One, worker-type: succeed}
  two: {description: Two, worker-type: succeed}
"""


def doubled(_ctx: Context, draft: Draft) -> Iterable[Draft | Skipped]:
    for number in "12":
        yield draft.replace(name=f"{draft.name}-{number}").with_attributes(number=number)


def second_only(_ctx: Context, draft: Draft) -> Iterable[Draft | Skipped]:
    first = draft.attributes["number"] == "1"
    yield Skipped(draft.name, "it is the first") if first else draft


def louder(_ctx: Context, task: TaskDescription) -> TaskDescription:
    return task.replace(description=f"{task.description}!")


def not_two(_ctx: Context, task: TaskDescription) -> TaskDescription | Skipped:
    return Skipped(task.name, "it is two") if task.name == "two" else task


def last(_ctx: Context, tasks: Sequence[TaskDescription]) -> Iterable[TaskDescription | Skipped]:
    *others, kept = tasks
    yield from (Skipped(task.name, "it is not the last") for task in others)
    yield kept


def broken(_ctx: Context, task: TaskDescription) -> TaskDescription:
    raise KeyError(task.name)


def refusing(_ctx: Context, task: TaskDescription) -> TaskDescription:
    raise Refusal(f"not {task.name}", "take another", ("description",))


def test_without_transforms_each_entry_is_a_task() -> None:
    assert [task.label for task in run(entries=TWO).tasks] == ["app-one", "app-two"]


def test_expanders_come_one_after_another_and_may_skip() -> None:
    made = run(expand(doubled), expand(second_only), entries=TWO)
    assert [task.name for task in made.tasks] == ["one-2", "two-2"]
    assert [(d.label, d.cause) for d in made.decisions] == [
        ("app-one-1", "it is the first"),
        ("app-two-1", "it is the first"),
    ]
    assert made.decisions[0].rule == "tests.transform.test_chain.second_only"


def test_transforms_refine_each_task_in_order_and_may_skip() -> None:
    made = run(each(louder), each(not_two), each(louder), entries=TWO)
    assert [task.description for task in made.tasks] == ["One!!"]
    assert [(d.label, d.cause) for d in made.decisions] == [("app-two", "it is two")]


def test_a_whole_kind_may_be_refined_at_once() -> None:
    made = run(whole(last), entries=TWO)
    assert [task.name for task in made.tasks] == ["two"]
    assert [d.cause for d in made.decisions] == ["it is not the last"]


def test_a_whole_of_nothing_is_nothing() -> None:
    assert run(each(not_two), each(skip_all), whole(last), entries=TWO).tasks == ()


def skip_all(_ctx: Context, task: TaskDescription) -> Skipped:
    return Skipped(task.name, "no task today")


def test_a_failure_names_the_transform_the_task_and_both_places() -> None:
    first, second = problems(each(broken), entries=TWO)
    assert first.what == ("transform `tests.transform.test_chain.broken` failed: KeyError: 'one'")
    assert first.context == "task `one` of kind `app`"
    assert str(first.where[0]) == "kinds/build/app.yml:3:3"
    assert first.where[1].file == "test_chain.py"
    assert str(second.where[0]) == "kinds/build/app.yml:4:3"


def test_a_failure_of_one_task_does_not_hide_those_of_others() -> None:
    def fails_on_one(_ctx: Context, task: TaskDescription) -> TaskDescription:
        if task.name == "one":
            raise ValueError("one")
        return task

    found = problems(each(fails_on_one), each(refusing), entries=TWO)
    assert [problem.code for problem in found] == ["T410", "T411"]


def test_a_refusal_points_to_the_culprit_in_the_entry() -> None:
    (problem,) = problems(each(refusing))
    assert (problem.code, problem.what, problem.remedy) == ("T411", "not one", "take another")
    assert str(problem.where[0]) == "kinds/build/app.yml:2:9"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (each(lambda _ctx, _task: None), "gave nothing, not a TaskDescription"),  # type: ignore[arg-type,return-value]
        (each(lambda _ctx, _task: [1]), "gave a list, not a TaskDescription"),  # type: ignore[arg-type,return-value]
        (expand(lambda _ctx, _draft: None), "gave nothing, not a Draft"),  # type: ignore[arg-type,return-value]
        (expand(lambda _ctx, _draft: ["x"]), "gave a str, not a Draft"),  # type: ignore[list-item]
        (whole(lambda _ctx, tasks: [t.name for t in tasks]), "gave a str, not a TaskDescription"),  # type: ignore[misc]
        # Else the command would end as if all were well, and nothing were made.
        (each(lambda _ctx, _task: sys.exit(0)), "failed: SystemExit: 0"),
        (whole(lambda _ctx, _tasks: None), "gave nothing, not a TaskDescription"),  # type: ignore[arg-type,return-value]
    ],
)
def test_a_transform_that_gives_something_else_is_named(step: object, said: str) -> None:
    (problem,) = problems(step)
    assert problem.code == "T410"
    assert problem.what.endswith(said)


def test_a_template_that_fails_points_to_its_line() -> None:
    entries = "tasks:\n  one:\n    description: '{no-such}'\n    worker-type: succeed\n"
    (problem,) = problems(entries=entries)
    assert (problem.code, str(problem.where[0])) == ("T401", "kinds/build/app.yml:3:5")


def test_a_transform_sees_only_kinds_that_its_own_depends_on() -> None:
    def look(ctx: Context, task: TaskDescription) -> TaskDescription:
        return task.replace(description=ctx.upstream["image"][0].label)

    def peep(ctx: Context, task: TaskDescription) -> TaskDescription:
        return task.replace(description=ctx.upstream["signing"][0].label)

    image = make_task("image-1")
    assert [task.description for task in run(each(look), upstream=(image,)).tasks] == ["image-1"]
    (problem,) = problems(each(peep))
    assert problem.code == "K212"


def test_a_transform_may_read_data_files_as_templates() -> None:
    def reads(ctx: Context, task: TaskDescription) -> TaskDescription:
        found = ctx.data("x.yml", task, DataFile({str: str}))
        return task.replace(description=f"{found['file']} of {found['name']}")

    assert [task.description for task in run(each(reads)).tasks] == ["x.yml of one"]


def test_a_section_is_rendered_for_each_draft() -> None:
    section = Section("sizes", [int], required=True)

    def sized(ctx: Context, draft: Draft) -> Iterable[Draft]:
        for size in ctx.section(draft, section) or ():
            yield draft.replace(name=f"{draft.name}-{size}")

    entries = "tasks:\n  one: {description: x, worker-type: succeed, sizes: [1, 2]}\n"
    assert [t.name for t in run(expand(sized, section), entries=entries).tasks] == [
        "one-1",
        "one-2",
    ]
    (problem,) = problems(expand(sized, section))
    assert (problem.code, problem.what) == ("K202", "`sizes` is missing")


def resolved(*names: str) -> list[str]:
    with pytest.raises(RelproError) as caught:
        resolve_chain(make_kind(transforms=names))
    return [f"{d.code}: {d.what}" for d in caught.value.diagnostics]


def test_a_module_that_does_not_exist_is_told_with_the_nearest() -> None:
    assert resolved("relpro.stock.matrixx", "nowhere.at_all") == [
        "K207: no module `nowhere.at_all`",
        "K207: no module `relpro.stock.matrixx`; did you mean `relpro.stock.matrix`?",
    ]


def test_a_module_without_transforms_is_told() -> None:
    assert resolved("relpro.stock.settings") == [
        "K207: module `relpro.stock.settings` has no tuple `transforms` of transforms"
    ]


def test_expanders_stand_before_the_others() -> None:
    with module("tests_a", each(louder)) as a, module("tests_b", expand(doubled)) as b:
        assert resolved(a, b) == [
            "K208: `tests_b` makes tasks, but stands after transforms that describe them"
        ]
        chain = resolve_chain(make_kind(transforms=(b, a)), [each(not_two)])
    assert [step.mode for step in chain.expanders] == ["expand"]
    assert [step.function for step in chain.refiners] == [louder, not_two]
