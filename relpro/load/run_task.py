"""Takes `run-task` of the configuration, gives how to start run-task in this project."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Optional

from relpro.model.run_task import RunTaskSettings
from relpro.values import OneOf, flag, list_of, templated, text
from relpro.values.names import module, named

#: Settings that may be keyed by the release, and are rendered before use.
KEYED: Mapping[str, Any] = {
    "program": text,
    "options": list_of(text),
    "secrets": list_of(text),
    "folder": text,
    "path-variable": text,
    "variables": OneOf(None, list_of(text)),
    "separate-cwd": flag,
    "checkout-cache": text,
    "sparse-cache": text,
    "cache-version": text,
    "revision": text,
}

#: The schema of `run-task`.
SCHEMA = {
    **{Optional(key): templated(value) for key, value in KEYED.items()},
    Optional("using"): {named: module},
}


def run_task_of(said: Mapping[str, Any]) -> RunTaskSettings:
    """How to start run-task; the defaults are right for images of taskgraph."""
    return RunTaskSettings(**{key.replace("-", "_"): value for key, value in said.items()})
