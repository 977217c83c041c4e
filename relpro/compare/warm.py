"""Takes a project and requests, gives their graphs again and again as files are edited.

Parts that an edit does not affect come from the previous generation: kinds whose inputs are the
same, and tasks that have not changed (`relpro.before`). The result is that of a new process.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from relpro.before import Before, Memory
from relpro.compare.code import Code
from relpro.compare.requests import Scenario
from relpro.goal import Goal
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.phase import Phase
from relpro.parameters.read import assigned, given_values
from relpro.pipeline import Pipeline
from relpro.project import Project


@attrs.frozen
class Asked:
    """A requested graph: a goal, with the parameters of a scenario.

    `title` identifies it. `assignments` are `key=value` arguments, `checkout` are the parameters
    from version control, used where no other value is given.
    """

    title: str
    goal: Goal
    scenario: Scenario
    assignments: tuple[str, ...] = ()
    checkout: Mapping[str, Any] = attrs.field(factory=dict, repr=False)


@attrs.frozen(eq=False, repr=False)
class Given:
    """The files of a scenario: their texts, and the parameters in them."""

    texts: tuple[bytes | None, ...]
    config: GraphConfig
    values: Mapping[str, Any]


@attrs.frozen(eq=False, repr=False)
class Generation:
    """The results of all requests, made from the files at one time."""

    project: Project
    code: Code
    given: Mapping[Scenario, Given]
    pipelines: tuple[Pipeline, ...]
    whole: tuple[Before, ...]

    @property
    def graphs(self) -> tuple[TaskGraph, ...]:
        """The graph for each request, in the form that `relpro diff` compares."""
        return tuple(one.created.graph for one in self.pipelines)


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
    """The requests of a command: one for each phase of each scenario, or for each scenario."""
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
    """Files and folders whose changes can change the results.

    Raises `RelproError` if the configuration is invalid.
    """
    given = (path for one in asked for path in one.scenario.files)
    return (
        project.root / "kinds",
        project.root / project.config.transforms_package,
        *project.input_files,
        *(path / "parameters.yml" if path.is_dir() else path for path in given),
    )


def generate(root: Path, asked: Sequence[Asked], last: Generation | None = None) -> Generation:
    """The requested graphs of the project at `root`, as it is on disk now.

    `last` is the last generation without errors for the same requests. Raises `RelproError` with
    all errors.
    """
    project = last.project.again() if last else Project(root)
    code = Code.read(project.root, project.config.transforms_package)
    # Python keeps modules by name, so changed ones must be imported again.
    code.restore(last.code if last else None)
    given = dict(last.given) if last else {}
    made: list[Before] = []
    pipelines = []
    for at, one in enumerate(asked):
        given[one.scenario] = _given(one.scenario, project, given.get(one.scenario))
        pipeline = Pipeline.of(project, _values(one, project, given[one.scenario]), one.goal)
        pipelines.append(attrs.evolve(pipeline, memory=_memory(at, made, code, last)))
        made.append(pipelines[-1].whole)
    for pipeline in pipelines:
        pipeline.memory.forget()
    return Generation(project, code.imported(), given, tuple(pipelines), tuple(made))


def _memory(at: int, made: Sequence[Before], code: Code, last: Generation | None) -> Memory:
    if last is None:
        return Memory(siblings=tuple(made))
    before = attrs.evolve(last.whole[at], is_current=code.is_same(last.code))
    return Memory(before, tuple(made), tuple(one.made for one in last.whole))


def _given(scenario: Scenario, project: Project, known: Given | None) -> Given:
    """The parameters in the files of a scenario; unchanged files are parsed once."""
    texts = tuple(map(_text, scenario.files))
    if known and known.texts == texts and known.config == project.config:
        return known
    return Given(texts, project.config, given_values(scenario.files, (), project.config).values)


def _text(path: Path) -> bytes | None:
    try:
        return (path / "parameters.yml" if path.is_dir() else path).read_bytes()
    except OSError:  # its reader reports the error
        return None


def _values(one: Asked, project: Project, given: Given) -> Mapping[str, object]:
    values = {**given.values, **assigned(one.assignments, project.config).values}
    return values if "head_rev" in values else {**one.checkout, **values}
