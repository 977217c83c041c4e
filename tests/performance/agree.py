"""Takes the graph files of both tools, gives whether it is the same graph: else there is no race.

`python -m tests.performance.agree OURS PEERS` exits with 1 and says what differs. Labels and edges
must be the same; the mean size of a task's body, as JSON without spaces, within 10 %.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

_TOLERANCE = 0.10
_SHOWN = 5

Graph = Mapping[str, Mapping[str, Any]]


def differences(ours: Graph, peers: Graph) -> Iterator[str]:
    """What differs. The files are keyed by label or by task id; so are the ends of edges."""
    our_labels, peer_labels = _labels(ours), _labels(peers)
    if labels := sorted({*our_labels.values()} ^ {*peer_labels.values()}):
        yield f"{len(labels)} labels are in one graph only: {labels[:_SHOWN]}"
    if edges := sorted({*_edges(ours, our_labels)} ^ {*_edges(peers, peer_labels)}):
        yield f"{len(edges)} edges are in one graph only: {edges[:_SHOWN]}"
    proportion = _mean_body(ours) / _mean_body(peers)
    if abs(proportion - 1) > _TOLERANCE:
        yield f"a body has {proportion:.0%} of the size of its peer"


def _labels(graph: Graph) -> dict[str, str]:
    return {key: task["label"] for key, task in graph.items()}


def _edges(graph: Graph, labels: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for task in graph.values():
        for name, need in task["dependencies"].items():
            yield task["label"], name, labels.get(need, need)


def _mean_body(graph: Graph) -> float:
    return sum(len(orjson.dumps(task["task"])) for task in graph.values()) / len(graph)


if __name__ == "__main__":
    found = list(differences(*(orjson.loads(Path(name).read_bytes()) for name in sys.argv[1:])))
    sys.exit("\n".join(found) or 0)
