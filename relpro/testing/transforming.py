"""Takes one transform and one task, gives the transform's result."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

import attrs

from relpro.errors import Origin
from relpro.load.tree import Tree
from relpro.model.config import GraphConfig
from relpro.model.kind import Entry, Kind, Locations
from relpro.model.label import label_of
from relpro.model.phase import Phase
from relpro.model.task import Changes, Draft, Skipped, Task, TaskDescription
from relpro.project import Project
from relpro.testing.factories import make_parameters
from relpro.transform.context import Context, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import compile_entry
from relpro.transform.scope import Release
from relpro.transform.step import Step
from relpro.yaml.document import Document

_FILE = "kinds/made/by-a-test.yml"
_BASE = {"description": "Made by a test", "worker-type": "made"}


def make_description(name: str, kind: str = "made", **fields: Unpack[Changes]) -> TaskDescription:
    """A minimal task description, with `fields` set."""
    return TaskDescription(
        kind=kind,
        name=name,
        label=label_of(kind, name),
        description=f"Made as {name}",
        origin=Origin(_FILE, 1),
        attributes={},
        worker_type="made",
    ).replace(**fields)


def make_draft(name: str, **attributes: object) -> Draft:
    """A draft as at the start of an entry, with attributes that earlier expanders have set."""
    return Draft(name, Origin(_FILE, 1), attributes, {}, {})


def make_context(
    config: GraphConfig,
    *,
    kind: str = "made",
    phase: Phase = Phase.BUILD,
    entry: Mapping[str, object] | None = None,
    upstream: Sequence[Task] = (),
    files: Mapping[str, object] | None = None,
    tree: Mapping[str, str | bytes] | None = None,
    **parameters: object,
) -> Context:
    """The context of a transform in a kind with one entry.

    `entry` are keys of the entry as in YAML, including sections; `upstream` are tasks of the kinds
    in `kind-dependencies`; `files` are those of `kinds/data/` by name, `tree` those of the
    repository by path.
    """
    locations = Locations(_FILE, {})
    known = make_parameters(**parameters)
    kinds = tuple(dict.fromkeys(task.kind for task in upstream))
    own = Entry("made", {**_BASE, **(entry or {})}, locations, ("tasks", "made"), (locations,))
    made = Kind(kind, phase, "Made by a test", kinds, (), (own,), locations)
    tasks = {name: tuple(task for task in upstream if task.kind == name) for name in kinds}
    return Context(
        made,
        compile_entry(own),
        known,
        config,
        Release.of(known, config),
        Upstream(made, tasks),
        DataFiles(written_here(files or {})),
        Tree.written(tree or {}),
    )


def written_here(values: Mapping[str, object]) -> Callable[[str], Document]:
    """Reads files whose content is given by name; raises `KeyError` for others."""

    def read(name: str) -> Document:
        file = f"kinds/data/{name}"
        return Document(file, values[name], Locations(file, {}))

    return read


@attrs.frozen
class RunTransform:
    """Runs transforms with the project's configuration.

    A transform is a `Step`, or the dotted name of a module, whose steps are run in order.
    """

    project: Project

    def __call__(
        self, transform: Step | str, task: TaskDescription, **context: Any
    ) -> TaskDescription | Skipped:
        """The result of a transform made by `each` or `whole` for a description.

        `context` is made by `make_context`. Steps of a module that work on drafts are skipped.
        Raises `ValueError` if no step is left.
        """
        ctx = make_context(self.project.config, **{"kind": task.kind, **context})
        given: TaskDescription | Skipped = task
        for step in self._steps(transform, "each", "whole"):
            if isinstance(given, Skipped):
                break
            if step.mode == "whole":
                (given,) = step.function(ctx, (given,))
            else:
                given = step.function(ctx, given)
        return given

    def expand(self, transform: Step | str, draft: Draft, **context: Any) -> list[Draft | Skipped]:
        """The result of a transform made by `expand` for a draft.

        Steps of a module that work on descriptions are skipped. Raises `ValueError` if no step is
        left.
        """
        ctx = make_context(self.project.config, **context)
        given: list[Draft | Skipped] = [draft]
        for step in self._steps(transform, "expand"):
            given = [made for one in given for made in _expanded(step, ctx, one)]
        return given

    def _steps(self, transform: Step | str, *modes: str) -> tuple[Step, ...]:
        """The steps with these modes; the project's own modules are imported from its root."""
        every: tuple[Step, ...]
        if isinstance(transform, Step):
            every = (transform,)
        else:
            self.project.import_transforms()
            every = importlib.import_module(transform).transforms
        steps = tuple(step for step in every if step.mode in modes)
        if not steps:
            raise ValueError(f"`{transform}` has no transform made by {' or '.join(modes)}")
        return steps


def _expanded(step: Step, ctx: Context, draft: Draft | Skipped) -> list[Draft | Skipped]:
    return [draft] if isinstance(draft, Skipped) else list(step.function(ctx, draft))
