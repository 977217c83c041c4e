"""Takes the earlier graphs of a release, oldest first; gives their tasks. Later graphs win."""

from collections.abc import Collection, Mapping
from typing import Any

import attrs

from relpro.actions.action_input import refused_at
from relpro.actions.promotion.demands import CANDIDATE
from relpro.errors import Diagnostic, Origin
from relpro.model.branch import branch_of
from relpro.model.config import GraphConfig
from relpro.model.phase import PHASE_OF, Phase
from relpro.model.task import Json
from relpro.parameters.read import check_parameters, demand_recorded
from relpro.plan.records import Records, json_artifact
from relpro.schemas.documents import KINDS, LABELS
from relpro.transform.completion import complete
from relpro.yaml.document import parse

Values = Mapping[str, Any]

#: The artifact in which a decision or action task records its parameters.
PARAMETERS = "public/parameters.yml"


@attrs.frozen
class PreviousGraph:
    """The graph of a decision task or a promotion, `task_id`.

    `parameters` are complete; `kinds` maps every label of its full graph to its kind, and `made`
    labels to the ids of tasks that it created or reused. `origin` is where it was named.
    """

    task_id: str
    parameters: Values
    kinds: Mapping[str, str]
    made: Mapping[str, str]
    origin: Origin

    @classmethod
    def read(
        cls, task_id: str, origin: Origin, records: Records, config: GraphConfig
    ) -> "PreviousGraph":
        """Read the artifacts of a graph. Raises `RelproError` (Q706, P...)."""
        given = read_parameters(task_id, records, config)
        full = json_artifact(records, task_id, "public/full-task-graph.json", KINDS)
        return cls(
            task_id,
            complete(config, checkout={}, inputs={}, given=given).values,
            {label: task["kind"] for label, task in full.items()},
            json_artifact(records, task_id, "public/label-to-taskid.json", LABELS),
            origin,
        )

    def refused(self, what: str, why: str = "", remedy: str = "") -> Diagnostic:
        """A reason (Q709) not to build on this graph."""
        return refused_at(self.origin, what, why, remedy)

    @property
    def phase(self) -> Phase | None:
        """The phase that it ran; None for the decision task of a push."""
        word = self.parameters["shipping_phase"]
        return PHASE_OF[word] if word else None

    @property
    def branch(self) -> str:
        """The git branch from which it was made; empty for Mercurial, and if it is unknown."""
        is_hg = self.parameters["repository_type"] == "hg"
        return "" if is_hg else branch_of(str(self.parameters["head_ref"] or ""))

    @property
    def rank(self) -> int:
        """The rank of its phase; a push comes before all phases.

        A candidate ships to beta users before its release is pushed to everybody.
        """
        if self.phase is None:
            return -1
        is_candidate = str(self.parameters["release_type"]).endswith(CANDIDATE)
        return min(self.phase.rank, Phase.PROMOTE.rank) if is_candidate else self.phase.rank


@attrs.frozen
class PreviousGraphs:
    """The graphs of a decision task and of the promotions after it, oldest first."""

    graphs: tuple[PreviousGraph, ...]

    @classmethod
    def read(
        cls, named: Mapping[str, Origin], records: Records, config: GraphConfig
    ) -> "PreviousGraphs":
        """Read the artifacts of every graph; `named` has the place of each id.

        Raises `RelproError` (Q706, P...).
        """
        return cls(tuple(PreviousGraph.read(*one, records, config) for one in named.items()))

    @property
    def first(self) -> PreviousGraph:
        """The graph of the push from which the release comes."""
        return self.graphs[0]

    @property
    def promotions(self) -> tuple[PreviousGraph, ...]:
        """The graphs of earlier promotions."""
        return tuple(graph for graph in self.graphs if graph.phase is not None)

    def existing_tasks(self, rebuild_kinds: Collection[str]) -> dict[str, str]:
        """Label -> task id of tasks that can be reused, sorted by label; of several, the latest.

        Labels that are in no full graph, such as those of index tasks, and labels of the kinds to
        rebuild are left out.
        """
        rebuilt = frozenset(rebuild_kinds)
        kinds = {label: kind for graph in self.graphs for label, kind in graph.kinds.items()}
        made = {label: task_id for graph in self.graphs for label, task_id in graph.made.items()}
        return {
            label: task_id
            for label, task_id in sorted(made.items())
            if label in kinds and kinds[label] not in rebuilt
        }

    def pinned(self, name: str) -> Json:
        """The value of parameter `name` in the latest promotion among the graphs; None if none."""
        latest = reversed(self.promotions)
        return next((g.parameters[name] for g in latest if g.parameters.get(name)), None)


def read_parameters(task_id: str, records: Records, config: GraphConfig) -> Values:
    """The checked content of `public/parameters.yml` of a decision or action task."""
    name = f"{task_id}/{PARAMETERS}"
    document = parse(records.artifact(task_id, PARAMETERS), name)
    values: Values = document.data
    check_parameters(values, config, document.locations.origin)
    demand_recorded(values, document.locations.origin)
    return values
