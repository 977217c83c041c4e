"""Takes a command, gives a task that checks out the tree, fetches files, and runs it there.

```yaml
transforms: [relpro.stock.run, relpro.stock.fetches]
tasks:
  build:
    run:
      using: run-task
      command: make package         # a line of bash, or a list of words
      cwd: app                      # below the checkout; default: its top
      checkout: true                # the default; or {PREFIX: {path, ref, rev}}, or false
      use-caches: [checkout, pip]   # also cargo, npm, uv; default: checkout, if there is one
      exec-with: bash               # or powershell
      run-as-root: false
      sparse-profile: build/profile
      workdir: /builds/worker       # of docker-worker
      env: {MODE: release}
      folders: {data: DATA_CACHE}   # further caches below workdir -> a variable for the path
      scopes: [widget:get:data]     # scopes that the command needs
```

The worker is docker-worker, whose image has `/usr/local/bin/run-task`, or generic-worker, which
mounts run-task (and fetch-content, if the task has `fetches`); the decision task publishes both.

`repositories` of the configuration lists what can be checked out: prefix -> `name`, and, except for
the first, which is the project's own, `default-repository` and `default-ref`. `checkout: true`
checks out the first. Several repositories are checked out side by side, each in its `path-prefix`,
or in its prefix. With `ssh-secret-name`, the task gets the scope of that secret. On exit status 72
the task is retried and its caches are purged. Names of caches end in a digest of run-task, so a new
run-task has new caches. If images bring their own run-task, `run-task` of the configuration
describes how to start it. `cwd: null` runs the command in the working directory of the image.

`using` may also name a module of the project, by its dotted name or by its short name in `run-task:
{using: ...}` of the configuration. The module has a `SCHEMA` of its section and a function
`run(section, parameters, place)` that returns a section for `run-task`; `place` is the worker
alias. The result may have `worker`, keys for the worker: lists and mappings are merged; for single
values, those of the task win. Source: taskgraph, run-task.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from posixpath import isabs, join
from typing import Any

import attrs
import orjson
from voluptuous import Required

from relpro.model.config import WorkerAlias
from relpro.model.run_task import RunTaskSettings
from relpro.model.task import Json, TaskDescription
from relpro.stock.run_caches import Place, places_of
from relpro.stock.run_checkout import WORKDIR, Checkout, Machine, checkouts_of, environment_of
from relpro.stock.run_handlers import handled
from relpro.stock.run_settings import run_task_settings
from relpro.stock.workers.diagnose import demand_values
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import text

RUN = Section("run", {Required("using"): text, str: object})

#: With this status run-task requests that its caches are purged. Source: run_task.py, PURGE_CACHES.
PURGE = 72

#: The Python of Windows workers. Source: taskgraph, run-task on generic-worker.
_WINDOWS_PYTHON = "C:/mozilla-build/python3/python3.exe"

_EXEC: Mapping[str, Sequence[str]] = {
    "bash": ("bash", "-cx"),
    "powershell": ("powershell.exe", "-ExecutionPolicy", "Bypass"),
}

#: The most workers for one section that are cached.
_KEPT = 64

_Worker = Mapping[str, Json]


def run(ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description whose worker runs the command of the section `run` by run-task.

    Tasks with the same section, alias and worker share one worker, and so their payload.
    """
    section = description.sections.get("run")
    alias = ctx.config.workers.get(description.worker_type)
    if section is None or alias is None:  # an unknown alias is reported when the task is defined
        return description
    demand_values(ctx, description)
    worker = description.worker
    made = ctx.once(_made_for, section)
    job = made.jobs.get(description.worker_type)
    if job is None:
        job = made.jobs[description.worker_type] = _job(ctx, section, alias)
    fetches = any(description.sections.get("fetches", {}).values())
    key = (id(worker), description.worker_type, fetches)
    known = made.workers.get(key)
    if known is None:
        if len(made.workers) >= _KEPT:
            made.workers.clear()
        # The worker is held, so that its identity is not reused.
        known = made.workers[key] = (worker, _made(ctx, job, worker, fetches=fetches))
    if job.scopes:
        description = description.replace(scopes=(*description.scopes, *job.scopes))
    return description.replace(worker=known[1])


