"""Which soft dependencies are taken for mistakes, in the project of the broken inputs."""

from pathlib import Path

import pytest

from relpro.errors import RelproError
from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.errors.cases import Case

ANNOUNCE = "kinds/ship/announce.yml"
#: A kind that is multiplied, one with labels of its own, one of which a task is skipped.
KINDS: dict[str, str | bytes | None] = {
    "kinds/ship/named.yml": """\
description: Tasks with labels and names of their own.
task-defaults: {description: Named, worker-type: succeed, shipping-product: widget}
tasks:
  one: {label: 'by-{level}-called', only-when: {level: ['3']}}
  two: {label: {by-level: {'1': first.and-last, default: 'other-{level}-{{x}}'}}}
  three: {name: 'in-{level}-weeks', only-when: {level: ['3']}}
""",
    "kinds/ship/pair.yml": """\
description: Tasks of a matrix.
transforms: [relpro.stock.matrix]
tasks:
  pair:
    description: One of two
    worker-type: succeed
    shipping-product: widget
    matrix: {side: [left, right]}
""",
    "kinds/ship/skipped.yml": """\
description: A task that is not made on level 1.
task-defaults: {description: Once, worker-type: succeed, shipping-product: widget}
tasks:
  once: {only-when: {level: ['3']}}
""",
}


def full(root: Path, *soft: str, kinds: tuple[str, ...] = ()) -> Pipeline:
    """The pipeline in which `announce-done` waits softly for some labels, its full graph made."""
    needs = "dependencies: {signing: signing-linux64}"
    listed = ", ".join(f"'{label}'" for label in soft).replace("{", "{{").replace("}", "}}")
    said = f"{needs}\n    soft-dependencies: [{listed}]"
    Case("soft", "", "", KINDS, {ANNOUNCE: {needs: said}}).write(root)
    pipeline = Pipeline.of(Project.find(root), {"level": "1"}, Goal(kinds=kinds))
    assert len(pipeline.full)
    return pipeline


@pytest.mark.parametrize(
    "label",
    [
        "app-linux64",
        "skipped-once",
        "signing-any-platform",
        "pair-middle",
        "by-2-called",
        "first.and-last",
        "other-2-{x}",
        "named-in-3-weeks",
    ],
)
def test_a_task_may_wait_for_one_that_some_release_makes(tmp_path: Path, label: str) -> None:
    assert full(tmp_path, label).full["announce-done"].soft_dependencies == (label,)


@pytest.mark.parametrize(
    ("label", "remedy"),
    [
        ("app-linux46", "did you mean `app-linux64`?"),
        ("skipped-onec", "did you mean `skipped-once`?"),
        ("sinning-linux64", "did you mean `signing-linux64`?"),
        ("firstXand-last", "did you mean `first.and-last`?"),
        ("named-one", ""),
        ("signing-", "did you mean `signing-win64`?"),
        ("toolchain", ""),
    ],
)
def test_what_no_release_makes_is_a_mistake(tmp_path: Path, label: str, remedy: str) -> None:
    with pytest.raises(RelproError) as caught:
        full(tmp_path, "app-win64", label)
    (found,) = caught.value.diagnostics
    assert (found.code, found.remedy) == ("G301", remedy)
    assert found.what == f"task `announce-done` waits for `{label}`, which no kind makes"
    assert (str(found.where[0]), found.context) == (f"{ANNOUNCE}:9:5", "soft-dependencies")


def test_of_a_kind_that_is_not_run_every_task_may_be_waited_for(tmp_path: Path) -> None:
    only = ("announce",)
    assert "pair-left" not in full(tmp_path / "one", "skipped-onec", kinds=only).full
    with pytest.raises(RelproError, match="waits for `app-linux46`, which no kind makes"):
        full(tmp_path / "other", "app-linux46", kinds=only)


def test_what_a_transform_adds_is_told_at_the_task(tmp_path: Path) -> None:
    files = {
        "waiting_transforms/__init__.py": "",
        "waiting_transforms/wait.py": """\
from relpro import each


def wait(ctx, task):
    return task.replace(soft_dependencies=("ap-linux64",))


transforms = (each(wait),)
""",
    }
    chain = "transforms: [waiting_transforms.wait]\ntasks:"
    edits = {
        ANNOUNCE: {"tasks:": chain},
        "kinds/config.yml": {"widget_transforms": "waiting_transforms"},
    }
    Case("added", "", "", dict(files), edits).write(tmp_path)
    with pytest.raises(RelproError) as caught:
        assert len(Pipeline.of(Project.find(tmp_path), {"level": "1"}).full)
    assert str(caught.value.diagnostics[0].where[0]) == f"{ANNOUNCE}:5:3"
