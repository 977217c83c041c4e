"""One transform on one task."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.project import Project
from relpro.testing.factories import make_task
from relpro.testing.transforming import RunTransform, make_description, make_draft
from relpro.transform.context import Context
from relpro.transform.step import each, expand, whole

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run() -> RunTransform:
    return RunTransform(Project(ROOT))


def test_a_transform_sees_parameters_and_upstream_tasks(run: RunTransform) -> None:
    def count(ctx: Context, task: TaskDescription) -> TaskDescription:
        upstream = [one.label for one in ctx.upstream["build"]]
        return task.with_worker(version=ctx.parameters.version, upstream=upstream)

    upstream = [make_task("build-a"), make_task("build-b")]
    made = run(each(count), make_description("x"), upstream=upstream, version="140.0")
    assert isinstance(made, TaskDescription)
    assert made.worker == {"version": "140.0", "upstream": ["build-a", "build-b"]}


def test_a_transform_may_leave_the_task_out(run: RunTransform) -> None:
    skipped = Skipped("x", "not needed")
    assert run(each(lambda _ctx, _task: skipped), make_description("x"), version="140.0") == skipped


def test_a_transform_is_found_by_its_dotted_name(run: RunTransform) -> None:
    entry = {"matrix": {"build-platform": ["linux64", "win64"]}}
    drafts = run.expand("relpro.stock.matrix", make_draft("x"), entry=entry, version="140.0")
    platforms = [one.attributes.get("build_platform") for one in drafts if isinstance(one, Draft)]
    variables = [one.variables.get("build_platform") for one in drafts if isinstance(one, Draft)]
    assert ["linux64", "win64"] in (platforms, variables)


def test_what_a_transform_left_out_is_not_transformed_further(run: RunTransform) -> None:
    draft = make_draft("x")
    skipped = Skipped("x", "not needed")
    assert run.expand(expand(lambda _ctx, _draft: [skipped, draft]), draft, version="140.0") == [
        skipped,
        draft,
    ]


def test_of_a_module_only_what_works_on_the_given_is_run(
    run: RunTransform, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = (
        expand(lambda _ctx, draft: (draft, draft.replace(name="y"))),
        each(lambda _ctx, task: task.with_worker(seen=1)),
        whole(lambda _ctx, tasks: [task.with_worker(together=len(tasks)) for task in tasks]),
    )
    monkeypatch.setitem(sys.modules, "mixed", SimpleNamespace(transforms=steps))
    made = run("mixed", make_description("x"), version="140.0")
    assert isinstance(made, TaskDescription)
    assert made.worker == {"seen": 1, "together": 1}
    drafts = run.expand("mixed", make_draft("x"), version="140.0")
    assert [one.name for one in drafts] == ["x", "y"]
    with pytest.raises(ValueError, match="no transform made by expand"):
        run.expand(steps[1], make_draft("x"), version="140.0")


def test_fields_of_a_description_can_be_given() -> None:
    task = make_description("x", kind="signing", scopes=("a:b",), attributes={"locale": "de"})
    assert (task.label, task.scopes, task.attributes) == ("signing-x", ("a:b",), {"locale": "de"})
    with pytest.raises(TypeError, match="has no field"):
        make_description("x", scope="a:b")  # type: ignore[call-arg]
