"""Turn signed packages into what people install and what updates them."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

#: `formats`: which of `FORMATS` to make.
REPACKAGE = Section("repackage", {Required("formats"): [text]}, required=True)

#: Stands for the package of the platform: the attribute `package`.
PACKAGE = "package"

#: Format -> (what it is made of, what comes of it), by prefix of the platform where it matters.
FORMATS: Mapping[str, Mapping[str, tuple[tuple[str, ...], str]]] = {
    "mar": {
        "linux": ((PACKAGE,), "target.complete.mar"),
        "macosx": (("target.tar.gz",), "target.complete.mar"),
        "win": (("target.zip",), "target.complete.mar"),
    },
    "dmg": {"macosx": (("target.tar.gz",), "target.dmg")},
    "pkg": {"macosx": (("target.pkg",), "target.pkg")},
    "installer": {"win": (("target.zip", "setup.exe"), "target.installer.exe")},
    "installer-stub": {"win": (("setup-stub.exe",), "target.stub-installer.exe")},
    "deb": {"linux": ((PACKAGE,), "target.deb")},
    "rpm": {"linux": ((PACKAGE,), "target.rpm")},
    "msi": {"win": (("target.installer.exe",), "target.installer.msi")},
}


def add_formats(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The command that makes each format, its inputs, and the artifacts that come of it."""
    folder = _folder(task)
    recipes = [_recipe(task, name) for name in task.sections["repackage"]["formats"]]
    inputs = dict.fromkeys(file for needs, _ in recipes for file in needs)
    outputs = [made for _, made in recipes]
    env = {
        **task.worker.get("env", {}),
        **{
            _variable(file): {"artifact-reference": f"<signing/{folder}/{file}>"} for file in inputs
        },
    }
    return task.with_worker(
        env=env,
        command=["/builds/worker/bin/repackage", *task.sections["repackage"]["formats"]],
        artifacts=[_artifact(folder, file) for file in outputs],
    )


def _folder(task: TaskDescription) -> str:
    """Where the packages are: beside others, in a folder of their locale or partner build."""
    prefix = task.attributes.get("artifact_prefix", "public/build")
    inner = task.attributes.get("repack_id") or task.attributes.get("locale")
    return f"{prefix}/{inner}" if inner else prefix


def _recipe(task: TaskDescription, name: str) -> tuple[tuple[str, ...], str]:
    platform = str(task.attributes["build_platform"])
    by_platform = FORMATS.get(name)
    if by_platform is None:
        remedy = f"there are: {', '.join(FORMATS)}"
        raise Refusal(f"no package format is called `{name}`", remedy, ("repackage", "formats"))
    for prefix, recipe in by_platform.items():
        if platform.startswith(prefix):
            needs, made = recipe
            package = task.attributes.get("package", "")
            return tuple(package if file == PACKAGE else file for file in needs), made
    what = f"package format `{name}` cannot be made for `{platform}`"
    raise Refusal(what, path=("repackage", "formats"))


def _variable(file: str) -> str:
    return "INPUT_" + file.upper().replace(".", "_").replace("-", "_")


def _artifact(folder: str, file: str) -> Mapping[str, Any]:
    return {
        "name": f"{folder}/{file}",
        "path": f"/builds/worker/artifacts/{file}",
        "type": "file",
    }


transforms = (each(add_formats, REPACKAGE),)
