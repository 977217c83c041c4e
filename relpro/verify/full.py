"""Takes the full graph and the kinds it is of, refuses what cannot be right."""

from collections.abc import Iterable, Mapping

from relpro.errors import raise_all
from relpro.model.config import GraphConfig
from relpro.model.decision import Decision
from relpro.model.kind import Kind
from relpro.model.parameters import Parameters
from relpro.transform.whereabouts import at_their_lines
from relpro.verify.changed import Changed
from relpro.verify.lookalikes import references_in_vain
from relpro.verify.rules import check_full, raise_found
from relpro.verify.sendable import relied_on
from relpro.verify.soft_dependencies import unsatisfiable


def demand_sound(
    changed: Changed,
    decisions: Iterable[Decision],
    kinds: tuple[Mapping[str, Kind], Mapping[str, Kind]],
    parameters: Parameters,
    config: GraphConfig,
) -> None:
    """Raise `RelproError`, or `Refused`, with all that a look at every task finds.

    `kinds` are all of the project, and those of which the graph has the tasks. What is wrong is
    told at the line that says it, where an entry does.
    """
    (every, run), graph = kinds, changed.graph
    with relied_on(graph):
        raise_all([*unsatisfiable(graph, decisions, every, run), *references_in_vain(graph, run)])
        raise_found(at_their_lines(check_full(changed, parameters, config), run))
