"""Takes the full graph, finds download names whose target nobody uploads.

A release uploads candidates, copies most of them to the releases folder and enters download names
for the copies; all three contain the names of the files.
"""

from collections.abc import Iterable, Iterator

from relpro.errors import Diagnostic
from relpro.graph.places import copied
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.place import LANG, Download
from relpro.model.task import Task
from relpro.verify.effects import released
from relpro.verify.patterns import Patterns


def downloads_lead_to_files(
    graph: TaskGraph, parameters: Parameters, config: GraphConfig
) -> Iterator[Diagnostic]:
    """The file of each download name is uploaded or copied by a task of the release (G366).

    Checked are the files of locales that a platform has, that is, those with any file in their
    folder. The policy lists patterns of paths that need not exist, and patterns of files that fit
    several platforms: these are uploaded with one of them, and checked only where it is released.
    """
    tasks = [task for _, task in released(graph, parameters, config)]
    entering = [task for task in tasks if task.effects.downloads]
    if not entering or not parameters["release_product"]:
        return
    files = _Files(_uploaded(tasks))
    if not files.paths:
        return  # others upload, and say nothing of it
    excused = Patterns.of(config.policy.downloads_without_files)
    shared = Patterns.of(config.policy.shared_files)
    for task in entering:
        for download in task.effects.downloads:
            if excused.match(download.path):
                continue
            if not files.has_folder(download) and shared.match(download.path):
                continue
            if lacking := [*files.lacking(download)]:
                yield _diagnostic(task, download, lacking, files)


def _uploaded(tasks: Iterable[Task]) -> set[str]:
    """The path of each object that is written or copied, without its bucket."""
    every = [*tasks]
    keys = {place.key for one in every for place in one.effects.writes if place.kind == "object"}
    for copy in (copy for one in every for copy in one.effects.copies):
        keys |= {target for _, target in copied(copy, keys)}
    return {key.partition("/")[2] for key in keys}


class _Files:
    """The files of a release, and all folders above them."""

    def __init__(self, paths: set[str]) -> None:
        self.paths = paths
        self.folders: set[str] = set()
        for path in paths:
            at = path.rfind("/")
            while at >= 0 and path[: at + 1] not in self.folders:
                self.folders.add(path[: at + 1])
                at = path.rfind("/", 0, at)

    def has_folder(self, download: Download) -> bool:
        """Whether anything lies where it leads, whatever the locale."""
        before = download.path.partition(LANG)[0]
        return before[: before.rfind("/") + 1] in self.folders

    def lacking(self, download: Download) -> Iterator[str]:
        """The paths to which a download name leads and at which a file is missing."""
        before, lang, after = download.path.partition(LANG)
        locales = download.locales if lang else ("",)
        wanted = download.paths()
        if not self.has_folder(download):
            yield from wanted
        elif after.startswith("/"):
            # A locale that this platform lacks has no folder there.
            for locale, path in zip(locales, wanted, strict=True):
                if path not in self.paths and f"{before}{locale}/" in self.folders:
                    yield path
        elif self.paths.isdisjoint(wanted):
            yield from wanted


def _diagnostic(task: Task, download: Download, lacking: list[str], files: _Files) -> Diagnostic:
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    what = f"download `{download.name}` leads to `{lacking[0]}`{more}, which no task uploads"
    folder = lacking[0][: lacking[0].rfind("/") + 1]
    beside = (path for path in files.paths if path.startswith(folder))
    remedy = meant(lacking[0], beside, "let manifests of uploads and of downloads say the same")
    return Diagnostic("G366", what, (task.origin,), f"task `{task.label}`", remedy=remedy)
