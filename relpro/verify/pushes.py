"""Takes the full graph, finds pushed files that are never uploaded, and the reverse.

A push copies the candidates of a release to the public location. Files that it leaves out must be
named: by the script, which has a list of exclusions, or by the project.
"""

from collections.abc import Iterator, Mapping, Sequence

from relpro.errors import Diagnostic
from relpro.graph.places import copied
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.place import Copy
from relpro.model.task import Task
from relpro.values.globs import Globs
from relpro.verify.effects import released

_NAMED = 3


def what_is_pushed_was_uploaded(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every copy finds files, and every object of such a bucket is copied or excluded (G380).

    An object belongs to a copy if it is in the source or the target; the script excludes some, the
    policy others. Nothing is checked on a push to the repository, which releases nothing.
    """
    if not parameters["release_product"]:
        return
    tasks = [task for _, task in released(graph, parameters, config)]
    copies = [(task, copy) for task in tasks for copy in task.effects.copies]
    if not copies:
        return
    uploaded = {
        place.key: task for task in tasks for place in task.effects.writes if place.kind == "object"
    }
    for task, copy in copies:
        if not any(copied(copy, uploaded)):
            yield _nothing_to_push(task, copy, uploaded)
    yield from _never_pushed(tasks, [copy for _, copy in copies], config)


def _nothing_to_push(task: Task, copy: Copy, uploaded: Mapping[str, Task]) -> Diagnostic:
    what = f"task `{task.label}` copies what is below `{copy.source}`, where nobody uploads"
    if any(key.startswith(copy.source) for key in uploaded):
        what += " anything but what is excluded"
    bucket = copy.source.partition("/")[0]
    deep = copy.source.count("/")
    near = (key for key in uploaded if key.startswith(f"{bucket}/") and key.count("/") >= deep)
    folders = {f"{'/'.join(key.split('/')[:deep])}/" for key in near}
    remedy = meant(copy.source, folders, "let it name the product, version and build that upload")
    return Diagnostic("G380", what, (task.origin,), remedy=remedy)


def _never_pushed(
    tasks: Sequence[Task], copies: Sequence[Copy], config: GraphConfig
) -> Iterator[Diagnostic]:
    """One diagnostic for the objects of each kind of task that no copy covers."""
    pushed = tuple(folder for copy in copies for folder in (copy.source, copy.target))
    buckets = tuple({f"{copy.source.partition('/')[0]}/" for copy in copies})
    named = Globs.of(config.policy.never_pushed)
    left: dict[str, dict[str, Task]] = {}
    for task in tasks:
        for place, key in task.effects.writes:
            is_near = place == "object" and key.startswith(buckets)
            if is_near and not key.startswith(pushed) and not named.match(key):
                left.setdefault(task.kind, {}).setdefault(key, task)
    for uploaded in left.values():
        keys = list(uploaded)
        first = uploaded[keys[0]]
        what = f"{listed(keys, _NAMED)} are uploaded, and no task copies them to where people are"
        if len(keys) == 1:
            what = f"`{keys[0]}` is uploaded, and no task copies it to where people are"
        remedy = (
            f"upload below `{copies[0].source}`, or name it under `policy: never-pushed` of "
            f"{config.policy.origin.file}"
        )
        where = f"task `{first.label}`"
        yield Diagnostic("G380", what, (first.origin,), where, remedy=remedy)
