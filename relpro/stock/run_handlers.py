"""Takes a `run` section and who handles it, gives what run-task is to do.

`using: run-task` says it itself. A project adds a handler by a module, named in full:

```python
# widget_transforms/gradle.py: `run: {using: widget_transforms.gradle, tasks: [assemble]}`
SCHEMA = {Required("tasks"): [str]}

def run(section, parameters, place):
    return {"command": ["./gradlew", *section["tasks"]], "use-caches": ["checkout"]}
```

What `run` gives is a section for `using: run-task`: command, `env`, `use-caches` and the rest, and
`worker`, keys that the worker gets as well. `place` is the worker alias. It depends on nothing
else: tasks whose sections are one are handled once.
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

#: Name of a cache -> the variable that tells a program of it; the checkout is run-task's own.
CACHES: Mapping[str, str | None] = {
    "checkout": None,
    "cargo": "CARGO_HOME",
    "npm": "npm_config_cache",
    "pip": "PIP_CACHE_DIR",
    "uv": "UV_CACHE_DIR",
}

#: What `using: run-task` takes.
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
#: What handlers give.
_GIVEN = Schema({**SCHEMA, Optional("worker"): {str: object}})


def handled(ctx: Context, section: Mapping[str, Any], place: WorkerAlias) -> Mapping[str, Any]:
    """The section that `using: run-task` has, of a section for any handler.

    Raises `RelproError`: K201 to K203 for a section that its handler does not take, or for what a
    handler of the project gives; T418 where there is no such handler, T410 where it fails.
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
