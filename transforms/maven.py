"""Takes an Android library, gives the files to sign, or to upload to the Maven repository.

The attributes `maven-group` and `maven-artifact` of its build name the library. Its files are in
`public/build/maven` with the same paths as in the repository.
"""

import re
from collections.abc import Iterator
from typing import Any

from voluptuous import Required

from relpro.model.parameters import Parameters
from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import OneOf, flag, text
from transforms._attributes import needed

#: `do`: the action of the task. `dated`: whether the version contains the date of the build.
#: `build` and `signing`: the edges to the tasks that build and sign it.
MAVEN = Section(
    "maven",
    {
        Required("do"): OneOf("sign", "upload"),
        Required("dated"): flag,
        Required("build"): text,
        Required("signing"): text,
    },
    required=True,
)

#: The files of a library, each with the digests by which clients verify it.
_ENDS = (".aar", ".pom", ".module", "-sources.jar", "-javadoc.jar")
_DIGESTS = (".md5", ".sha1", ".sha256", ".sha512")

_FOLDER = "public/build/maven"
_FORMATS = ["gcp_prod_autograph_gpg"]


def add_library(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The input of the worker: files to sign, or those files, their signatures and digests."""
    section = task.sections["maven"]
    version = library_version(ctx.parameters, dated=section["dated"])
    files = list(library_files(task, version))
    if section["do"] == "sign":
        item = {"task": section["build"], "type": "build", "paths": _in(_FOLDER, files)}
        return task.with_worker(upstream_artifacts=[{**item, "formats": _FORMATS}])
    signed = [name for file in files for name in (file, f"{file}.asc")]
    digests = [f"{file}{end}" for file in files for end in _DIGESTS]
    uploads = ((section["signing"], "signing", signed), (section["build"], "build", digests))
    return task.with_worker(
        version=version,
        upstream_artifacts=[
            {"task": edge, "type": kind, "paths": _in(_FOLDER, names), "locale": "en-US"}
            for edge, kind, names in uploads
        ],
        artifact_map=[_mapped(edge, names) for edge, _, names in uploads],
    )


def library_version(parameters: Parameters, *, dated: bool) -> str:
    """The version of the release; or `92.0.20210922161155`, of the build, which is unique.

    The version of a nightly has no `a1`. Source: the versions of org.mozilla.geckoview in the tree
    of Android components, Gecko.kt: nightly 81.0.20200805094932.
    """
    if not dated:
        return parameters.version
    major, minor, *_ = [*re.findall(r"\d+", str(parameters["app_version"])), "0"]
    return f"{major}.{minor}.{parameters['moz_build_date']}"


def library_files(task: TaskDescription, version: str) -> Iterator[str]:
    """The paths in a Maven repository: `group/artifact/version/artifact-version.aar`, ...

    Raises `Refusal` for a task that names no library.
    """
    parts = ("maven_group", "maven_artifact")
    group, artifact = (needed(task.attributes, name, task.name) for name in parts)
    for end in _ENDS:
        yield f"{group}/{artifact}/{version}/{artifact}-{version}{end}"


def _in(folder: str, names: list[str]) -> list[str]:
    return [f"{folder}/{name}" for name in names]


def _mapped(edge: str, names: list[str]) -> dict[str, Any]:
    paths = {f"{_FOLDER}/{name}": {"destinations": [f"maven2/{name}"]} for name in names}
    return {"task": edge, "locale": "en-US", "paths": paths}


transforms = (each(add_library, MAVEN),)
