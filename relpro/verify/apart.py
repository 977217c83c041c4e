"""Takes the full graph, finds files that two platforms share although each should have its own.

If a platform is copied from another and keeps one of its paths, users get files that do not run.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.place import SAID_BELOW
from relpro.model.task import Task
from relpro.verify.effects import released
from relpro.verify.patterns import Patterns
from relpro.verify.upstream import referred


def platforms_have_files_of_their_own(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """No download name leads two platforms to one file, and no file is uploaded for two (G383).

    A file belongs to a platform if its path contains the platform's folder, as named in `families`
    of the policy. The policy lists patterns of files that several platforms share.
    """
    shared, families = Patterns.of(config.policy.shared_files), config.policy.families
    if not families and not [task for task in graph.tasks if task.effects.downloads]:
        return
    tasks = [task for _, task in released(graph, parameters, config)]
    for task in tasks:
        if task.effects.downloads:
            yield from _led_to_one_file(task, shared)
    if families:
        uploading = [task for task in tasks if "artifactMap" in task.definition["payload"]]
        yield from _uploaded_for_two(uploading, frozenset(families.platforms), shared)


def _led_to_one_file(task: Task, shared: Patterns) -> Iterator[Diagnostic]:
    leads = Counter((download.name, download.path) for download in task.effects.downloads)
    for (name, path), count in leads.items():
        if count > 1 and not shared.match(path):
            what = f"download `{name}` leads {count} of its platforms to one file, `{path}`"
            yield _diagnostic(what, path.removeprefix("pub"), task, task.origin)


def _uploaded_for_two(
    tasks: Iterable[Task], platforms: frozenset[str], shared: Patterns
) -> Iterator[Diagnostic]:
    """One diagnostic for each artifact with destinations in folders of two platforms."""
    firsts: dict[tuple[str, str], tuple[str, str, Task]] = {}
    told: set[tuple[str, str]] = set()
    for task in tasks:
        for artifact, destination in _destinations(task):
            for platform in platforms.intersection(destination.split("/")):
                was, first, uploader = firsts.setdefault(artifact, (platform, destination, task))
                if was != platform and artifact not in told:
                    if shared.match(destination) or shared.match(first):
                        continue
                    told.add(artifact)
                    label, path = artifact
                    what = f"artifact `{path}` of `{label}` is uploaded for {was} and {platform}"
                    what += f", as `{destination}`"
                    yield _diagnostic(what, destination, task, uploader.origin)


def _destinations(task: Task) -> Iterator[tuple[tuple[str, str], str]]:
    """(label, path) of an artifact, and where it goes, for each destination of a beetmover task."""
    for item in task.definition["payload"]["artifactMap"]:
        label = referred(task, item.get("taskId"))
        for path, said in item["paths"].items():
            yield from (((label, path), destination) for destination in said["destinations"])


def _diagnostic(what: str, said: str, task: Task, first: Origin) -> Diagnostic:
    where, context = tuple(dict.fromkeys((task.origin, first))), f"task `{task.label}`"
    remedy = "give each its own, or name what fits several under `policy: shared-files`"
    return Diagnostic("G383", what, where, context, remedy=remedy, said=said, within=SAID_BELOW)
