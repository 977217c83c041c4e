"""Edits of the kinds of this repository: each is told as what it is, and nothing else is told."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.graph.difference.changes import MISSING
from relpro.graph.difference.difference import Difference, apply, diff
from relpro.graph.difference.report import make_report
from relpro.graph.difference.text import write_text
from relpro.graph.files import encode
from relpro.graph.taskgraph import TaskGraph
from relpro.model.kind import Entry, Kind
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.testing.pipelines import MakePipeline
from relpro.values.validators import is_keyed

ROOT = Path(__file__).parents[2]
PARAMETERS = "tests/graphs/firefox/parameters.yml"
SEEDS = range(4)
SCOPE = "secrets:get:made-up"


@attrs.frozen(slots=False)
class _Edited(Project):
    """The project, as if some of its kinds were written otherwise."""

    edits: Mapping[str, Kind] = attrs.field(factory=dict)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        kinds = super().kinds.items()
        edited = (self.edits.get(name, kind) for name, kind in kinds)
        return {kind.name: kind for kind in edited}


@attrs.frozen
class Found:
    """An edit of an entry, what it makes of the graph, and the labels of the entry's tasks."""

    kind: Kind
    labels: frozenset[str]
    before: TaskGraph
    after: TaskGraph
    difference: Difference

    @property
    def text(self) -> str:
        """The difference in words."""
        return write_text([make_report(self.difference)])

    @property
    def changed(self) -> dict[str, dict[tuple[str | int, ...], Any]]:
        """Label -> path -> value now, of everything that changed and has no other name."""
        return {
            one.after.label: {change.path: change.after for change in one.changes}
            for one in self.difference.changed
        }


@pytest.fixture(scope="module")
def base(relpro_pipeline: MakePipeline) -> Pipeline:
    return relpro_pipeline(PARAMETERS)


Fits = Callable[[Kind, Entry], bool]
Edit = Callable[[Kind, Entry], Kind]


def _edit(base: Pipeline, seed: int, fits: Fits, edit: Edit) -> Found:
    """Edit one of the entries that fit and have tasks."""
    made = {task.origin for task in base.full}
    entries = [(kind, entry) for kind in base.kinds.values() for entry in kind.entries]
    # Of entries that an alias makes of another, the tasks cannot be told apart.
    own = {origin for origin, many in Counter(e.origin() for _, e in entries).items() if many == 1}
    fitting = [(k, e) for k, e in entries if e.origin() in made & own and fits(k, e)]
    kind, entry = random.Random(seed).choice(fitting)
    project = _Edited(ROOT, edits={kind.name: edit(kind, entry)})
    after = Pipeline(project, base.given, base.goal).full
    labels = frozenset(task.label for task in base.full if task.origin == entry.origin())
    difference = diff(base.full, after)
    assert encode(apply(difference, base.full).to_json()) == encode(after.to_json())
    assert encode(apply(diff(after, base.full), after).to_json()) == encode(base.full.to_json())
    return Found(kind, labels, base.full, after, difference)


def _with(kind: Kind, entry: Entry, **values: Any) -> Kind:
    data = {**entry.data, **{name.replace("_", "-"): value for name, value in values.items()}}
    edited = attrs.evolve(entry, data=data)
    return attrs.evolve(kind, entries=tuple(edited if e is entry else e for e in kind.entries))


def _worker(kind: Kind, entry: Entry, **values: Any) -> Kind:
    worker = {**entry.data["worker"], **{n.replace("_", "-"): v for n, v in values.items()}}
    return _with(kind, entry, worker=worker)


def _is_last(base: Pipeline) -> Fits:
    """Whether no other kind depends on the kind."""
    used = {name for kind in base.kinds.values() for name in kind.dependencies}
    return lambda kind, _: kind.name not in used


def _env(entry: Entry) -> Any:
    return entry.data["worker"]["env"]


def _own_worker(entry: Entry, name: str, sort: type) -> bool:
    worker = entry.data.get("worker")
    return isinstance(worker, dict) and isinstance(worker.get(name), sort)


def _own_env(base: Pipeline, kind: Kind, entry: Entry) -> bool:
    """Whether an entry says an environment, which is in no digest, as that of a cached task is."""
    cached = {task.kind for task in base.full if "cached_task" in task.attributes}
    return _own_worker(entry, "env", dict) and kind.name not in cached


