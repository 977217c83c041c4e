"""Combine Android libraries for each architecture into one."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Required

from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

#: `archive`: the archive of each build's library.
FAT_AAR = Section("fat-aar", {Required("archive"): text})

#: The kind of the builds to combine.
_BUILDS = "build-android"

#: Prefix of the build platform -> Android's name of the architecture.
_PROCESSORS: Mapping[str, str] = {
    "android-aarch64": "arm64-v8a",
    "android-arm": "armeabi-v7a",
    "android-x86": "x86",
    "android-x86_64": "x86_64",
}

#: The architecture whose build provides everything that is the same for all.
_COMMON = "armeabi-v7a"

#: The build configuration of the library, for applications that are built with it.
_MOZCONFIG = {
    "name": "public/build/mozconfig",
    "path": "/builds/worker/workspace/obj-build/.mozconfig",
    "type": "file",
}


def unite(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task that fetches the library of each build, with variables for their paths.

    Source: gecko, kind build-fat-aar; mobile/android/gradle.
    """
    section = task.sections.get("fat-aar")
    if section is None:
        return task
    archive = section["archive"]
    builds = {_processor(one): edge for edge, one in task.upstream.items() if one.kind == _BUILDS}
    fetched = {
        edge: [{"artifact": archive, "extract": False, "dest": processor}]
        for processor, edge in builds.items()
    }
    env: dict[str, Any] = {
        f"MOZ_ANDROID_FAT_AAR_{processor.replace('-', '_').upper()}": (
            f"/builds/worker/fetches/{processor}/{archive}"
        )
        for processor in builds
    }
    if _COMMON in builds:
        env["MOZ_ARTIFACT_TASK"] = {"task-reference": f"<{builds[_COMMON]}>"}
    sections = {**task.sections, "fetches": {**task.sections.get("fetches", {}), **fetched}}
    artifacts = [*task.worker.get("artifacts", ()), _MOZCONFIG]
    return task.replace(sections=sections).with_worker(
        env={**task.worker.get("env", {}), **env}, artifacts=artifacts
    )


def _processor(build: Task) -> str:
    platform = str(build.attributes.get("build_platform"))
    name = "-".join(platform.split("-")[:2])
    if name not in _PROCESSORS:
        remedy = f"there are: {', '.join(_PROCESSORS)}"
        raise Refusal(f"no processor of Android is called as `{platform}` is", remedy, ("fat-aar",))
    return _PROCESSORS[name]


transforms = (each(unite, FAT_AAR),)
