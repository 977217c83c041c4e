"""Takes installers and disk images, gives the same with a code that says by which way they came."""

import json
from collections.abc import Iterator
from typing import Any

from voluptuous import Required

from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

#: `code`: what is written into the packages, as of the query of an address.
ATTRIBUTION = Section("attribution", {Required("code"): text}, required=True)

#: The packages that have room for a code.
_PACKAGES = ("target.installer.exe", "target.stub-installer.exe", "target.dmg")


def add_packages(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """`ATTRIBUTION_CONFIG`, JSON that names each input, output and code, and the artifacts."""
    edge, upstream = next(iter(task.upstream.items()))
    names = list(_attributable(upstream))
    config = [
        {"input": f"<{edge}>/{name}", "output": _path(name), "code": _code(task)} for name in names
    ]
    env: dict[str, Any] = {
        **task.worker.get("env", {}),
        "ATTRIBUTION_CONFIG": {"task-reference": json.dumps(config, sort_keys=True)},
    }
    artifacts = [{"name": name, "path": _path(name), "type": "file"} for name in names]
    return task.with_worker(env=env, artifacts=artifacts)


def _attributable(upstream: Task) -> Iterator[str]:
    return (name for name in upstream.artifacts if name.rpartition("/")[2] in _PACKAGES)


def _code(task: TaskDescription) -> str:
    code: str = task.sections["attribution"]["code"]
    return code


def _path(name: str) -> str:
    return f"/builds/worker/artifacts/{name.removeprefix('public/build/')}"


transforms = (each(add_packages, ATTRIBUTION),)
