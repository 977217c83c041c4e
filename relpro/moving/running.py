"""Takes a task with `run`, gives it with the section `run` of relpro."""

from collections.abc import Mapping
from posixpath import join, normpath
from typing import Any, Final

from relpro.moving.merged import chosen, merge, without
from relpro.moving.setting import Alias, Setting
from relpro.moving.texts import formatted, variable_named
from relpro.stock.run import PURGE
from relpro.stock.run_checkout import WORKDIR
from relpro.stock.run_handlers import CACHES

Data = dict[str, Any]

#: The folder of taskgraph's toolchain scripts.
_SCRIPTS: Final = "taskcluster/scripts/toolchain/"

_CHECKOUT: Final = "{checkout}"

#: The keys of a toolchain section besides those of run-task.
_TOOLCHAIN: Final = (
    "arguments",
    "resources",
    "toolchain-artifact",
    "toolchain-alias",
    "toolchain-env",
)

_HERE: Final = (
    "using",
    "command",
    "checkout",
    "cwd",
    "exec-with",
    "run-as-root",
    "use-caches",
    "workdir",
)


def run(data: Data, setting: Setting) -> Data:
    """The section, with taskgraph's defaults written out."""
    made = _when(data)
    said = made.get("run")
    if not isinstance(said, Mapping):
        return made
    alias = setting.alias(made.get("worker-type"))
    using = said.get("using")
    if using == "toolchain-script":
        return _toolchain(made, dict(said), alias, setting)
    if using == "index-search":
        return _index_search(made, said, setting)
    if using == "always-optimized":
        return {**without(made, "run"), "optimization": {"always": None}}
    if using == "run-task":
        return _run_task(made, dict(said), alias, setting)
    return made


def _when(data: Data) -> Data:
    said = data.get("when")
    if not isinstance(said, Mapping):
        return without(data, "when")
    files = said.get("files-changed")
    made = without(data, "when")
    return {**made, "optimization": {"skip-unless-changed": files}} if files else made


def _index_search(data: Data, said: Mapping[str, Any], setting: Setting) -> Data:
    def unknown(name: str) -> None:
        setting.hand(("run", "index-search"), f"`{{{name}}}` is not a parameter", "see taskgraph")

    paths = said.get("index-search") or []
    found = [formatted(str(path), variable_named, unknown) for path in paths]
    return {**without(data, "run"), "optimization": {"index-search": found}}


def _run_task(data: Data, said: Data, alias: Alias | None, setting: Setting) -> Data:
    section: Data = {"using": "run-task"}
    checkout = said.get("checkout", True)
    if checkout is not True:
        section["checkout"] = _checkout(checkout)
    section |= _cwd(said, checkout, setting)
    section |= _caches(said, setting)
    for key in ("exec-with", "run-as-root", "workdir", "command"):
        if key in said and said[key] is not False:
            section[key] = said[key]
    for key in sorted(set(said) - set(_HERE)):
        if key == "run-task-command":
            why = "`run-task: {program: ...}` of config.yml says where images have run-task"
            setting.hand(("run", key), "run-task is started otherwise", why)
        else:
            setting.left_out(
                ("run", key), f"`run: {key}`", "run-task of taskgraph does not read it"
            )
    worker = _worker(data, alias, checkout=bool(checkout))
    return {**data, "run": section, **({"worker": worker} if worker else {})}


def _checkout(said: object) -> object:
    """Several checkouts; without a `path`, taskgraph puts each at the top."""
    if not isinstance(said, Mapping):
        return bool(said)
    names = {"head-ref": "ref", "head_ref": "ref", "head-rev": "rev", "head_rev": "rev"}
    found = {}
    for prefix, more in said.items():
        made = {names.get(key, key): value for key, value in (more or {}).items()}
        found[prefix] = {"path": "", **made} if len(said) > 1 else made
    return found


def _cwd(said: Data, checkout: object, setting: Setting) -> Data:
    """The folder of the command: absolute in taskgraph, relative to the checkout in relpro."""
    cwd = said.get("cwd")
    if not cwd:
        return {"cwd": None} if checkout else {}
    text = (
        str(cwd).replace("{{", "{").replace("}}", "}") if "{{checkout}}" in str(cwd) else str(cwd)
    )
    if text == _CHECKOUT:
        return {}
    if text.startswith(f"{_CHECKOUT}/"):
        return {"cwd": normpath(text.removeprefix(f"{_CHECKOUT}/"))}
    if not text.startswith("/"):
        why = "`cwd` counts from the checkout in relpro; in full it begins with `/`"
        setting.hand(("run", "cwd"), f"`cwd` is `{text}`", why)
    return {"cwd": text}


def _caches(said: Data, setting: Setting) -> Data:
    default = (setting.config["taskgraph"].get("run") or {}).get("use-caches", ["checkout"])
    asked = said.get("use-caches", default)
    if asked is True:
        return {"use-caches": list(CACHES)}
    if not asked:
        return {"use-caches": False}
    return {} if asked == ["checkout"] else {"use-caches": asked}


def _worker(data: Data, alias: Alias | None, *, checkout: bool) -> Data:
    """The keys of the worker for which relpro has other defaults."""
    worker = dict(data.get("worker") or {})
    if alias is None:
        return worker
    if alias.implementation == "generic-worker" and checkout:
        worker.setdefault("taskcluster-proxy", False)
    if alias.implementation == "docker-worker" and not checkout:
        for key in ("retry-exit-status", "purge-caches-exit-status"):
            worker[key] = [*worker.get(key, ()), PURGE]
    return worker


def _toolchain(data: Data, said: Data, alias: Alias | None, setting: Setting) -> Data:
    docker = alias is None or alias.implementation == "docker-worker"
    workdir = said.get("workdir", WORKDIR)
    section: Data = {
        "using": "toolchain-script",
        "script": chosen(said.get("script"), lambda name: normpath(join(_SCRIPTS, str(name)))),
        "cwd": "..",
        **{key: said[key] for key in _TOOLCHAIN if key in said},
        **_caches(said, setting),
        **{key: said[key] for key in ("workdir", "run-as-root") if key in said},
    }
    for key in sorted(set(said) - {*_HERE, *_TOOLCHAIN, "script"}):
        setting.left_out(("run", key), f"`run: {key}`", "toolchain-script does not read it")
    worker = dict(data.get("worker") or {})
    prefix = (data.get("attributes") or {}).get("artifact_prefix", "public/build")
    artifacts = list(worker.get("artifacts") or ())
    if not any(one.get("name") == "public/build" for one in artifacts if isinstance(one, Mapping)):
        path = f"{workdir}/artifacts/" if docker else prefix
        artifacts.append({"name": prefix, "path": path, "type": "directory"})
        if docker:
            worker["env"] = merge({"UPLOAD_DIR": path}, worker.get("env") or {})
    worker["artifacts"] = artifacts
    if docker:
        worker.setdefault("docker-image", {"in-tree": "toolchain-build"})
    else:
        worker.setdefault("taskcluster-proxy", False)
    return {**data, "run": section, "worker": worker}
