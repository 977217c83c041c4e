"""Takes a command, gives the task that checks out the tree, fetches, and runs it there.

```yaml
transforms: [relpro.stock.run, relpro.stock.fetches]
tasks:
  build:
    run:
      using: run-task
      command: make package         # a line of bash, or a list of words
      cwd: app                      # below the checkout; default: its top
      checkout: true                # the default; or {PREFIX: {path, ref, rev}}, or false
      use-caches: [checkout, pip]   # also cargo, npm, uv; default: checkout, where there is one
      exec-with: bash               # or powershell
      run-as-root: false
      sparse-profile: build/profile
      workdir: /builds/worker       # of docker-worker
      env: {MODE: release}
```

The worker is docker-worker, whose image has `/usr/local/bin/run-task`, or generic-worker, which
mounts run-task, and fetch-content where the task has `fetches`: the decision task publishes both.

`repositories` of the configuration are what can be checked out: prefix -> `name`, and for those
that are not the project's own, which comes first, `default-repository` and `default-ref`. `true`
checks out the first. Several lie side by side, each in its `path-prefix`, or in its prefix.
`ssh-secret-name` gives the task the scope of that secret. The task is tried again on exit status
72, its caches purged. Names of caches end in a digest of run-task: a new one has new caches.

`using` may name a module of the project instead, which has a `SCHEMA` of its section and a function
`run(section)` that gives a section for `run-task`. Source: taskgraph, run-task.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from posixpath import dirname, isabs, join
from typing import Any

import attrs
from voluptuous import Required

from relpro.model.config import CheckedOut
from relpro.model.task import TaskDescription
from relpro.run_task import PROGRAMS
from relpro.stock.candidates import unknown_name
from relpro.stock.run_handlers import CACHES, handled
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

RUN = Section("run", {Required("using"): text, str: object})

#: With this status run-task asks for its caches to be purged. Source: run_task.py, PURGE_CACHES.
PURGE = 72

#: Where the image of docker-worker has run-task, and the folder in which tasks work.
_IN_IMAGE = "/usr/local/bin/run-task"
_WORKDIR = "/builds/worker"

#: The Python of Windows workers. Source: taskgraph, run-task on generic-worker.
_WINDOWS_PYTHON = "C:/mozilla-build/python3/python3.exe"

_EXEC: Mapping[str, Sequence[str]] = {
    "bash": ("bash", "-cx"),
    "powershell": ("powershell.exe", "-ExecutionPolicy", "Bypass"),
}


@attrs.frozen
class _Checkout:
    """A repository of a task: where it goes, and which revision or ref."""

    repository: CheckedOut
    path: str
    facts: Mapping[str, str]


@attrs.frozen
class _Machine:
    """Where the command runs: in a container, or on a machine."""

    docker: bool
    windows: bool
    workdir: str

    @property
    def checkout(self) -> str:
        """The folder of the checkout."""
        if self.docker:
            return join(self.workdir, "checkouts/vcs")
        return "build/src" if self.windows else "checkouts/vcs"

    def cache(self, name: str) -> str:
        """The folder of a cache."""
        return dirname(self.checkout) if name == "checkout" else join(self.workdir, ".cache", name)


def run(ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description whose worker runs the command of the section `run` by run-task."""
    section = description.sections.get("run")
    alias = ctx.config.workers.get(description.worker_type)
    if section is None or alias is None:  # an unknown alias is told of when the task is defined
        return description
    if alias.implementation not in {"docker-worker", "generic-worker"}:
        what = f"`{alias.implementation}` runs no commands"
        raise Refusal(what, "choose a worker of docker-worker or generic-worker", ("worker-type",))
    if "command" in description.worker:
        what = "`worker` has a command of its own"
        raise Refusal(what, "leave it to `run`", ("worker", "command"))
    asked = handled(ctx, section)
    docker = alias.implementation == "docker-worker"
    workdir = asked.get("workdir", _WORKDIR) if docker else ""
    machine = _Machine(docker, alias.os == "windows", workdir)
    checkouts = tuple(_checkouts(ctx, asked.get("checkout", True), machine))
    words = (*_options(asked, checkouts, machine), "--", *_command(asked))
    caches = _caches(asked, checkouts)
    env = {
        **_env(ctx, checkouts, machine),
        **{name: machine.cache(one) for one in caches if (name := CACHES[one])},
        **asked.get("env", {}),
        **description.worker.get("env", {}),
    }
    if docker and caches:
        env["TASKCLUSTER_CACHES"] = ";".join(sorted(map(machine.cache, caches)))
        if ctx.parameters.level == "1":
            env["TASKCLUSTER_UNTRUSTED_CACHES"] = "1"
    named = {f"{_CACHE_NAMES.get(one, one)}{_suffix(one, checkouts)}": one for one in caches}
    keys = _worker_keys(description, machine, checkouts, words)
    places = [{"name": name, "place": machine.cache(one)} for name, one in named.items()]
    return description.with_worker(env=env, **keys, **_places(description, machine, places))


