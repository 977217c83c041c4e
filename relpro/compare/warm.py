"""Takes a project and what is asked of it, gives its graphs again and again as files are edited.

What an edit does not touch is taken from the generation before: every kind that sees what it saw,
every task that is what it was (`relpro.before`). The result is that of a new process.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from relpro.before import Before
from relpro.compare.requests import Scenario
from relpro.errors import RelproError
from relpro.goal import Goal
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import Phase
from relpro.parameters.read import given_values
from relpro.pipeline import Pipeline
from relpro.project import Project


@attrs.frozen
class Asked:
    """A graph that is asked for: of a goal, with the parameters of a scenario.

    `title` tells it from others. `assignments` are words of the command line, `checkout` is what
    version control says where the parameters leave it open.
    """

    title: str
    goal: Goal
    scenario: Scenario
    assignments: tuple[str, ...] = ()
    checkout: Mapping[str, Any] = attrs.field(factory=dict, repr=False)


@attrs.frozen(eq=False, repr=False)
class Generation:
    """What was asked for, made of the files as they were. `code` are the files of transforms."""

    project: Project
    code: Mapping[str, bytes]
    pipelines: tuple[Pipeline, ...]
    whole: tuple[Before, ...]

    @property
    def graphs(self) -> tuple[TaskGraph, ...]:
        """What would be created for each, as `relpro diff` compares it."""
        return tuple(one.optimized.graph for one in self.pipelines)


def ask(
    project: Project,
    scenarios: Sequence[Scenario],
    assignments: Sequence[str],
    phases: Sequence[str],
    *,
    product: str | None = None,
    flavor: str | None = None,
    fresh: bool = False,
) -> tuple[Asked, ...]:
    """What words ask for: one graph for each phase of each scenario, else one for each scenario."""
    return tuple(
        Asked(
            " ".join(filter(None, (scenario.name, phase))) or flavor or "push",
            Goal(Phase(phase) if phase else None, product, flavor, fresh),
            scenario,
            tuple(assignments),
            project.checkout,
        )
        for scenario in scenarios
        for phase in phases or ("",)
    )


def watched(project: Project, asked: Sequence[Asked]) -> tuple[Path, ...]:
    """Files and folders in which a change can change what is asked for.

    Raises `RelproError` where the configuration is wrong.
    """
    given = (path for one in asked for path in one.scenario.files)
    return (
        project.root / "kinds",
        project.root / project.config.transforms_package,
        *project.input_files,
        *(path / "parameters.yml" if path.is_dir() else path for path in given),
    )


def generate(root: Path, asked: Sequence[Asked], last: Generation | None = None) -> Generation:
    """The graphs asked for, of the project at `root` as it is on disk by now.

    `last` is the last generation of the same in which nothing was wrong. Raises `RelproError` with
    what is wrong.
    """
    project = last.project.again() if last else Project(root)
    package = project.config.transforms_package
    code = _code(project.root / package)
    if last is None or code != last.code:
        # Modules are kept by their names: the new ones are imported anew.
        _forget(package)
        last = None
    try:
        pipelines = tuple(_pipelines(project, asked, last))
        return Generation(project, code, pipelines, tuple(one.whole for one in pipelines))
    except RelproError:
        # `last` may be of other code than these modules: what comes next imports them anew.
        _forget(package)
        raise


def _pipelines(
    project: Project, asked: Sequence[Asked], last: Generation | None
) -> Iterator[Pipeline]:
    given: dict[Scenario, Mapping[str, Any]] = {}
    for at, one in enumerate(asked):
        if one.scenario not in given:
            files = one.scenario.files
            given[one.scenario] = given_values(files, one.assignments, project.config)
        values = given[one.scenario]
        values = values if "head_rev" in values else {**one.checkout, **values}
        pipeline = Pipeline.of(project, values, one.goal)
        yield attrs.evolve(pipeline, before=last.whole[at] if last else None)


def _code(folder: Path) -> Mapping[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def _forget(package: str) -> None:
    importlib.invalidate_caches()
    for name in [*sys.modules]:
        if name == package or name.startswith(f"{package}."):
            del sys.modules[name]
