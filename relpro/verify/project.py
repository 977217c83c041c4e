"""Takes a graph and the verifications in the configuration, gives their objections.

A verification is a function of the project that depends only on graph, parameters and
configuration. It returns an `Objection` for each problem.
"""

from collections.abc import Callable, Iterator

import attrs

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.python.functions import Role, project_function


@attrs.frozen
class Objection:
    """A problem found by a verification of a project.

    `what` continues a sentence that starts with the task of `label`; without a label it concerns
    the whole graph. `remedy` says what to do.
    """

    what: str
    label: str = ""
    remedy: str = ""


def objections(
    stage: str, make: Callable[[], TaskGraph], parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic (K254) for each objection of the verifications of a stage, in their order.

    The graph is made only if a verification needs it. Raises `RelproError`: K252 if a function does
    not exist, T410 if it fails.
    """
    for item, name in enumerate(config.verifications.get(stage, ())):
        where = config.locations.origin("verifications", stage, item)
        named_by, words = f"`verifications: {stage}`", "any number of `Objection`"
        takes = "graph, parameters, config"
        role = Role(named_by, where, "K252", takes, tuple, words=words, each=Objection)
        graph = make()
        for objection in project_function(name, role)(graph, parameters, config):
            yield _told(objection, name, graph, where)


def _told(objection: Objection, name: str, graph: TaskGraph, where: Origin) -> Diagnostic:
    label = objection.label
    task = graph[label] if label and label in graph else None
    what = f"task `{label}` {objection.what}" if label else objection.what
    places = (task.origin, where) if task else (where,)
    why = f"verification `{name}` of the project says so"
    return Diagnostic("K254", what, places, why=why, remedy=objection.remedy)
