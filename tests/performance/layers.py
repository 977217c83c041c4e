"""Takes a number of tasks, gives the bodies of a layered graph, ready to be submitted.

Each task needs the one of its place in the layer before. Both tools submit these same bodies; the
peer's Python has little installed, so this imports nothing.
"""

from collections.abc import Iterator
from typing import Any

DEPTH = 10
DECISION = "DECISIONAAAAAAAAAAAAAA"


def task_id(layer: int, place: int) -> str:
    """A well-formed id: the same one every time."""
    return f"L{layer:05d}P{place:05d}AAAAAAAAAA"[:22]


def label(layer: int, place: int) -> str:
    """The label of a task."""
    return f"layer{layer}-task{place}"


def bodies(tasks: int) -> Iterator[tuple[str, str, tuple[str, ...], dict[str, Any]]]:
    """(label, task id, ids of what it needs, body) of each task, layer by layer."""
    for layer in range(DEPTH):
        for place in range(tasks // DEPTH):
            needs = (task_id(layer - 1, place),) if layer else ()
            name = label(layer, place)
            yield name, task_id(layer, place), needs, _body(name, needs)


def _body(name: str, needs: tuple[str, ...]) -> dict[str, Any]:
    year = {"relative-datestamp": "1 year"}
    return {
        "provisionerId": "p",
        "workerType": "w",
        "schedulerId": "synth-level-3",
        "priority": "low",
        "created": {"relative-datestamp": "0 seconds"},
        "deadline": {"relative-datestamp": "1 day"},
        "expires": year,
        "dependencies": list(needs),
        "scopes": ["a:b:c", "a:b:d", "a:b:e"],
        "routes": ["checks"],
        "payload": {
            "command": ["run", name],
            "env": {f"K{number}": "v" * 20 for number in range(20)},
            "maxRunTime": 3600,
            "artifacts": {
                f"public/{number}": {"path": "/x", "type": "file", "expires": year}
                for number in range(5)
            },
        },
        "metadata": {
            "name": name,
            "description": "x",
            "owner": "a@example.com",
            "source": "https://example.com/y",
        },
    }
