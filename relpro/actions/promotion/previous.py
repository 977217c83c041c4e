"""Takes the earlier graphs of a release, oldest first; gives what they made. Later graphs win."""

from collections.abc import Collection, Mapping
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.parameters.read import check_parameters
from relpro.plan.records import Records, json_artifact, missing_artifact
from relpro.transform.completion import complete
from relpro.yaml.document import parse

Values = Mapping[str, Any]


@attrs.frozen
class PreviousGraphs:
    """The graphs of a decision task and of the promotions after it: `task_ids`, oldest first.

    `parameters` are those of each graph, complete, in that order; `kinds` maps every label that
    any of the full graphs held to its kind; `made` maps labels to the ids of their tasks.
    """

    task_ids: tuple[str, ...]
    parameters: tuple[Values, ...]
    kinds: Mapping[str, str]
    made: Mapping[str, str]

    @classmethod
    def read(
        cls, task_ids: Collection[str], records: Records, config: GraphConfig
    ) -> "PreviousGraphs":
        """Read the artifacts of every graph. Raises `RelproError` (Q706, P...)."""
        kinds: dict[str, str] = {}
        made: dict[str, str] = {}
        parameters = []
        for task_id in task_ids:
            given = read_parameters(task_id, records, config)
            parameters.append(complete(config, checkout={}, inputs={}, given=given).values)
            full = json_artifact(records, task_id, "public/full-task-graph.json")
            kinds.update({label: task["kind"] for label, task in full.items()})
            made.update(json_artifact(records, task_id, "public/label-to-taskid.json"))
        return cls(tuple(task_ids), tuple(parameters), kinds, made)

    def existing_tasks(self, rebuild_kinds: Collection[str]) -> dict[str, str]:
        """Label -> task id of what can be reused, sorted by label.

        Labels that no full graph held, such as those of index tasks, and labels of the kinds to
        rebuild are left out.
        """
        rebuilt = frozenset(rebuild_kinds)
        return {
            label: task_id
            for label, task_id in sorted(self.made.items())
            if label in self.kinds and self.kinds[label] not in rebuilt
        }

    def pinned(self, name: str) -> Any:
        """What the latest promotion among the graphs recorded as parameter `name`; None if none."""
        later = reversed(self.parameters[1:])
        return next((values[name] for values in later if values.get(name)), None)


def read_parameters(task_id: str, records: Records, config: GraphConfig) -> Values:
    """The checked content of `public/parameters.yml` of a decision or action task."""
    name = "public/parameters.yml"
    document = parse(records.artifact(task_id, name), f"{task_id}/{name}")
    if not isinstance(document.data, Mapping):
        raise missing_artifact(task_id, name, "it is not a mapping")
    check_parameters(document.data, config, document.locations.origin)
    return document.data


def find_decision(records: Records, trust_domain: str, project: str, revision: str) -> str:
    """The id of the decision task of a push, by the index. Raises `RelproError` (Q707).

    Those of cron jobs and of releases on the code host are indexed elsewhere.
    """
    path = f"{trust_domain}.v2.{project}.revision.{revision}.taskgraph.decision"
    if task_id := records.find(path):
        return task_id
    what = f"no decision task is indexed at `{path}`"
    remedy = "give `previous_graph_ids`, or a `revision` that was pushed"
    raise RelproError(Diagnostic("Q707", what, (Origin("index"),), remedy=remedy))
