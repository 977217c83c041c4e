"""Takes a shape, writes a relpro project of it."""

import json
from pathlib import Path
from typing import Any

from tests.performance.shape import IMAGE, PARAMETERS, Shape

_FOLDER = "/builds/worker/artifacts"
_MAR, _PARTIAL, _PACKAGE = "target.complete.mar", "target.partial.mar", "target.tar.xz"
_MAR_FORMAT = "autograph_hash_only_mar384"
_ENV = {
    "MOZ_AUTOMATION": "1",
    "MOZ_SYNTH": "1",
    "PERFHERDER": "0",
    "PRODUCT": "synth",
    "SCCACHE_DISABLE": "1",
    "UPLOAD_DIR": _FOLDER,
}


def write(shape: Shape, root: Path) -> None:
    """Write the project below `root`: configuration, kinds, and `params.json`."""
    for phase, name, kind in _kinds(shape):
        _write_kind(root, phase, name, kind)
    (root / "kinds" / "config.yml").write_text(json.dumps(_config(), indent=1))
    (root / "params.json").write_text(
        json.dumps({**PARAMETERS, "release_product": "synth"}, indent=1)
    )


def write_leaf(shape: Shape, platforms: int, root: Path) -> None:
    """Add the kind `verify`, on which nothing stands: a task for each locale of some platforms."""
    kind = _step(shape, "verify", "log.txt", "mar-signing", _MAR)
    some = list(shape.platforms[:platforms])
    kind["tasks"]["t"]["from-deps"] = {"with-attributes": {"build-platform": some}}
    _write_kind(root, "promote", "verify", kind)


def _write_kind(root: Path, phase: str, name: str, kind: dict[str, Any]) -> None:
    path = root / "kinds" / phase / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    # JSON is YAML; what is measured is generation, not the reading of a few small files.
    path.write_text(json.dumps({"description": name, **kind}, indent=1))


def _config() -> dict[str, Any]:
    def alias(implementation: str, provisioner: str, worker_type: str, os: str) -> dict[str, str]:
        return {
            "provisioner": provisioner,
            "implementation": implementation,
            "os": os,
            "worker-type": worker_type,
        }

    def script(name: str) -> dict[str, str]:
        return alias(f"scriptworker-{name}", "scriptworker-k8s", name, "scriptworker")

    return {
        "trust-domain": "synth",
        "products": ["synth"],
        "scope-prefix": "project:synth:releng",
        # Commands are the name of their kind, and are never run.
        "programs": {"known": ["*"]},
        "workers": {
            "aliases": {
                "b-linux": alias("docker-worker", "synth-{level}", "b-linux", "linux"),
                "t-linux": alias("docker-worker", "synth-{level}", "t-linux", "linux"),
                "signing": script("signing"),
                "beetmover": script("beetmover"),
                "shipit": script("shipit"),
                "succeed": alias("succeed", "built-in", "succeed", "linux"),
            }
        },
        "index": {
            "products": ["synth"],
            "types": {
                "generic": [
                    "index.synth.v2.{project}.latest.{index-product}.{job-name}",
                    "index.synth.v2.{project}.pushdate.{build-time}.{index-product}.{job-name}",
                    "index.synth.v2.{project}.pushlog-id.{pushlog-id}.{index-product}.{job-name}",
                    "index.synth.v2.{project}.revision.{head-rev}.{index-product}.{job-name}",
                ]
            },
        },
        "treeherder": {"group-names": {"B": "Builds"}},
        "task-priority": {"by-project": {"synth": "medium", "default": "low"}},
        "task-deadline-after": "1 day",
        "task-expires-after": "1 year",
        "target-tasks-method": "everything",
        "target-methods": {"everything": {"phases": ["build", "promote", "push", "ship"]}},
        "attributes": {"locale": "one locale"},
        # All upload to one place: the peer cannot say otherwise at no cost.
        "policy": {"rewriting-kinds": {"beetmover": {"object": ["**"]}}},
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


def _run_task(script: str, artifact: str, **env: Any) -> dict[str, Any]:
    """As `_docker`, in the way of taskgraph's `run-task`, whose caches need a named image."""
    caches = {"TASKCLUSTER_CACHES": "/builds/worker/dl", "MOZ_SCM_LEVEL": "3"}
    return {
        **_docker(script, artifact, **caches, **env),
        "docker-image": IMAGE,
        "command": ["/usr/local/bin/run-task", "--", "bash", "-cx", script],
        "retry-exit-status": [72],
        "purge-caches-exit-status": [72],
    }


def _kind(depends: list[str], task: dict[str, Any], *before: str, name: str) -> dict[str, Any]:
    return {
        "kind-dependencies": depends,
        "transforms": [f"relpro.stock.{module}" for module in before],
        "tasks": {name: {"shipping-product": "synth", "worker-type": "b-linux", **task}},
    }


def _from(kinds: list[str], task: dict[str, Any], *more: str) -> dict[str, Any]:
    task = {"from-deps": {}, **task}
    return _kind(kinds, task, "from_deps", *more, name="t")


def _kinds(shape: Shape) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("build", "build", _build(shape)),
        ("promote", "build-signing", _signing("build", _PACKAGE, "autograph_gpg")),
        ("promote", "l10n", _l10n(shape)),
        ("promote", "l10n-signing", _signing("l10n", _PACKAGE, "autograph_gpg")),
        ("promote", "repackage", _step(shape, "repackage", _MAR, "l10n-signing", _PACKAGE)),
        ("promote", "mar-signing", _signing("repackage", _MAR, _MAR_FORMAT)),
        ("promote", "partials", _step(shape, "partials", _PARTIAL, "mar-signing", _MAR)),
        ("promote", "partials-signing", _signing("partials", _PARTIAL, _MAR_FORMAT)),
        ("promote", "beetmover", _beetmover()),
        ("promote", "balrog", _balrog(shape)),
        ("push", "push", _push()),
        ("ship", "ship", _ship()),
    ]