@attrs.frozen(eq=False)
class _Made:
    """The cached results for one section: the job by worker alias, and the workers."""

    jobs: dict[str, "_Job"] = attrs.field(factory=dict)
    workers: dict[tuple[int, str, bool], tuple[_Worker, _Worker]] = attrs.field(factory=dict)


def _made_for(_ctx: Context, _section: object) -> _Made:
    return _Made()


def _job(ctx: Context, section: Mapping[str, object], alias: WorkerAlias) -> "_Job":
    """The job of a section, shared by all tasks of a kind with the same section and alias.

    Tasks of different locales often differ only in the worker.
    """
    known = ctx.once_for_kind(_jobs, alias)
    try:
        key = orjson.dumps(section)
    except TypeError:  # a value that is not JSON is reported by its schema
        return _Job.of(ctx, section, alias)
    if key not in known:
        known[key] = _Job.of(ctx, section, alias)
    return known[key]


def _jobs(_ctx: Context, _alias: WorkerAlias) -> dict[bytes, "_Job"]:
    return {}


def _made(ctx: Context, job: "_Job", worker: _Worker, *, fetches: bool) -> _Worker:
    """The worker that runs a job."""
    if "command" in worker:
        what = "`worker` has a command of its own"
        raise Refusal(what, "leave it to `run`", ("worker", "command"))
    worker = _joined(worker, job.worker)
    env = {**job.env, **worker.get("env", {})}
    keys = {**_mounted(worker, job, fetches=fetches), **_with_checkout(worker, job)}
    if job.machine.docker and (cached := [one["mount-point"] for one in keys.get("caches", ())]):
        env["TASKCLUSTER_CACHES"] = ";".join(sorted(cached))
        if ctx.parameters.level == "1":
            env["TASKCLUSTER_UNTRUSTED_CACHES"] = "1"
    return {**worker, "env": env, "command": job.command, **keys}


@attrs.frozen(eq=False, repr=False)
class _Job:
    """What a section requires of workers of one alias, whatever the other keys of the worker are.

    `worker` are keys that the worker gets, `secrets` those that it reads for any checkout.
    """

    machine: Machine
    checkouts: tuple[Checkout, ...]
    places: tuple[Place, ...]
    env: Mapping[str, Any]
    command: list[Any]
    worker: _Worker
    scopes: tuple[str, ...]
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, ctx: Context, section: Mapping[str, object], alias: WorkerAlias) -> "_Job":
        """The job of a section. Raises `Refusal` and `RelproError` for an invalid section."""
        if alias.implementation not in {"docker-worker", "generic-worker"}:
            what = f"`{alias.implementation}` runs no commands"
            remedy = "choose a worker of docker-worker or generic-worker"
            raise Refusal(what, remedy, ("worker-type",))
        asked = handled(ctx, section, alias)
        settings = run_task_settings(ctx)
        docker = alias.implementation == "docker-worker"
        workdir = asked.get("workdir", WORKDIR) if docker else ""
        machine = Machine(docker, alias.os == "windows", workdir, settings.folder)
        checkouts = tuple(checkouts_of(ctx, asked.get("checkout", True), machine))
        places = tuple(places_of(asked, checkouts, machine, settings))
        words = (*_options(asked, checkouts, machine, settings), "--", *_command(asked))
        own = (one.repository.ssh_secret for one in checkouts if one.repository.ssh_secret)
        return cls(
            machine,
            checkouts,
            places,
            env={
                **environment_of(ctx, checkouts, machine, settings),
                **{one.variable: one.folder for one in places if one.variable},
                **asked.get("env", {}),
            },
            command=_started(machine, settings, words),
            worker=asked.get("worker", {}),
            scopes=tuple(asked.get("scopes", ())),
            secrets=(*settings.secrets, *own),
        )