_CACHE_NAMES = {"checkout": "checkouts"}


def _checkouts(ctx: Context, said: Any, machine: _Machine) -> Iterator[_Checkout]:
    known = {one.prefix: one for one in ctx.config.repositories}
    own = ctx.config.repositories[0]
    wanted: Mapping[str, Mapping[str, str]] = said if isinstance(said, Mapping) else {}
    if said is True:
        wanted = {own.prefix: {}}
    for prefix, more in wanted.items():
        if prefix not in known:
            raise unknown_name("of `repositories`", prefix, known, ("run", "checkout", prefix))
        one = known[prefix]
        inside = more.get("path", (one.path or prefix) if len(wanted) > 1 else "")
        path = join(machine.checkout, inside).rstrip("/")
        yield _Checkout(one, path, _facts(ctx, one, more, own=one is own))


def _facts(
    ctx: Context, one: CheckedOut, said: Mapping[str, str], *, own: bool
) -> Mapping[str, str]:
    """What run-task is told of a repository, by the end of the variable's name."""
    known = ctx.parameters
    if own:
        facts = {
            "BASE_REPOSITORY": known["base_repository"],
            "HEAD_REPOSITORY": known["head_repository"],
            "HEAD_REV": known["head_rev"],
            "HEAD_REF": known["head_ref"],
            "REPOSITORY_TYPE": known["repository_type"],
        }
    else:
        if not one.url:
            what = f"repository `{one.prefix}` has no address"
            remedy = "give it a `default-repository` in the configuration"
            raise Refusal(what, remedy, ("run", "checkout", one.prefix))
        facts = {
            "BASE_REPOSITORY": one.url,
            "HEAD_REPOSITORY": one.url,
            "HEAD_REF": one.ref,
            "REPOSITORY_TYPE": "git",
        }
    if "rev" in said or "ref" in said:
        facts |= {"HEAD_REV": said.get("rev", ""), "HEAD_REF": said.get("ref", "")}
    if not (facts.get("HEAD_REV") or facts.get("HEAD_REF")):
        what = f"nothing says which revision of `{one.prefix}` to check out"
        remedy = "give a `ref` or `rev`, or a `default-ref` in the configuration"
        raise Refusal(what, remedy, ("run", "checkout"))
    facts["SSH_SECRET_NAME"] = one.ssh_secret
    return {name: str(value) for name, value in facts.items() if value}


def _options(
    asked: Mapping[str, Any], checkouts: Sequence[_Checkout], machine: _Machine
) -> Iterator[str]:
    if asked.get("run-as-root"):
        yield from ("--user=root", "--group=root")
    for one in checkouts:
        yield f"--{one.repository.prefix}-checkout={one.path}"
    if checkouts and (profile := asked.get("sparse-profile")):
        yield f"--{checkouts[0].repository.prefix}-sparse-profile={profile}"
    top = checkouts[0].path if len(checkouts) == 1 else machine.checkout if checkouts else ""
    cwd = asked.get("cwd", "")
    if isabs(cwd) or top or cwd:
        yield f"--task-cwd={join(top, cwd).rstrip('/')}"


