"""Takes a shape, writes a taskgraph repository of it.

It uses what taskgraph and mozilla-taskgraph ship, and two functions that every adopter has to
write: a target method, and the attribute by which tasks of one platform and locale are joined.
"""

import json
from pathlib import Path
from typing import Any

from tests.performance.shape import IMAGE, PARAMETERS, Shape

_FOLDER = "/builds/worker/artifacts"
_ENV = {"MOZ_SYNTH": "1", "PRODUCT": "synth", "UPLOAD_DIR": _FOLDER, "PERFHERDER": "0"}
_MAR, _PARTIAL = "target.complete.mar", "target.partial.mar"
_MAR_FORMAT = "autograph_hash_only_mar384"

_MODULE = """\
import mozilla_taskgraph
from taskgraph.target_tasks import register_target_task
from taskgraph.transforms.base import TransformSequence

PHASES = ("build", "promote", "push", "ship")
transforms = TransformSequence()


def register(graph_config):
    mozilla_taskgraph.register(graph_config)
    register_target_task("everything")(everything)


def everything(full, parameters, graph_config):
    return [l for l, t in full.tasks.items() if t.attributes.get("shipping_phase") in PHASES]


@transforms.add
def add_join_key(config, tasks):
    for task in tasks:
        attributes = task["attributes"]
        attributes["joinkey"] = attributes["build_platform"] + "/" + attributes["locale"]
        yield task
"""


def write(shape: Shape, root: Path) -> None:
    """Write the repository below `root`: configuration, kinds, a module, and `params.json`."""
    folder = root / "taskcluster"
    (folder / "synth_taskgraph").mkdir(parents=True, exist_ok=True)
    (folder / "synth_taskgraph" / "__init__.py").write_text(_MODULE)
    (folder / "config.yml").write_text(json.dumps(_config(), indent=1))
    for name, kind in _kinds(shape).items():
        path = folder / "kinds" / name / "kind.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kind, indent=1))
    (root / "params.json").write_text(json.dumps(_parameters(), indent=1))


def _config() -> dict[str, Any]:
    def alias(implementation: str, provisioner: str, worker_type: str, os: str) -> dict[str, str]:
        where = {"provisioner": provisioner, "worker-type": worker_type}
        return {**where, "implementation": implementation, "os": os}

    def script(implementation: str, worker_type: str) -> dict[str, str]:
        return alias(implementation, "scriptworker-k8s", worker_type, "scriptworker")

    return {
        "trust-domain": "synth",
        "treeherder": {"group-names": {"B": "Builds"}},
        "index": {"products": ["synth"]},
        "task-priority": {"by-project": {"synth": "medium", "default": "low"}},
        "task-deadline-after": "1 day",
        "taskgraph": {
            "register": "synth_taskgraph:register",
            "repositories": {"synth": {"name": "S"}},
        },
        "scriptworker": {"scope-prefix": "project:synth:releng"},
        "workers": {
            "aliases": {
                "b-linux": alias("docker-worker", "synth-{level}", "b-linux", "linux"),
                "t-linux": alias("docker-worker", "synth-{level}", "t-linux", "linux"),
                "signing": script("scriptworker-signing", "signing"),
                "beetmover": script("beetmover", "beetmover"),
                "shipit": script("scriptworker-shipit", "shipit"),
                "succeed": alias("succeed", "built-in", "succeed", "linux"),
            }
        },
    }


def _parameters() -> dict[str, Any]:
    return {
        **PARAMETERS,
        "base_ref": "main",
        "base_rev": "a" * 40,
        "build_number": 1,
        "do_not_optimize": [],
        "enable_always_target": True,
        "existing_tasks": {},
        "filters": ["target_tasks_method"],
        "head_tag": "",
        "next_version": None,
        "optimize_strategies": None,
        "optimize_target_tasks": True,
        "target_tasks_method": "everything",
    }


