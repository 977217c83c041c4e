"""Takes a mozharness script, gives the section for run-task: `run: {using: mozharness}`.

```yaml
run:
  using: mozharness
  script: mozharness/scripts/release/generate-checksums.py   # below testing/
  config: [builds/releng_base_linux_64_builds.py]  # below testing/mozharness/configs
  config-paths: [comm/mozharness]                  # or below one of these
  actions: [build]
  checkout: {comm: {path: comm}, gecko: {}}        # of several repositories; by default the own one
  options: ['version={version}']                   # without their dashes
  custom-build-variant-cfg: asan-tc                # another configuration of the same build
  extra-config: {stage_product: browser}           # null values are left out
  job-script: taskcluster/scripts/builder/build-linux.sh   # null: the same
  keep-artifacts: false                            # the build is not uploaded
  need-xvfb: true                                  # the script starts a display
  secrets: true                                    # secrets of builds of this level
  skip-artifacts: true                             # the task lists its artifacts itself
  tooltool-downloads: public                       # or internal: what tooltool may fetch
  use-magic-mh-args: false                         # generic-worker: no branch, no folder
  env: {MOZ_DEBUG: null}                           # null values are left out
```

The script gets everything through variables, and puts artifacts and logs into two folders. On
Windows and Macs there is no such script: mach starts mozharness there. Source:
gecko_taskgraph/transforms/job/mozharness.py, taskcluster/scripts/builder/build-linux.sh.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.config import WorkerAlias
from relpro.model.parameters import Parameters
from relpro.values import OneOf, flag, text

SCHEMA = {
    Required("script"): text,
    Required("config"): [text],
    Optional("config-paths"): [text],
    Optional("actions"): [text],
    Optional("checkout"): OneOf(flag, {str: object}),
    Optional("options"): [text],
    Optional("custom-build-variant-cfg"): OneOf(None, text),
    Optional("extra-config"): {str: object},
    Optional("job-script"): OneOf(None, text),
    Optional("keep-artifacts"): flag,
    Optional("need-xvfb"): flag,
    Optional("secrets"): flag,
    Optional("skip-artifacts"): flag,
    Optional("tooltool-downloads"): OneOf(None, "public", "internal"),
    Optional("use-magic-mh-args"): flag,
    Optional("run-as-root"): flag,
    Optional("env"): {str: object},
    Optional("use-caches"): OneOf(flag, [text]),
}

#: With this status mozharness requests a retry (TBPL_RETRY).
_RETRY = 4

#: The folder of build-linux.sh in the images.
_WORKDIR = "/builds/worker"

_SCRIPT = "taskcluster/scripts/builder/build-linux.sh"

#: Key of the section -> its variable.
_VARIABLES = {
    "config": "MOZHARNESS_CONFIG",
    "actions": "MOZHARNESS_ACTIONS",
    "options": "MOZHARNESS_OPTIONS",
    "config-paths": "MOZHARNESS_CONFIG_PATHS",
}


def run(
    section: Mapping[str, Any], parameters: Parameters, place: WorkerAlias
) -> Mapping[str, Any]:
    """The section for `using: run-task`."""
    more = {**_said(section.get("extra-config", {})), "objdir": "obj-build"}
    extra = json.dumps(more, sort_keys=True)
    common = {"EXTRA_MOZHARNESS_CONFIG": extra, "MH_BRANCH": parameters.project}
    own = _said(section.get("env", {}))
    kept = ("checkout", "use-caches", "run-as-root")
    given: dict[str, Any] = {key: section[key] for key in kept if key in section}
    given.update(_tooltool(section, place))
    if section.get("secrets"):
        secrets = f"secrets:get:project/releng/gecko/build/level-{parameters.level}/*"
        given["scopes"] = [*given.get("scopes", ()), secrets]
    if place.implementation == "docker-worker":
        env = {**_in_container(section), **common, **own}
        command = f"${{GECKO_PATH}}/{section.get('job-script') or _SCRIPT}"
        worker = {"retry-exit-status": [_RETRY], **_made(section, *_CONTAINER)}
        return {**given, "command": command, "cwd": None, "env": env, "worker": worker}
    env = {"MOZ_SIMPLE_PACKAGE_NAME": "target", **common, **own}
    words = list(_on_machine(section, parameters, place))
    line = words if place.os == "windows" else " ".join(words)
    worker = _made(section, *_MACHINE)
    return {**given, "command": line, "cwd": None, "env": env, "worker": worker}


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


#: The folders of logs and of artifacts.
_CONTAINER = (f"{_WORKDIR}/logs/", f"{_WORKDIR}/artifacts/")
_MACHINE = ("logs", "public/build")

_TOOLTOOL = "project:releng:services/tooltool/api/download"


def _made(section: Mapping[str, Any], logs: str, made: str) -> dict[str, Any]:
    """The keys of the worker for artifacts and logs."""
    known = [{"name": "public/logs", "path": logs, "type": "directory"}]
    if section.get("skip-artifacts"):
        return {"artifacts": known}
    known.append({"name": "public/build", "path": made, "type": "directory"})
    return {"artifacts": known, "env": {"UPLOAD_DIR": made}}


def _tooltool(section: Mapping[str, Any], place: WorkerAlias) -> Mapping[str, Any]:
    """The settings of a task for tooltool, which caches its downloads."""
    said = section.get("tooltool-downloads")
    docker = place.implementation == "docker-worker"
    if said is None or not (docker or said == "internal"):
        return {}
    kept = {"folders": {"tooltool-cache": "TOOLTOOL_CACHE"}} if docker else {}
    seen = ("public", "internal") if said == "internal" else ("public",)
    return {**kept, "scopes": [f"{_TOOLTOOL}/{one}" for one in seen]}


def _in_container(section: Mapping[str, Any]) -> Mapping[str, str]:
    env = {
        "WORKSPACE": f"{_WORKDIR}/workspace",
        "MOZHARNESS_SCRIPT": section["script"],
        "PYTHONUNBUFFERED": "1",
        "NEED_XVFB": "true" if section.get("need-xvfb") else "false",
    }
    env |= {name: " ".join(section[key]) for key, name in _VARIABLES.items() if section.get(key)}
    if variant := section.get("custom-build-variant-cfg"):
        env["MH_CUSTOM_BUILD_VARIANT_CFG"] = variant
    if script := section.get("job-script"):
        env["JOB_SCRIPT"] = script
    if not section.get("keep-artifacts", True):
        env |= {"DIST_TARGET_UPLOADS": "", "DIST_UPLOADS": ""}
    return env


def _on_machine(
    section: Mapping[str, Any], parameters: Parameters, place: WorkerAlias
) -> Iterator[str]:
    windows = place.os == "windows"
    tree = "%GECKO_PATH%" if windows else "$GECKO_PATH"
    yield "c:/mozilla-build/python3/python3.exe" if windows else "python3"
    yield from (f"{tree}/mach", "python", f"{tree}/testing/{section['script']}")
    yield from (f"--extra-config-path {tree}/{path}" for path in section.get("config-paths", ()))
    for name in section["config"]:
        yield from ("--config", name)
    magic = section.get("use-magic-mh-args", True)
    if magic:
        yield from ("--branch", parameters.project)
    if windows and magic:
        yield from ("--work-dir", r"%cd:Z:=z:%\workspace")
    yield from (f"--{word}" for word in (*section.get("actions", ()), *section.get("options", ())))
    if variant := section.get("custom-build-variant-cfg"):
        yield from ("--custom-build-variant", variant)
