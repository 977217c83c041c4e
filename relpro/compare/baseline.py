"""Takes BASE, gives the graphs with which the graphs after every save are compared."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from relpro.compare.artifacts import offline_labels, without_ids
from relpro.compare.generation import Request
from relpro.compare.sides import Side, Written, graphs_of
from relpro.graph.difference.difference import Difference, diff
from relpro.graph.taskgraph import TaskGraph
from relpro.pipeline import Pipeline


@attrs.frozen(eq=False, repr=False)
class Base:
    """One graph for each request.

    `ids` maps task ids to labels for written graphs whose ids are recorded beside them; None if
    graphs are compared before tasks have ids.
    """

    graphs: Sequence[TaskGraph]
    ids: Mapping[str, str] | None = None

    @classmethod
    def of(cls, side: Side, requests: Sequence[Request], root: Path) -> "Base":
        """The graphs of one side, for each request. Raises `RelproError` if there is none."""
        if not isinstance(side, Written):
            return cls(graphs_of(side, requests, root))
        read = side.read("morphed")
        graph = without_ids(read.graph, read.labels) if read.labels else read.graph
        return cls([graph] * len(requests), read.labels)

    def differences(self, pipelines: Sequence[Pipeline]) -> Iterator[Difference]:
        """The difference between each graph and the graph that a pipeline would create."""
        return (
            diff(graph, self._compared(pipeline))
            for graph, pipeline in zip(self.graphs, pipelines, strict=True)
        )

    def _compared(self, pipeline: Pipeline) -> TaskGraph:
        if self.ids is None:
            return pipeline.created.graph
        graph = pipeline.morphed.graph
        recorded = {one: label for label, one in pipeline.given.existing_tasks.items()}
        return without_ids(graph, {**offline_labels(graph), **recorded}) if self.ids else graph