def _command(asked: Mapping[str, Any]) -> Sequence[Any]:
    command = asked["command"]
    if isinstance(command, list | tuple):
        return command
    return (*_EXEC[asked.get("exec-with", "bash")], command)


def _caches(asked: Mapping[str, Any], checkouts: Sequence[_Checkout]) -> tuple[str, ...]:
    said = asked.get("use-caches", True)
    wanted = ("checkout",) if said is True else tuple(said or ())
    return tuple(one for one in wanted if checkouts or one != "checkout")


def _suffix(name: str, checkouts: Sequence[_Checkout]) -> str:
    several = ""
    if name == "checkout" and len(checkouts) > 1:
        places = sorted((one.repository.prefix, one.path) for one in checkouts)
        several = f"-{hashlib.sha256(json.dumps(places).encode()).hexdigest()[:10]}"
    return f"{several}-{_digest_of_run_task()}"


@cache
def _digest_of_run_task() -> str:
    return hashlib.sha256(PROGRAMS["run-task"].read_bytes()).hexdigest()[:20]


def _env(ctx: Context, checkouts: Sequence[_Checkout], machine: _Machine) -> Mapping[str, Any]:
    env: dict[str, Any] = {"MOZ_SCM_LEVEL": ctx.parameters.level}
    if not checkouts:
        return env
    names = {one.repository.prefix: one.repository.name for one in checkouts}
    env |= {"REPOSITORIES": json.dumps(names, sort_keys=True), "VCS_PATH": machine.checkout}
    for one in checkouts:
        prefix = one.repository.prefix.upper()
        env |= {f"{prefix}_{name}": value for name, value in one.facts.items()}
        if one.facts["REPOSITORY_TYPE"] == "hg":
            env["HG_STORE_PATH"] = join(dirname(machine.checkout), "hg-store")
    return env


def _worker_keys(
    description: TaskDescription,
    machine: _Machine,
    checkouts: Sequence[_Checkout],
    words: Sequence[Any],
) -> Mapping[str, Any]:
    worker = description.worker
    keys: dict[str, Any] = {"command": _started(machine, words)}
    if checkouts:
        keys["taskcluster_proxy"] = worker.get("taskcluster-proxy", True)
        for key in ("retry-exit-status", "purge-caches-exit-status"):
            statuses = dict.fromkeys((*worker.get(key, ()), PURGE))
            keys[key.replace("-", "_")] = list(statuses)
        secrets = [one.repository.ssh_secret for one in checkouts if one.repository.ssh_secret]
        if secrets:
            keys["secrets"] = list(dict.fromkeys((*worker.get("secrets", ()), *secrets)))
    return keys


def _started(machine: _Machine, words: Sequence[Any]) -> list[Any]:
    """The command as the worker takes it."""
    if machine.docker:
        return [_IN_IMAGE, *words]
    if not machine.windows:
        return [["chmod", "+x", "run-task"], ["./run-task", *words]]
    line = (_WINDOWS_PYTHON, "run-task", *words)
    if all(isinstance(word, str) for word in line):
        return [subprocess.list2cmdline(line)]
    texts = [word if isinstance(word, str) else word["task-reference"] for word in line]
    return [{"task-reference": subprocess.list2cmdline(texts)}]


def _places(
    description: TaskDescription, machine: _Machine, caches: Sequence[Mapping[str, str]]
) -> Mapping[str, Any]:
    """The caches of a container, or the mounts of a machine, programs among them."""
    worker = description.worker
    if machine.docker:
        made = [{"name": one["name"], "mount-point": one["place"]} for one in caches]
        return {"caches": [*worker.get("caches", ()), *made]} if made else {}
    programs = ["run-task", *(["fetch-content"] if description.sections.get("fetches") else ())]
    mounted = [
        {"content": {"task": "decision", "artifact": f"public/{name}"}, "file": name}
        for name in programs
    ]
    folders = [{"cache-name": one["name"], "directory": one["place"]} for one in caches]
    return {"mounts": [*worker.get("mounts", ()), *folders, *mounted]}


transforms = (each(run, RUN),)
