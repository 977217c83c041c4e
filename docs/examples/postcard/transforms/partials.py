"""Adds the partial updates that the release history asks for: what makes, signs and uploads them.

`partials` of a task names the history, and the build target of the task in it; `upload` is where an
archive goes, with `{previous-version}` in it. A task that runs commands gets the history in the
variable PARTIALS, and an artifact for each archive; a task of a script the archives among those that
it takes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relpro import Section, TaskDescription
from relpro.transform.context import Context
from relpro.transform.step import each
from voluptuous import Optional, Required

from transforms.locales import SOURCE

PARTIALS = Section(
    "partials",
    {Required("history"): dict, Required("target"): str, Optional("upload"): str},
    required=True,
)

Builds = Mapping[str, Mapping[str, Any]]


def add_partials(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with the archives of its locales."""
    section = task.sections["partials"]
    of_target = section["history"].get(section["target"], {})
    locales = task.attributes.get("chunk_locales") or [task.attributes.get("locale") or SOURCE]
    builds: dict[str, Builds] = {one: of_target[one] for one in locales if one in of_target}
    if not builds:
        return task
    if "artifact-map" in task.worker:
        return _uploaded(task, builds, section["upload"])
    if "upstream-artifacts" in task.worker:
        paths = [path for path, _, _ in _archives(builds)]
        return task.with_worker(**{"upstream-artifacts": _added(task, paths)})
    return _made(task, builds)


def _made(task: TaskDescription, builds: Mapping[str, Builds]) -> TaskDescription:
    made = [
        {"name": path, "path": f"out/{locale}/{path.rpartition('/')[2]}"}
        for path, locale, _ in _archives(builds)
    ]
    env = {**task.worker.get("env", {}), "PARTIALS": json.dumps(builds, sort_keys=True)}
    return task.with_worker(artifacts=[*task.worker["artifacts"], *made], env=env)


def _uploaded(task: TaskDescription, builds: Mapping[str, Builds], to: str) -> TaskDescription:
    archives = list(_archives(builds))
    first, *others = task.worker["artifact-map"]
    goes = {path: _destination(to, build) for path, _, build in archives}
    item = {**first, "paths": {**first["paths"], **goes}}
    paths = [path for path, _, _ in archives]
    task = task.with_extra(
        partials=[_told(path, locale, build) for path, locale, build in archives]
    )
    return task.with_worker(
        **{"upstream-artifacts": _added(task, paths), "artifact-map": [item, *others]}
    )


def _destination(to: str, build: Mapping[str, Any]) -> Mapping[str, Any]:
    key = to.replace("{previous-version}", str(build["previousVersion"]))
    return {
        "destinations": [key],
        "checksums-path": key[key.index("/update/") + 1 :],
        "update-balrog-manifest": True,
        "from-buildid": str(build["buildid"]),
    }


def _told(path: str, locale: str, build: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the script that uploads an archive tells the update server of it."""
    return {
        "artifact_name": path.rpartition("/")[2],
        "locale": locale,
        "buildid": build["buildid"],
        "previousVersion": build["previousVersion"],
        "previousBuildNumber": build["previousBuildNumber"],
        "product": build["product"],
    }


def _added(task: TaskDescription, paths: Sequence[str]) -> list[Mapping[str, Any]]:
    """What a script takes, with further files of the first task."""
    first, *others = task.worker["upstream-artifacts"]
    return [{**first, "paths": [*first["paths"], *paths]}, *others]


def _archives(builds: Mapping[str, Builds]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Artifact, locale and the earlier build of each archive."""
    for locale, known in builds.items():
        folder = "public/build" if locale == SOURCE else f"public/build/{locale}"
        for name, build in sorted(known.items()):
            yield f"{folder}/{name}", locale, build


transforms = (each(add_partials, PARTIALS),)
