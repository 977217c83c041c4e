"""Takes tasks and graphs, gives what this project thinks of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from relpro import Keep, Objection, Parameters, Remove, Task, TaskGraph


def in_good_weather(task: Task, argument: str, parameters: Parameters) -> Keep | Remove:
    """A strategy: the task is needed where the weather is what it says."""
    weather = parameters["weather"]
    if weather == argument:
        return Keep(f"the weather is {weather}")
    return Remove(f"the weather is {weather}, not {argument}")


def no_notes(task: Task, parameters: Parameters, config: Any) -> str:
    """A filter of a target method."""
    return "nobody reads notes" if task.name == "notes" else ""


def nothing_is_called_test(
    graph: TaskGraph, parameters: Parameters, config: Any
) -> Iterator[Objection]:
    """A verification of the full graph."""
    for task in graph:
        if task.name == "test":
            yield Objection("is called like what it is not", task.label, "call it by what it does")


def all_are_described(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Objection]:
    """A verification of the tasks that are wanted, and of those that are made."""
    for task in graph:
        if len(task.description) < len("Write"):
            yield Objection("says nothing", task.label)


def by_worker(tasks: Sequence[Task], parameters: Parameters) -> Iterator[Sequence[Task]]:
    """A way to group: what the same worker made, in alphabetical order."""
    for worker in sorted({task.implementation for task in tasks}):
        yield [task for task in tasks if task.implementation == worker]


def few_tasks(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Objection]:
    """A verification of the graph that is created."""
    if len(graph) > 5:
        yield Objection(f"there are {len(graph)} tasks, which nobody can pay for")


def receipt(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Task]:
    """A morph: where letters are written, one more task waits for all of them."""
    letters = {task.label: task.label for task in graph if task.kind == "letter"}
    if letters:
        last = graph[max(letters)]
        yield attrs.evolve(last, label="receipt", description="Prove it", dependencies=letters)