def _build(shape: Shape) -> dict[str, Any]:
    platform = "{build-platform}"
    task = {
        "description": f"Build {platform}",
        "name": platform,
        "attributes": {"build-platform": platform, "build-type": "opt"},
        "treeherder": {"symbol": "B", "kind": "build", "tier": 1, "platform": f"{platform}/opt"},
        "index": {"product": "synth", "job-name": f"{platform}-opt", "rank": "build_date"},
        "optimization": {"skip-unless-changed": ["src/**", "build/**"]},
        "worker": _docker("make -C synth build", "target.tar.xz"),
        "matrix": {"build-platform": list(shape.platforms)},
    }
    return _kind([], task, "matrix", name="b")


def _signing(dep: str, path: str, signing_format: str) -> dict[str, Any]:
    task = {
        "description": "Sign {name}",
        "worker-type": "signing",
        "worker": {
            "signing-type": "release-signing",
            "max-run-time": 3600,
            "upstream-artifacts": [
                {
                    "task": dep,
                    "type": dep,
                    "paths": [f"public/build/{path}"],
                    "formats": [signing_format],
                }
            ],
        },
    }
    return _from([dep], task)


def _l10n(shape: Shape) -> dict[str, Any]:
    installer = {"artifact-reference": "<build-signing/public/build/target.tar.xz>"}
    task = {
        "description": "Repack {locale}",
        "matrix": {"locale": list(shape.locales)},
        "attributes": {"locale": "{locale}"},
        "worker": _docker(
            "make -C synth repack", "target.tar.xz", LOCALE="{locale}", INSTALLER=installer
        ),
    }
    return _from(["build-signing"], task, "matrix")


def _step(shape: Shape, script: str, artifact: str, dep: str, upstream: str) -> dict[str, Any]:
    task: dict[str, Any] = {"description": script + " {name}"}
    if shape.fetches:
        task["worker"] = _run_task(script, artifact, TARGET="{name}")
        task["fetches"] = {dep: [{"artifact": upstream, "extract": False}]}
        return _from([dep], task, "fetches")
    folder = "public" if dep == "beetmover" else "public/build"
    reference = {"artifact-reference": f"<{dep}/{folder}/{upstream}>"}
    task["worker"] = _docker(script, artifact, TARGET="{name}", UPSTREAM=reference)
    return _from([dep], task)


def _beetmover() -> dict[str, Any]:
    mar, partial = f"public/build/{_MAR}", f"public/build/{_PARTIAL}"

    def upstream(task: str, task_type: str, path: str) -> dict[str, Any]:
        return {"task": task, "type": task_type, "paths": [path], "locale": "x"}

    def place(name: str) -> dict[str, Any]:
        return {"destinations": [f"update/x/{name}"], "checksums-path": "update/x/target"}

    task = {
        "description": "Upload {name}",
        "worker-type": "beetmover",
        "from-deps": {
            "kinds": ["mar-signing", "repackage", "partials-signing"],
            "group-by": "platform-locale",
        },
        "worker": {
            "action": "push-to-candidates",
            "bucket": "release",
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
                {"task": "repackage", "locale": "x", "paths": {mar: place("unsigned.mar")}},
                {"task": "mar-signing", "locale": "x", "paths": {mar: place(_MAR)}},
                {"task": "partials-signing", "locale": "x", "paths": {partial: place(_PARTIAL)}},
            ],
        },
    }
    return _from(["mar-signing", "repackage", "partials-signing"], task)


def _balrog(shape: Shape) -> dict[str, Any]:
    kind = _step(shape, "balrog", "balrog.json", "beetmover", "manifest.json")
    task = kind["tasks"]["t"]
    task["worker-type"] = "t-linux"
    task["scopes"] = [
        "project:synth:releng:balrog:server:release",
        "project:synth:releng:balrog:action:submit-locale",
    ]
    if shape.fetches:
        task["fetches"] = {"beetmover": [{"artifact": "/public/manifest.json", "extract": False}]}
    return kind


def _push() -> dict[str, Any]:
    task = {
        "description": "push",
        "label": "push-all",
        "worker-type": "succeed",
        "from-deps": {"group-by": "all", "unique-kinds": False},
    }
    return _from(["balrog"], task)


def _ship() -> dict[str, Any]:
    task = {
        "description": "ship",
        "label": "ship-all",
        "worker-type": "shipit",
        "worker": {
            "action": "mark-as-shipped",
            "server": "production",
            "release-name": "Synth-1.0-build1",
        },
    }
    return _from(["push"], task)
