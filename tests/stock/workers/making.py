"""Contexts, descriptions and bodies for tests of payload builders and of what defines tasks."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin
from relpro.load.config import load_config
from relpro.load.tree import Tree
from relpro.model.config import GraphConfig
from relpro.model.kind import Entry, Kind, Locations
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task, TaskDescription
from relpro.parameters.known import DEFAULTS
from relpro.stock.define import define
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.testing.transforming import written_here
from relpro.transform.context import Context, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.entry import compile_entry
from relpro.transform.scope import Release
from relpro.values import check
from relpro.verify.bodies import check_body

CONFIG = """
trust-domain: app
scope-prefix: project:app:releng
products: [app]
release-branches: [release]
workers:
  aliases:
ALIASES
    signing:
      provisioner: scriptworker-k8s
      worker-type: {by-release-level: {production: app-3-signing, default: app-t-signing}}
      implementation: scriptworker-signing
      os: scriptworker
index:
  products: [app]
  types:
    generic:
      - "index.{trust-domain}.v2.{index-project}.latest.{index-product}.{job-name}"
      - "index.{trust-domain}.v2.{project}.pushdate.{build-time}.{index-product}.{job-name}"
      - "index.{trust-domain}.v2.{project}.revision.{head-rev}.{index-product}.{job-name}"
    l10n:
      - "index.{trust-domain}.v2.{project}.latest.{index-product}-l10n.{job-name}.{locale}"
      - "index.{trust-domain}.v2.{project}.{build-platform}.{index-product}.{job-name}"
treeherder: {group-names: {Rel: Release tasks, B: Builds}}
task-priority: {by-level: {3: medium, default: low}}
task-deadline-after: {by-shipping-phase: {ship: 5 days, default: 1 day}}
task-expires-after: {by-level: {3: 1 year, default: 28 days}}
target-tasks-method: default
target-methods: {default: {}}
attributes: {build-platform: what is built for}
"""

_SCRIPTS = [
    name
    for name in IMPLEMENTATIONS
    if name.startswith(("scriptworker-", "iscript")) and name != "scriptworker-signing"
]

#: (alias, provisioner, worker type, implementation, os)
ALIASES = [
    ("linux", "{trust-domain}-{level}", "linux", "docker-worker", "linux"),
    ("machine", "{trust-domain}-{level}", "mac", "generic-worker", "macosx"),
    ("windows", "{trust-domain}-{level}", "win", "generic-worker", "windows"),
    ("succeed", "built-in", "succeed", "succeed", "linux"),
    ("wrong", "a", "b", "dokker-worker", "linux"),
    ("stray", "{platform}", "b", "succeed", "linux"),
    *(
        (short, "scriptworker-k8s", f"app-3-{short}", name, "scriptworker")
        for name in _SCRIPTS
        for short in (name.removeprefix("scriptworker-"),)
    ),
]


def _written() -> str:
    keys = ("provisioner", "worker-type", "implementation", "os")
    return "\n".join(
        f"    {alias}: {json.dumps(dict(zip(keys, values, strict=True)))}"
        for alias, *values in ALIASES
    )


VALUES = {
    **DEFAULTS,
    "app_version": "92.0.1",
    "build_date": 1632327115,
    "build_number": 2,
    "head_ref": "refs/heads/release",
    "head_repository": "https://github.com/example/app",
    "head_rev": "d7bbc5812f7f36a9378165fffd7a058ddb0118ec",
    "level": "3",
    "moz_build_date": "20210922161155",
    "next_version": "92.0.2",
    "owner": "owner@example.com",
    "project": "release",
    "version": "92.0.1",
}

UPSTREAM = "fN1SbArXTPSVFNUvaOlinQ"
IMAGE = "AbCdEfGhT0GIJkLmNoPqrA"


def config(**changes: Any) -> GraphConfig:
    """The configuration above, with some fields changed."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "kinds").mkdir()
        text = CONFIG.replace("ALIASES", _written())
        (Path(folder) / "kinds" / "config.yml").write_text(text)
        return attrs.evolve(load_config(Path(folder)), **changes)


def context(
    kind: str = "sign", settings: Mapping[str, Any] | None = None, **parameters: Any
) -> Context:
    known, values = config(**(settings or {})), Parameters({**VALUES, **parameters})
    locations = Locations(f"kinds/promote/{kind}.yml", {("tasks", "t", "worker"): (7, 5)})
    the_kind = Kind(kind, Phase.PROMOTE, "", (), (), (), locations)
    entry = Entry("t", {}, locations, ("tasks", "t"), (locations,))
    return Context(
        the_kind,
        compile_entry(entry),
        values,
        known,
        Release.of(values, known),
        Upstream(the_kind, {}),
        DataFiles(written_here({})),
        Tree.written({}),
    )


def task(name: str) -> Task:
    return Task(name, name.partition("-")[0], name, "", {}, {}, {}, Origin(""))


def description(worker_type: str, worker: Mapping[str, Any], **more: Any) -> TaskDescription:
    fields: dict[str, Any] = {
        "kind": "sign",
        "name": "t",
        "label": "sign-t",
        "description": "Signs",
        "origin": Origin("kinds/promote/sign.yml", 5),
        "attributes": {"shipping_phase": "promote", "shipping_product": "app"},
        "upstream": {"build": task("build-t")},
        **more,
    }
    return TaskDescription(worker_type=worker_type, worker=worker, **fields)


def made(worker_type: str, worker: Mapping[str, Any], **more: Any) -> Task:
    """The task of a worker: its kind is `sign` unless `more` says otherwise."""
    said = description(worker_type, worker, **more)
    return define(context(said.kind), said)


def payload(worker_type: str, worker: Mapping[str, Any], **more: Any) -> Any:
    return made(worker_type, worker, **more).definition["payload"]


def problems(task: Task) -> list[str]:
    """What the queue and the worker have against a task, once its references are resolved."""
    ids = [IMAGE if name == "docker-image" else UPSTREAM for name in task.dependencies]
    body = resolved(task.definition) | {"dependencies": list(dict.fromkeys(ids))}
    return list(check_body(task.implementation, body))


def resolved(value: Any) -> Any:
    """A body with every reference and relative date replaced by what it could stand for."""
    if isinstance(value, Mapping):
        match dict(value):
            case {"relative-datestamp": "0 seconds"}:
                return "2026-03-01T10:00:00.000Z"
            case {"relative-datestamp": _}:
                return "2026-03-02T10:00:00.000Z"
            case {"task-reference": text}:
                names = text.replace("<docker-image>", IMAGE)
                return names.replace("<build>", UPSTREAM).replace("<decision>", UPSTREAM)
            case mapping:
                return {key: resolved(item) for key, item in mapping.items()}
    return [resolved(item) for item in value] if isinstance(value, list | tuple) else value


def refused(implementation: str, worker: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """What is wrong with a `worker` as it is written."""
    checker = IMPLEMENTATIONS[implementation].checker
    return check(checker, worker, lambda *path: Origin("k.yml", path=path), "")
