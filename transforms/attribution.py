"""Takes installers and disk images, adds a code for the source of the download."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from voluptuous import Required

from relpro.model.task import Task, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from transforms._disk_images import attribute_images
from transforms._run import run_of

#: `code`: the text that is written into the packages, in the form of a URL query.
ATTRIBUTION = Section("attribution", {Required("code"): text}, required=True)

#: The packages that have space for a code.
_PACKAGES = ("target.installer.exe", "target.stub-installer.exe", "target.dmg")

_FETCHED, _MADE = "/builds/worker/fetches", "/builds/worker/artifacts"


def add_packages(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The command that writes the code, its fetches, and the resulting artifacts."""
    edge, upstream = next(iter(task.upstream.items()))
    names = list(_attributable(upstream))
    files = [name.rpartition("/")[2] for name in names]
    run = {**run_of(task), **_run(files, task.sections["attribution"]["code"])}
    fetches = {
        edge: [name.removeprefix("public/build/") for name in names],
        **task.sections.get("fetches", {}),
    }
    task = attrs.evolve(task, sections={**task.sections, "run": run, "fetches": fetches})
    artifacts = [
        {"name": name, "path": f"{_MADE}/{file}", "type": "file"}
        for name, file in zip(names, files, strict=True)
    ]
    return task.with_worker(artifacts=artifacts)


def _attributable(upstream: Task) -> Iterator[str]:
    return (name for name in upstream.artifacts if name.rpartition("/")[2] in _PACKAGES)


def _run(files: Sequence[str], code: str) -> Mapping[str, Any]:
    """The command: a script for installers, the program `dmg` for disk images."""
    if files == ["target.dmg"]:
        order = {"input": f"{_FETCHED}/{files[0]}", "output": f"{_MADE}/{files[0]}"}
        return {"using": "run-task", "command": attribute_images([{**order, "attribution": code}])}
    words = ["python", "python/mozrelease/mozrelease/attribute_builds.py", "--attribution", code]
    inputs = [word for file in files for word in ("--input", f"{_FETCHED}/{file}")]
    return {"using": "run-task", "command": ["./mach", *words, "--output", _MADE, *inputs]}


transforms = (each(add_packages, ATTRIBUTION),)