def _kinds(shape: Shape) -> dict[str, dict[str, Any]]:
    return {
        "build": _build(shape),
        "build-signing": _signing("build", "target.tar.xz", "autograph_gpg"),
        "l10n": _l10n(shape),
        "l10n-signing": _signing("l10n", "target.tar.xz", "autograph_gpg"),
        "repackage": _step(shape, "repackage", _MAR, "l10n-signing", "target.tar.xz"),
        "mar-signing": _signing("repackage", _MAR, _MAR_FORMAT),
        "partials": _step(shape, "partials", _PARTIAL, "mar-signing", _MAR),
        "partials-signing": _signing("partials", _PARTIAL, _MAR_FORMAT),
        "beetmover": _beetmover(),
        "balrog": _balrog(shape),
        "push": _push(),
        "ship": _ship(),
    }


def _docker(script: str, artifact: str, **env: Any) -> dict[str, Any]:
    return {
        "docker-image": {"indexed": "synth.cache.level-3.docker-images.v2.base.latest"},
        "max-run-time": 7200,
        "chain-of-trust": True,
        "env": {**_ENV, **env},
        "caches": [{"type": "persistent", "name": "dl", "mount-point": "/builds/worker/dl"}],
        "artifacts": [
            {"type": "file", "name": f"public/build/{name}", "path": f"{_FOLDER}/{name}"}
            for name in (artifact, "log.json")
        ],
        "command": ["/bin/bash", "-lc", script],
    }


def _kind(depends: list[str], name: str, task: dict[str, Any], *before: str) -> dict[str, Any]:
    stock = [f"taskgraph.transforms.{module}" for module in before if "_taskgraph" not in module]
    own = [module for module in before if "_taskgraph" in module]
    kind = {
        "loader": "taskgraph.loader.transform:loader",
        "transforms": [*stock, *own, "taskgraph.transforms.task"],
        "tasks": {name: {"worker-type": "b-linux", **task}},
    }
    return {**kind, "kind-dependencies": depends} if depends else kind


def _from(kinds: list[str], task: dict[str, Any], *more: str, **from_deps: Any) -> dict[str, Any]:
    section = {"kinds": kinds, "copy-attributes": True, **from_deps}
    context = ["task_context"] if "task-context" in task else []
    task = {"shipping-phase": "promote", "from-deps": section, **task}
    return _kind(kinds, task.pop("name", "t"), task, "from_deps", *context, *more)


def _build(shape: Shape) -> dict[str, Any]:
    platform = "{matrix[platform]}"
    task = {
        "description": f"Build {platform}",
        "shipping-phase": "build",
        "attributes": {"build_platform": platform, "build_type": "opt"},
        "treeherder": {"symbol": "B", "kind": "build", "tier": 1, "platform": f"{platform}/opt"},
        "index": {"product": "synth", "job-name": f"{platform}-opt", "rank": "build_date"},
        "optimization": {"skip-unless-changed": ["src/**", "build/**"]},
        "worker": _docker("make -C synth build", "target.tar.xz"),
        "matrix": {
            "platform": list(shape.platforms),
            "set-name": platform,
            "substitution-fields": ["name", "description", "attributes", "treeherder", "index"],
        },
    }
    return _kind([], "b", task, "matrix")


def _signing(dep: str, path: str, signing_format: str) -> dict[str, Any]:
    upstream = {
        "taskId": {"task-reference": f"<{dep}>"},
        "taskType": dep,
        "paths": [f"public/build/{path}"],
        "formats": [signing_format],
    }
    task = {
        "description": "Sign {name}",
        "task-context": {"substitution-fields": ["description"]},
        "worker-type": "signing",
        "worker": {
            "signing-type": "release-signing",
            "max-run-time": 3600,
            "upstream-artifacts": [upstream],
        },
    }
    return _from([dep], task)


