"""Takes a graph of a trusted level, finds worker pools on which tasks of level 1 run too.

Anyone who may push anywhere can run commands on a pool of level 1, and so manipulate a machine that
runs the next task of a release. Only projects that declare whose commits they trust are checked.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.stock.workers.pool import find_pool
from relpro.transform.scope import Release

_LOWEST = "1"

#: The queue's built-in workers, which run nothing. Source: Taskcluster, services/built-in-workers.
_BUILT_IN = "built-in"


def pools_of_all_levels(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic (O617) for each shared pool of the graph that the policy does not list."""
    if not config.projects or parameters.level == _LOWEST:
        return
    below = _pools(Parameters({**parameters.values, "level": _LOWEST}), config)
    used = {
        f"{task.definition.get('provisionerId')}/{task.definition.get('workerType')}"
        for task in graph
    }
    for pool, where in sorted(below.items()):
        allowed = any(fnmatchcase(pool, pattern) for pattern in config.policy.shared_pools)
        if pool in used and not allowed and not pool.startswith(f"{_BUILT_IN}/"):
            what = f"tasks of level {parameters.level} and of level {_LOWEST} run on pool `{pool}`"
            why = "who may push to any branch runs commands there"
            remedy = "choose it `by-level`, or name it under `policy: shared-pools`"
            yield Diagnostic("O617", what, (where,), why=why, remedy=remedy)


def _pools(parameters: Parameters, config: GraphConfig) -> dict[str, Origin]:
    """The pools of all aliases that have one for these parameters."""
    release, found = Release.of(parameters, config), dict[str, Origin]()
    for name, alias in config.workers.items():
        try:
            found[str(find_pool(name, config, release, alias.origin))] = alias.origin
        except RelproError:
            continue
    return found