def _joined(worker: _Worker, more: _Worker) -> _Worker:
    """The worker merged with the keys of a handler: lists and mappings merged, else its own win."""
    made = {**more, **worker}
    for key in worker.keys() & more.keys():
        own, other = worker[key], more[key]
        if isinstance(own, Mapping) and isinstance(other, Mapping):
            made[key] = {**other, **own}
        elif isinstance(own, list | tuple) and isinstance(other, list | tuple):
            made[key] = [*own, *(one for one in other if one not in own)]
    return made


def _options(
    asked: Mapping[str, Any],
    checkouts: Sequence[Checkout],
    machine: Machine,
    settings: RunTaskSettings,
) -> Iterator[str]:
    if asked.get("run-as-root"):
        yield from ("--user=root", "--group=root")
    for one in checkouts:
        yield f"--{one.repository.prefix}-checkout={one.path}"
    if checkouts and (profile := asked.get("sparse-profile")):
        yield f"--{checkouts[0].repository.prefix}-sparse-profile={profile}"
    if checkouts:
        yield from settings.options
    cwd = asked.get("cwd", "")
    if cwd is None:
        return
    top = checkouts[0].path if len(checkouts) == 1 else machine.checkout if checkouts else ""
    if isabs(cwd) or top or cwd:
        folder = join(top, cwd).rstrip("/")
        yield from ("--task-cwd", folder) if settings.separate_cwd else (f"--task-cwd={folder}",)


def _command(asked: Mapping[str, Any]) -> Sequence[Any]:
    command = asked["command"]
    if isinstance(command, list | tuple):
        return command
    return (*_EXEC[asked.get("exec-with", "bash")], command)


def _with_checkout(worker: _Worker, job: _Job) -> dict[str, Any]:
    """The additional keys of a worker for a checkout."""
    if not job.checkouts:
        return {}
    keys: dict[str, Any] = {"taskcluster-proxy": worker.get("taskcluster-proxy", True)}
    for key in ("retry-exit-status", "purge-caches-exit-status"):
        keys[key] = list(dict.fromkeys((*worker.get(key, ()), PURGE)))
    if secrets := (*worker.get("secrets", ()), *job.secrets):
        keys["secrets"] = list(dict.fromkeys(secrets))
    return keys


def _started(machine: Machine, settings: RunTaskSettings, words: Sequence[Any]) -> list[Any]:
    """The command in the form that the worker takes."""
    if machine.docker:
        return [settings.program, *words]
    if not machine.windows:
        return [["chmod", "+x", "run-task"], ["./run-task", *words]]
    line = (_WINDOWS_PYTHON, "run-task", *words)
    if all(isinstance(word, str) for word in line):
        return [subprocess.list2cmdline(line)]
    # A text has one sort of reference; in one with an artifact, `<task>` alone is an error.
    sorts = {sort for word in line if not isinstance(word, str) for sort in word}
    texts = [word if isinstance(word, str) else next(iter(word.values())) for word in line]
    return [{min(sorts): subprocess.list2cmdline(texts)}]


def _mounted(worker: _Worker, job: _Job, *, fetches: bool) -> Mapping[str, Any]:
    """The caches of a container, or the mounts of a machine, including programs."""
    if job.machine.docker:
        made = [{"name": one.name, "mount-point": one.folder} for one in job.places]
        caches = [*worker.get("caches", ()), *made]
        return {"caches": caches} if caches else {}
    programs = ["run-task", *(["fetch-content"] if fetches else ())]
    mounted = [
        {"content": {"task": "decision", "artifact": f"public/{name}"}, "file": name}
        for name in programs
    ]
    folders = [{"cache-name": one.name, "directory": one.folder} for one in job.places]
    return {"mounts": [*worker.get("mounts", ()), *folders, *mounted]}


transforms = (each(run, RUN),)
