"""Takes entries written as YAML, gives what a chain of a test's own functions makes of them."""

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from relpro.errors import Diagnostic, RelproError
from relpro.load.tree import Tree
from relpro.model.kind import Entry, Kind
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.testing.factories import make_config, make_parameters
from relpro.testing.transforming import written_here
from relpro.transform.chain import KindTasks, resolve_chain, run_chain
from relpro.transform.context import Context, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import checked_entry
from relpro.transform.scope import Release
from relpro.transform.step import Step
from relpro.yaml.document import parse
from tests.stock.chains import define

FILE = "kinds/build/app.yml"
ENTRY = "tasks:\n  one: {description: One, worker-type: succeed}\n"


def make_kind(entries: str = ENTRY, transforms: tuple[str, ...] = ()) -> Kind:
    """A kind that depends on `image`; entries that stand under `tasks` of a YAML text."""
    document = parse(entries, FILE)
    every = tuple(
        Entry(name, data, document.locations, ("tasks", name), (document.locations,))
        for name, data in document.data["tasks"].items()
    )
    return Kind("app", Phase.BUILD, "", ("image",), transforms, every, document.locations)


@contextmanager
def module(name: str, *steps: Step) -> Iterator[str]:
    """A module of transforms, as if it had been imported; gives its name."""
    made = types.ModuleType(name)
    made.transforms = steps  # type: ignore[attr-defined]
    sys.modules[name] = made
    try:
        yield name
    finally:
        del sys.modules[name]


def run(*steps: Step, entries: str = ENTRY, upstream: tuple[Task, ...] = ()) -> KindTasks:
    """The tasks of a kind whose chain has these steps. Raises `RelproError`."""
    with module("tests_chain_module", *steps) as name:
        kind = make_kind(entries, (name,) if steps else ())
        chain = resolve_chain(kind)
    compiled = [checked_entry(entry, chain.sections) for entry in kind.entries]
    parameters, config = make_parameters(), make_config()
    release = Release.of(parameters, config)
    files = DataFiles(written_here({"x.yml": {"file": "x.yml", "name": "{name}"}}))
    contexts = [
        Context(
            kind,
            entry,
            parameters,
            config,
            release,
            Upstream(kind, {"image": upstream}),
            files,
            Tree.written({}),
        )
        for entry in compiled
    ]
    return run_chain(chain, contexts, define, lambda path: path.rpartition("/")[2])


def problems(*args: Any, **kwargs: Any) -> tuple[Diagnostic, ...]:
    """What `run` fails with."""
    try:
        run(*args, **kwargs)
    except RelproError as error:
        return error.diagnostics
    return ()
