"""Takes one transform and one task, gives what the transform makes of it."""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import attrs

from relpro.errors import Origin
from relpro.model.config import GraphConfig
from relpro.model.kind import Entry, Kind, Locations
from relpro.model.phase import Phase
from relpro.model.task import Changes, Draft, Skipped, Task, TaskDescription
from relpro.project import Project
from relpro.testing.factories import make_parameters
from relpro.transform.context import Context, DataFiles, Upstream
from relpro.transform.entry import compile_entry
from relpro.transform.scope import Release
from relpro.transform.step import Step

_FILE = "kinds/made/by-a-test.yml"
_BASE = {"description": "Made by a test", "worker-type": "made"}


def make_description(name: str, kind: str = "made", **fields: Unpack[Changes]) -> TaskDescription:
    """A task description of which little is said; `fields` say more."""
    return TaskDescription(
        kind=kind,
        name=name,
        label=f"{kind}-{name}",
        description=f"Made as {name}",
        origin=Origin(_FILE, 1),
        attributes={},
        worker_type="made",
    ).replace(**fields)


def make_draft(name: str, **attributes: Any) -> Draft:
    """A draft as an entry begins, with attributes that expanders before have given it."""
    return Draft(name, Origin(_FILE, 1), attributes, {}, {})


def make_context(
    config: GraphConfig,
    *,
    kind: str = "made",
    phase: Phase = Phase.BUILD,
    entry: Mapping[str, Any] | None = None,
    upstream: Sequence[Task] = (),
    files: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> Context:
    """What a transform sees of a kind with one entry.

    `entry` are keys of the entry as YAML has them, sections among them; `upstream` are tasks of
    the kinds that it depends on; `files` are those of `kinds/data/` by name.
    """
    locations = Locations(_FILE, {})
    known = make_parameters(**parameters)
    kinds = tuple(dict.fromkeys(task.kind for task in upstream))
    own = Entry("made", {**_BASE, **(entry or {})}, locations, ("tasks", "made"), locations)
    made = Kind(kind, phase, "Made by a test", kinds, (), (own,), locations)
    tasks = {name: tuple(task for task in upstream if task.kind == name) for name in kinds}
    return Context(
        made,
        compile_entry(own),
        known,
        config,
        Release.of(known, config),
        Upstream(made, tasks),
        DataFiles((files or {}).__getitem__),
    )


@attrs.frozen
class RunTransform:
    """Runs transforms as the project's configuration lets them see the world.

    A transform is a `Step`, or the dotted name of a module whose steps are run in their order.
    """

    project: Project

    def __call__(
        self, transform: Step | str, task: TaskDescription, **context: Any
    ) -> TaskDescription | Skipped:
        """What a transform made by `each` makes of a description.

        `context` is what `make_context` takes.
        """
        ctx = make_context(self.project.config, **{"kind": task.kind, **context})
        given: TaskDescription | Skipped = task
        for step in self.steps(transform):
            if isinstance(given, Skipped):
                break
            given = step.function(ctx, given)
        return given

    def expand(self, transform: Step | str, draft: Draft, **context: Any) -> list[Draft | Skipped]:
        """What a transform made by `expand` makes of a draft."""
        ctx = make_context(self.project.config, **context)
        given: list[Draft | Skipped] = [draft]
        for step in self.steps(transform):
            given = [made for one in given for made in _expanded(step, ctx, one)]
        return given

    def steps(self, transform: Step | str) -> tuple[Step, ...]:
        """The steps of a transform; the project's own are imported from its root."""
        if isinstance(transform, Step):
            return (transform,)
        self.project.import_transforms()
        steps: tuple[Step, ...] = importlib.import_module(transform).transforms
        return steps


def _expanded(step: Step, ctx: Context, draft: Draft | Skipped) -> list[Draft | Skipped]:
    return [draft] if isinstance(draft, Skipped) else list(step.function(ctx, draft))
