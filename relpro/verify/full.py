"""Takes the full graph and its kinds, refuses a graph with errors."""

from collections.abc import Iterable, Mapping

import attrs

from relpro.errors import raise_all
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision
from relpro.model.kind import Kind
from relpro.model.noted import same
from relpro.model.parameters import Parameters
from relpro.project import Project
from relpro.transform.whereabouts import at_their_lines
from relpro.verify.changed import Changed
from relpro.verify.lookalikes import references_in_vain
from relpro.verify.programs import unknown_programs
from relpro.verify.project import objections
from relpro.verify.rules import check_full, raise_found
from relpro.verify.sendable import relied_on
from relpro.verify.soft_dependencies import unsatisfiable


@attrs.frozen(eq=False, repr=False)
class Sound:
    """A full graph without errors; `names` are the parameters that the rules read.

    None means that rules read all of them.
    """

    graph: TaskGraph
    parameters: Parameters
    names: frozenset[str] | None

    def is_of(self, parameters: Parameters) -> bool:
        """Whether it has no errors with these parameters either."""
        return self.names is not None and all(
            same(self.parameters.get(name), parameters.get(name)) for name in self.names
        )

    def also_of(self, before: "Sound") -> "Sound":
        """The same graph, with the parameters that rules read of the previous graph added."""
        known = None if self.names is None or before.names is None else self.names | before.names
        return attrs.evolve(self, names=known)


def demand_sound(
    changed: Changed,
    decisions: Iterable[Decision],
    run: Mapping[str, Kind],
    parameters: Parameters,
    project: Project,
) -> Sound:
    """The graph, if it has no errors.

    Raises `RelproError`, or `Refused`, with all errors of all tasks. `run` are the kinds whose
    tasks the graph contains. Errors name the line of the entry that causes them, if there is one.
    """
    graph, config = changed.graph, project.config
    with relied_on(graph):
        in_vain = references_in_vain(graph, run)
        raise_all([*unsatisfiable(graph, decisions, project.kinds, run), *in_vain])
        whole = len(run) == len(project.kinds)
        checked = check_full(changed, parameters, config, whole=whole)
        unknown = unknown_programs(changed.tasks, graph, config, project.tree)
        raise_found(at_their_lines([*checked.found, *unknown], run))
        raise_all(objections("full", lambda: graph, parameters, config))
    # Reads of parameters by verifications of the project are not recorded.
    return Sound(graph, parameters, None if config.verifications.get("full") else checked.names)
