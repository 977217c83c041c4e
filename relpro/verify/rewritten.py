"""Takes the optimized graph, gives it after the morphs of the project, if nothing is wrong then."""

from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.morph.project import after_morphs
from relpro.optimize.optimize import Optimized
from relpro.verify.changed import Changed
from relpro.verify.rules import check_full, raise_found


def rewritten(
    optimized: Optimized,
    full: TaskGraph,
    parameters: Parameters,
    config: GraphConfig,
    *,
    whole: bool,
) -> Optimized:
    """What is to be created, after every morph of the project.

    `whole` says whether the full graph is of all kinds.
    Their tasks are checked by all rules, in place of those that the full graph has of their labels.
    Raises `RelproError` as `after_morphs` does, and with all that the rules find.
    """
    after = after_morphs(optimized, parameters, config)
    if after is not optimized:
        given = {task.label: task for task in after.graph}
        added = (task for task in after.graph if task.label not in full)
        changed = Changed.since(full, full.replace_tasks(given, added), alike=False)
        raise_found(check_full(changed, parameters, config, whole=whole).found)
    return after
