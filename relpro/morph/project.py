"""Takes the optimized graph and the morphs of the configuration, gives what they make of it.

A morph is a function of the project: of graph, parameters and configuration, and of nothing else.
It gives the tasks that it changes, and those that it adds.
"""

from collections.abc import Iterator, Mapping

import attrs

from relpro.errors import Diagnostic, Origin, raise_all
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.decision import Decision, Verdict
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.optimize.optimize import Optimized
from relpro.python.functions import Role, project_function
from relpro.values.names import LABEL, is_label


def after_morphs(optimized: Optimized, parameters: Parameters, config: GraphConfig) -> Optimized:
    """The graph after every morph, in their order, each of which sees what the one before gave.

    Its decisions tell as well what was added and changed. Raises `RelproError`: K249 for a task
    that cannot be, K252 where there is no such function, T410 where it fails, G301 to G306 for
    edges.
    """
    for item, name in enumerate(config.morphs):
        where = config.locations.origin("morphs", item)
        words = "any number of `Task`"
        takes = "graph, parameters, config"
        role = Role("`morphs`", where, "K252", takes, tuple, words=words, each=Task)
        given = project_function(name, role)(optimized.graph, parameters, config)
        raise_all(_wrong(given, name, optimized.replaced, where))
        optimized = _with(optimized, {task.label: task for task in given}, name)
    return optimized


def _wrong(
    given: tuple[Task, ...], name: str, replaced: Mapping[str, str], where: Origin
) -> Iterator[Diagnostic]:
    """A diagnostic (K249) for each task that there cannot be."""
    seen = set[str]()
    for task in given:
        label = task.label
        if not is_label(label):
            what, remedy = f"gives a task whose label is `{label}`", f"a label is {LABEL}"
        elif label in seen:
            what, remedy = f"gives task `{label}` twice", "give each task once"
        elif label in replaced:
            what = f"gives task `{label}`, in whose place task {replaced[label]} is used"
            remedy = "give only tasks of the graph that it gets, and new ones"
        else:
            seen.add(label)
            continue
        yield Diagnostic("K249", f"morph `{name}` {what}", (where,), remedy=remedy)


def _with(optimized: Optimized, given: Mapping[str, Task], name: str) -> Optimized:
    graph = optimized.graph
    changed = [
        label for label in graph.labels if given.get(label, graph[label]) is not graph[label]
    ]
    added = [label for label in given if label not in graph]
    tasks = graph.replace_tasks(given, (given[label] for label in added))
    decisions = (
        *(Decision(label, "morph", Verdict.CHANGED, name) for label in changed),
        *(
            Decision(label, "morph", Verdict.ADDED, name, "a morph of the project")
            for label in added
        ),
    )
    return attrs.evolve(
        optimized,
        graph=TaskGraph.build(tasks, {*optimized.replaced, *graph.external}),
        decisions=(*optimized.decisions, *decisions),
    )
