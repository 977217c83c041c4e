"""Takes entries written as YAML and tasks upstream of them, gives what a chain makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import pytest
import yaml

from relpro.errors import Diagnostic, RelproError
from relpro.load.tree import Tree
from relpro.model.config import Gate, WorkerAlias
from relpro.model.kind import Entry, Kind, Locations
from relpro.model.phase import Phase
from relpro.model.task import Task, TaskDescription
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.transform.chain import KindTasks, resolve_chain, run_chain
from relpro.transform.context import Context, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import checked_entry
from relpro.transform.scope import Release
from relpro.transform.step import Step
from relpro.yaml.document import parse

Path = tuple[str | int, ...]

FILE = "kinds/promote/kind.yml"

_BASE = {"description": "", "worker-type": "succeed"}


def task(kind: str, name: str, artifacts: Sequence[str] = (), **attributes: Any) -> Task:
    """An upstream task."""
    return make_task(f"{kind}-{name}", kind=kind, attributes=attributes, artifacts=artifacts)


def run(
    transforms: str,
    entries: str,
    upstream: Sequence[Task] = (),
    *,
    kind: str = "kind",
    depends: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    gates: Sequence[Gate] = (),
    implied: Sequence[Step] = (),
    tree: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    workers: Mapping[str, WorkerAlias] | None = None,
    release_branches: Sequence[str] = (),
) -> KindTasks:
    """Run stock transforms, named with spaces between, over entries written as YAML."""
    data = yaml.safe_load(entries)
    locations = Locations(FILE, dict(_places(data, ("tasks",))))
    every = tuple(
        Entry(name, {**_BASE, **value}, locations, ("tasks", name), (locations,))
        for name, value in data.items()
    )
    names = tuple(dict.fromkeys((*(t.kind for t in upstream), *depends)))
    modules = tuple(f"relpro.stock.{name}" for name in transforms.split())
    made = Kind(kind, Phase.PROMOTE, "", names, modules, every, locations)
    chain = resolve_chain(made, implied)
    compiled = [checked_entry(entry, chain.sections) for entry in every]
    settings = attrs.evolve(
        make_config(release_branches=tuple(release_branches)),
        gates=tuple(gates),
        attributes=dict.fromkeys(("locale", "build-platform"), ""),
        workers=workers or {},
    )
    known = make_parameters(**(parameters or {}))
    release = Release.of(known, settings)
    tasks = {name: tuple(t for t in upstream if t.kind == name) for name in names}
    contexts = [
        Context(
            made,
            entry,
            known,
            settings,
            release,
            Upstream(made, tasks),
            DataFiles(lambda name: parse((files or {})[name].encode(), name)),
            Tree.written(tree or {}),
        )
        for entry in compiled
    ]
    return run_chain(chain, contexts, define, lambda path: path)


def refusal(*args: Any, **kwargs: Any) -> Diagnostic:
    """The one diagnostic with which `run` fails."""
    with pytest.raises(RelproError) as caught:
        run(*args, **kwargs)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def skipped(made: KindTasks) -> dict[str, str]:
    """Label -> reason of what was not made."""
    return {decision.label: decision.cause for decision in made.decisions}


def names(made: KindTasks) -> list[str]:
    """The names of the tasks, in order."""
    return [one.name for one in made.tasks]


def define(_ctx: Context, description: TaskDescription) -> Task:
    """The description as a task, its fields readable in `definition`."""
    edges = {name: upstream.label for name, upstream in description.upstream.items()}
    return Task(
        label=description.label,
        kind=description.kind,
        name=description.name,
        description=description.description,
        attributes=description.attributes,
        dependencies={**edges, **description.dependencies},
        definition={
            "worker": description.worker,
            "routes": description.routes,
            "scopes": description.scopes,
            "extra": description.extra,
            "projectId": description.project_id,
        },
        origin=description.origin,
        optimization=description.optimization,
    )


def _places(value: Any, path: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    yield path, (len(path), 1)
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from _places(inner, (*path, key))