@pytest.mark.parametrize("seed", SEEDS)
def test_another_number_is_one_line(base: Pipeline, seed: int) -> None:
    found = _edit(
        base,
        seed,
        lambda _, entry: _own_worker(entry, "max-run-time", int),
        lambda kind, entry: _worker(kind, entry, max_run_time=12345),
    )
    assert found.changed == {
        label: {("task", "payload", "maxRunTime"): 12345} for label in found.labels
    }
    title, *lines = found.text.splitlines()
    assert f"(+0 -0 ~{len(found.labels)})" in title
    (line,) = (line for line in lines if line.startswith("  ~ "))
    assert line.startswith(f"  ~ {found.kind.name}: payload.maxRunTime ")
    assert "-> 12345 in " in line


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_scope_is_a_risk(base: Pipeline, seed: int) -> None:
    found = _edit(
        base,
        seed,
        lambda _, entry: isinstance(entry.data.get("scopes", []), list),
        lambda kind, entry: _with(kind, entry, scopes=[*entry.data.get("scopes", []), SCOPE]),
    )
    assert set(found.changed) == found.labels
    assert all(set(paths) == {("task", "scopes")} for paths in found.changed.values())
    risks = found.text.partition("risks\n")[2].partition("\n\n")[0]
    assert f"! + scope {SCOPE} in {len(found.labels)} task" in risks


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_variable_of_the_environment_is_told_as_added(base: Pipeline, seed: int) -> None:
    found = _edit(
        base,
        seed,
        lambda kind, entry: _own_env(base, kind, entry) and not is_keyed(_env(entry)),
        lambda kind, entry: _worker(kind, entry, env={**_env(entry), "MADE": "1"}),
    )
    assert found.changed == {
        label: {("task", "payload", "env", "MADE"): "1"} for label in found.labels
    }
    assert f"~ {found.kind.name}: payload.env.MADE added: " in found.text


@pytest.mark.parametrize("seed", SEEDS)
def test_another_worker_pool_is_a_risk(base: Pipeline, seed: int) -> None:
    found = _edit(
        base,
        seed,
        lambda _, entry: entry.data.get("worker-type") == "b-linux",
        lambda kind, entry: _with(kind, entry, worker_type="b-linux-large"),
    )
    assert set(found.changed) == found.labels
    assert all(("task", "workerType") in paths for paths in found.changed.values())
    assert f"worker pool {found.kind.name}: " in found.text


@pytest.mark.parametrize("seed", SEEDS)
def test_another_description_is_a_change_of_words(base: Pipeline, seed: int) -> None:
    found = _edit(
        base,
        seed,
        lambda _, entry: isinstance(entry.data.get("description"), str),
        lambda kind, entry: _with(kind, entry, description="Other words"),
    )
    assert set(found.changed) == found.labels
    paths = {("description",), ("task", "metadata", "description")}
    assert all(set(changes) <= paths for changes in found.changed.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_an_entry_that_is_taken_out_or_comes_in_is_nothing_else(base: Pipeline, seed: int) -> None:
    found = _edit(
        base,
        seed,
        _is_last(base),
        lambda kind, entry: attrs.evolve(
            kind, entries=tuple(one for one in kind.entries if one is not entry)
        ),
    )
    assert {task.label for task in found.difference.removed} == found.labels
    assert not found.difference.changed
    assert not found.difference.added
    backwards = diff(found.after, found.before)
    assert {task.label for task in backwards.added} == found.labels
    assert not backwards.changed
    assert not backwards.removed


@pytest.mark.parametrize("seed", SEEDS)
def test_another_name_of_a_kind_is_a_new_name_of_its_tasks(base: Pipeline, seed: int) -> None:
    found = _edit(
        base, seed, _is_last(base), lambda kind, _: attrs.evolve(kind, name=f"{kind.name}-anew")
    )
    own = {task.label for task in base.full if task.kind == found.kind.name}
    assert {one.before.label for one in found.difference.renamed} | {
        one.after.label for one in found.difference.changed if not one.renamed
    } == own
    assert not found.difference.added
    assert not found.difference.removed


@pytest.mark.parametrize("seed", SEEDS)
def test_a_variable_that_goes_is_told_as_removed(base: Pipeline, seed: int) -> None:
    def fits(kind: Kind, entry: Entry) -> bool:
        return _own_env(base, kind, entry) and bool(entry.data["worker"]["env"])

    def edit(kind: Kind, entry: Entry) -> Kind:
        _, *others = entry.data["worker"]["env"].items()
        return _worker(kind, entry, env=dict(others))

    found = _edit(base, seed, fits, edit)
    assert set(found.changed) <= found.labels
    values = [value for paths in found.changed.values() for value in paths.values()]
    assert {*values} == {MISSING}
    assert f"~ {found.kind.name}: payload.env" in found.text


def test_one_number_in_the_kind_with_most_tasks_of_a_release_is_one_line(
    relpro_pipeline: MakePipeline,
) -> None:
    values: dict[str, Any] = {}
    for file in ("parameters.yml", "history.json"):
        values |= relpro_pipeline.read(Path("docs", "examples", "release", file))
    base = relpro_pipeline(values, kinds=("repackage-l10n",))
    kind = base.kinds["repackage-l10n"]
    entries = tuple(
        attrs.evolve(e, data={**e.data, "worker": {**e.data["worker"], "max-run-time": 7200}})
        for e in kind.entries
    )
    project = _Edited(ROOT, edits={kind.name: attrs.evolve(kind, entries=entries)})
    after = Pipeline(project, base.given, base.goal).full
    count = sum(task.kind == kind.name for task in after)
    assert count > 582
    assert write_text([make_report(diff(base.full, after))]).splitlines()[1:] == [
        f"  ~ repackage-l10n: payload.maxRunTime 3600 -> 7200 in {count} tasks"
    ]
