"""Takes a task, hands files of its upstream tasks to its script as `upstream-artifacts`.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.upstream_files]
tasks:
  signing:
    from-deps: {kinds: [l10n]}
    upstream-files:
      folders: '{chunk-locales}'         # optional: for what `{}` stands in paths
      files:
        - {paths: ['public/build/{}target.dmg'], type: l10n, formats: [macapp]}
        - {paths: ['public/build/{}target.langpack.xpi'], type: l10n, formats: [langpack]}
    worker-type: signing
```

Each upstream task gives one upstream artifact for each item of `files`. `type` is that of the
upstream task in Chain of Trust; `formats` are those of a signature. `{}` in a path stands for a
folder: that of the upstream task's locale (`de/`, nothing for en-US), or, with `folders`, each of
them. Each folder has its own upstream artifacts, unless `together: true` is given. A path with `*`
stands for all artifacts of the upstream task that match it; it is an error (T411) if none does.

If each upstream task has a locale, and the task none, it gets them all as `chunk_locales`.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import Task, TaskDescription
from relpro.stock.grouping import SOURCE_LOCALE
from relpro.stock.locales import folder_of
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import flag, text

UPSTREAM_FILES = Section(
    "upstream-files",
    {
        Required("files"): [
            {Required("paths"): [text], Required("type"): text, Optional("formats"): [text]}
        ],
        Optional("folders"): [text],
        Optional("together"): flag,
    },
)


def add_files(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds the upstream artifacts, and the locales of upstream tasks that have one.

    Raises `Refusal` if an upstream task makes nothing that a path with `*` stands for.
    """
    section = task.sections.get("upstream-files")
    if section is None:
        return task
    items = [
        _item(edge, upstream, said, folders)
        for edge, upstream in task.upstream.items()
        for folders in _folders(section, upstream)
        for said in section["files"]
    ]
    made = task.with_worker(upstream_artifacts=items)
    locales = [one.attributes.get("locale") for one in task.upstream.values()]
    if task.attributes.get("locale") or not all(locales):
        return made
    return made.with_attributes(chunk_locales=locales)


def _folders(section: Mapping[str, Any], upstream: Task) -> Sequence[Sequence[str]]:
    """For each upstream artifact, the folders that its paths are in."""
    if "folders" not in section:
        return [[folder_of(upstream.attributes.get("locale") or SOURCE_LOCALE)]]
    folders = [f"{name}/" for name in section["folders"]]
    return [folders] if section.get("together") else [[folder] for folder in folders]


def _item(
    edge: str, upstream: Task, said: Mapping[str, Any], folders: Sequence[str]
) -> dict[str, Any]:
    paths = [
        path
        for folder in folders
        for written in said["paths"]
        for path in _paths(written.replace("{}", folder), upstream)
    ]
    # Without a `{}`, each folder gives the same path.
    item = {"task": edge, "type": said["type"], "paths": list(dict.fromkeys(paths))}
    return {**item, "formats": said["formats"]} if "formats" in said else item


def _paths(path: str, upstream: Task) -> Iterator[str]:
    if "*" not in path:
        yield path
        return
    matching = [name for name in upstream.artifacts if fnmatchcase(name, path)]
    if not matching:
        what = f"upstream task `{upstream.label}` makes no file `{path}`"
        raise Refusal(what, "name the files that it makes", ("upstream-files", "files"))
    yield from matching


transforms = (each(add_files, UPSTREAM_FILES),)