def _l10n(shape: Shape) -> dict[str, Any]:
    locale = "{matrix[locale]}"
    installer = {"artifact-reference": "<build-signing/public/build/target.tar.xz>"}
    task = {
        "description": f"Repack {locale}",
        "attributes": {"locale": locale},
        "worker": _docker(
            "make -C synth repack", "target.tar.xz", LOCALE=locale, INSTALLER=installer
        ),
        "matrix": {
            "locale": list(shape.locales),
            "substitution-fields": ["description", "attributes.locale", "worker.env"],
        },
    }
    return _from(["build-signing"], task, "matrix", "synth_taskgraph")


def _step(shape: Shape, script: str, artifact: str, dep: str, upstream: str) -> dict[str, Any]:
    task: dict[str, Any] = {
        "description": script + " {name}",
        "task-context": {"substitution-fields": ["description", "worker.env.TARGET"]},
    }
    if not shape.fetches:
        folder = "public" if dep == "beetmover" else "public/build"
        reference = {"artifact-reference": f"<{dep}/{folder}/{upstream}>"}
        task["worker"] = _docker(script, artifact, TARGET="{name}", UPSTREAM=reference)
        return _from([dep], task)
    worker = _docker(script, artifact, TARGET="{name}")
    del worker["command"]
    task["worker"] = {**worker, "docker-image": IMAGE}
    task["run"] = {"using": "run-task", "checkout": False, "use-caches": False, "command": script}
    fetches = {dep: [{"artifact": upstream, "extract": False}]}
    return _from([dep], task, "run", fetches=fetches)


def _beetmover() -> dict[str, Any]:
    mar, partial = f"public/build/{_MAR}", f"public/build/{_PARTIAL}"

    def reference(task: str) -> dict[str, Any]:
        return {"taskId": {"task-reference": f"<{task}>"}, "locale": "x"}

    def upstream(task: str, task_type: str, path: str) -> dict[str, Any]:
        return {**reference(task), "taskType": task_type, "paths": [path]}

    def place(name: str) -> dict[str, Any]:
        return {"destinations": [f"update/x/{name}"], "checksums_path": "update/x/target"}

    task = {
        "description": "Upload {name}",
        "task-context": {"substitution-fields": ["description"]},
        "attributes": {"artifact_prefix": "public"},
        "worker-type": "beetmover",
        "worker": {
            "max-run-time": 1800,
            "release-properties": {
                "app-name": "synth",
                "app-version": "1.0",
                "branch": "release",
                "build-id": "20260101000000",
                "hash-type": "sha512",
                "platform": "all",
            },
            "upstream-artifacts": [
                upstream("repackage", "repackage", mar),
                upstream("mar-signing", "signing", mar),
                upstream("partials-signing", "signing", partial),
            ],
            "artifact-map": [
                {**reference("repackage"), "paths": {mar: place("unsigned.mar")}},
                {**reference("mar-signing"), "paths": {mar: place(_MAR)}},
                {**reference("partials-signing"), "paths": {partial: place(_PARTIAL)}},
            ],
        },
        "scopes": [
            "project:synth:releng:beetmover:bucket:release",
            "project:synth:releng:beetmover:action:push-to-candidates",
        ],
    }
    kinds = ["mar-signing", "repackage", "partials-signing"]
    return _from(kinds, task, **{"group-by": {"attribute": "joinkey"}})


def _balrog(shape: Shape) -> dict[str, Any]:
    kind = _step(shape, "balrog", "balrog.json", "beetmover", "manifest.json")
    kind["tasks"]["t"]["worker-type"] = "t-linux"
    kind["tasks"]["t"]["scopes"] = [
        "project:synth:releng:balrog:server:release",
        "project:synth:releng:balrog:action:submit-locale",
    ]
    return kind


def _push() -> dict[str, Any]:
    task = _last("push", "succeed", {})
    return _from(["balrog"], task, **{"group-by": "all", "unique-kinds": False, "set-name": False})


def _ship() -> dict[str, Any]:
    task = _last("ship", "shipit", {"release-name": "Synth-1.0-build1"})
    return _from(["push"], task, **{"set-name": False})


def _last(phase: str, worker_type: str, worker: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "all",
        "description": phase,
        "shipping-phase": phase,
        "worker-type": worker_type,
        "worker": worker,
    }
