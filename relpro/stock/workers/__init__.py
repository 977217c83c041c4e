"""Every worker implementation, by the name that worker aliases of the configuration use.

A project's own is a module with a dotted name: `implementation: transforms.workers.notary`. Its
`SCHEMA` describes the keys of `worker`, `build` makes a `Payload` from them, and `BODY`, if it
exists, is a JSON schema for its payloads.
"""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import jsonschema_rs

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig, WorkerAlias
from relpro.python.functions import Role, project_function, project_module
from relpro.stock.workers.payload import Implementation, Payload
from relpro.transform.section import Refusal

#: Implementation -> its module in this package, which has `SCHEMA` and `build`.
MODULES: Mapping[str, str] = {
    "docker-worker": "docker_worker",
    "generic-worker": "generic_worker",
    "succeed": "succeed",
    "iscript": "iscript",
    "scriptworker-signing": "signing",
    "scriptworker-beetmover": "beetmover",
    "scriptworker-balrog": "balrog",
    "scriptworker-bouncer": "bouncer",
    "scriptworker-shipit": "shipit",
    "scriptworker-tree": "tree",
    "scriptworker-lando": "lando",
    "scriptworker-addons": "addons",
    "scriptworker-pushapk": "pushapk",
    "scriptworker-pushmsix": "pushmsix",
    "scriptworker-pushflatpak": "pushflatpak",
    "scriptworker-bitrise": "bitrise",
    "scriptworker-github": "github",
}


class _Implementations(Mapping[str, Implementation]):
    """The implementations, each imported when it is first used.

    A project uses few of them; importing all would cost a small project a tenth of its time.
    """

    def __init__(self) -> None:
        self._known: dict[str, Implementation] = {}

    def __getitem__(self, name: str) -> Implementation:
        if name not in self._known:
            module = importlib.import_module(f"{__name__}.{MODULES[name]}")
            self._known[name] = Implementation(module.SCHEMA, module.build)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


IMPLEMENTATIONS: Mapping[str, Implementation] = _Implementations()


def implementation_of(alias: WorkerAlias) -> Implementation | None:
    """The implementation of a worker alias, of relpro or of the project; None for an unknown one.

    Raises `RelproError`: K252 for a module of the project that cannot be found, K253 for one that
    is no payload builder.
    """
    name = alias.implementation
    if name in MODULES:
        return IMPLEMENTATIONS[name]
    return _of_project(name, alias.origin) if "." in name else None


def faults_of_builders(config: GraphConfig) -> Iterator[Diagnostic]:
    """Errors in payload builders of the project, whether a task uses them or not."""
    for alias in config.workers.values():
        try:
            if "." in alias.implementation:
                implementation_of(alias)
        except RelproError as error:
            yield from error.diagnostics


def _of_project(name: str, where: Origin) -> Implementation:
    takes, words = "ctx, task", "a `Payload` of relpro"
    role = Role("a worker alias", where, "K252", takes, Payload, (Refusal,), words)
    module = project_module(name, role)
    for fault in _faults(module):
        remedy = "see payload builders in the reference of Python"
        raise RelproError(Diagnostic("K253", f"`{name}` {fault}", (where,), remedy=remedy))
    return _made(module, name, role)


@cache
def _made(module: ModuleType, name: str, role: Role) -> Implementation:
    """One for each module object: a module that is imported again is another one."""
    build = project_function(f"{name}.build", role)
    return Implementation(vars(module)["SCHEMA"], build, vars(module).get("BODY"))


def _faults(module: ModuleType) -> Iterator[str]:
    known = vars(module)
    if not isinstance(known.get("SCHEMA"), Mapping):
        yield "has no mapping `SCHEMA` of what its tasks may write"
    if not callable(known.get("build")):
        yield "has no function `build(ctx, task)`"
    body: Any = known.get("BODY")
    if body is not None:
        try:
            jsonschema_rs.validator_for(body)
        except (ValueError, TypeError) as error:
            yield f"has a `BODY` that is not a JSON schema: {str(error).splitlines()[0]}"
