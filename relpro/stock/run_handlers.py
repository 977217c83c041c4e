"""Takes a `run` section, gives the section for run-task that its handler makes of it.

With `using: run-task`, it is the section itself. A project adds a handler as a module:

```python
# widget_transforms/gradle.py: `run: {using: widget_transforms.gradle, tasks: [assemble]}`
SCHEMA = {Required("tasks"): [str]}

def run(section, parameters, place):
    return {"command": ["./gradlew", *section["tasks"]], "use-caches": ["checkout"]}
```

`run` returns a section for `using: run-task`: `command`, `env`, `use-caches` and so on, and
optionally `worker`, keys for the worker. `place` is the worker alias. The result must depend on
nothing else: the handler is called once for tasks that share their section.
"""

from collections.abc import Mapping
from typing import Any

from voluptuous import Optional, Required, Schema

from relpro.model.config import WorkerAlias
from relpro.python.functions import Role, project_function
from relpro.stock.taken import schema_of, taken
from relpro.stock.workers.command import REFERENCE
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values import OneOf, flag, text

#: Name of a cache -> the variable with its path; run-task handles the checkout cache itself.
CACHES: Mapping[str, str | None] = {
    "checkout": None,
    "cargo": "CARGO_HOME",
    "npm": "npm_config_cache",
    "pip": "PIP_CACHE_DIR",
    "uv": "UV_CACHE_DIR",
}

#: The schema of `using: run-task`.
SCHEMA = {
    Required("command"): OneOf(text, REFERENCE, [OneOf(text, REFERENCE)]),
    Optional("checkout"): OneOf(
        flag, {str: {Optional("path"): text, Optional("ref"): text, Optional("rev"): text}}
    ),
    Optional("cwd"): OneOf(None, text),
    Optional("env"): {str: object},
    Optional("exec-with"): OneOf("bash", "powershell"),
    Optional("folders"): {str: text},
    Optional("run-as-root"): flag,
    Optional("scopes"): [text],
    Optional("sparse-profile"): OneOf(None, text),
    Optional("use-caches"): OneOf(flag, [OneOf(*CACHES)]),
    Optional("workdir"): text,
}

_TAKEN = Schema(SCHEMA)
#: The schema of a handler's result.
_GIVEN = Schema({**SCHEMA, Optional("worker"): {Optional("env"): {str: object}, str: object}})


def handled(ctx: Context, section: Mapping[str, Any], place: WorkerAlias) -> Mapping[str, Any]:
    """The section for `using: run-task`, from a section for any handler.

    Raises `RelproError`: K201 to K203 for a section that does not fit the handler's schema, or for
    the result of a project's handler; T418 if the handler does not exist, T410 if it fails.
    """
    using = section["using"]
    own = {key: value for key, value in section.items() if key != "using"}
    if using == "run-task":
        return taken(ctx, _TAKEN, own, ("run",), f"kind `{ctx.kind.name}`")
    module = using if "." in using else ctx.config.run_task.using.get(using)
    if module is None:
        remedy = (
            "say `run-task`, a name that `run-task: {using: ...}` of the configuration has, or the "
            "module of a handler in full"
        )
        raise Refusal(f"no handler is called `{using}`", remedy, ("run", "using"))
    where = ctx.entry.entry.origin("run", "using")
    role = Role("`using`", where, "T418", "section, parameters, place", Mapping)
    make = project_function(f"{module}.run", role)
    section = taken(ctx, schema_of(module, role), own, ("run",), f"what `{using}` takes")
    given = make(section, ctx.parameters, place)
    return taken(ctx, _GIVEN, given, ("run", "using"), f"what `{using}` gave")
