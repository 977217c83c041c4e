"""Takes `worker` of a task, gives it in the format of relpro's workers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from relpro.model.task import Json
from relpro.moving.merged import is_keyed, without
from relpro.moving.scripts import beetmover, beetmover_data, bitrise, edge, lando, shipit, signing
from relpro.moving.setting import Alias, Setting
from relpro.moving.texts import variable_named

Data = dict[str, Any]

#: Implementation in taskgraph and its companion package -> its name here.
RENAMED: Final[Mapping[str, str]] = {
    "docker-worker": "docker-worker",
    "generic-worker": "generic-worker",
    "succeed": "succeed",
    "always-optimized": "succeed",
    "invalid": "succeed",
    "beetmover": "scriptworker-beetmover",
    "scriptworker-signing": "scriptworker-signing",
    "scriptworker-shipit": "scriptworker-shipit",
    "scriptworker-beetmover-data": "scriptworker-beetmover",
    "scriptworker-bitrise": "scriptworker-bitrise",
    "scriptworker-lando": "scriptworker-lando",
}

#: The version that taskgraph appends to the name of every cache.
_CACHE_VERSION: Final = "v3"


def worker(data: Data, alias: Alias | None, setting: Setting) -> Data:
    """The task with its worker, and related keys, in relpro's format."""
    said = data.get("worker")
    if alias is None or not isinstance(said, Mapping):
        return data
    if (own := said.get("implementation", alias.implementation)) != alias.implementation:
        what = f"implementation `{own}`, where the alias says `{alias.implementation}`"
        why = "in relpro an alias says it: add one with this implementation"
        setting.hand(("worker", "implementation"), what, why)
    if alias.implementation in own_builders(setting):
        return data
    own = without(said, "implementation", "os")
    translate = _TRANSLATIONS.get(alias.implementation)
    if translate is None:
        return {**data, "worker": own}
    return translate({**data, "worker": own}, setting)


def own_builders(setting: Setting) -> frozenset[str]:
    """The implementations whose payloads are built by Python of the tree."""
    found = setting.repository.every_added("payload builder")
    return frozenset(added.names[0] for _module, added in found)


def _docker(data: Data, setting: Setting) -> Data:
    said = dict(data["worker"])
    if said.pop("loopback-video", False):
        said["devices"] = ["loopback-video"]
    made = _without_false(said, "chain-of-trust", "taskcluster-proxy", "allow-ptrace")
    if isinstance(caches := made.get("caches"), list):
        made["caches"] = [_cache(one, setting) for one in caches]
    return _with_sccache({**data, "worker": _env(_skipped(made, setting), setting)})


def _cache(said: object, setting: Setting) -> Json:
    if not isinstance(said, Mapping):
        return said
    if said.get("skip-untrusted"):
        why = "a cache of level 1 is used at level 1 alone: choose by `by-level`"
        setting.hand(("worker", "caches"), "a cache is left out at level 1", why)
    made = without(said, "skip-untrusted", "type")
    return {**made, "name": f"{made.get('name')}-{_CACHE_VERSION}"}


def _generic(data: Data, setting: Setting) -> Data:
    said = dict(data["worker"])
    if said.pop("hide-cmd-window", False):
        said["features"] = {**said.get("features", {}), "hide-cmd-window": True}
    made = _without_false(
        said, "chain-of-trust", "run-as-administrator", "run-task-as-current-user"
    )
    if "artifacts" in made and isinstance(made["artifacts"], list):
        made["artifacts"] = [
            {"name": one.get("path"), **one} if isinstance(one, Mapping) else one
            for one in made["artifacts"]
        ]
    if isinstance(made.get("mounts"), list):
        made["mounts"] = [_mount(one, setting) for one in made["mounts"]]
    return _with_sccache({**data, "worker": _env(_skipped(made, setting), setting)})


def _mount(said: object, setting: Setting) -> object:
    if not isinstance(said, Mapping) or not isinstance(content := said.get("content"), Mapping):
        return said
    task = content.get("task-id")
    if task is None:
        return said
    dependency = edge(task)
    if dependency is None:
        why = "name the dependency that has it as `content: {task: ...}`"
        setting.hand(("worker", "mounts"), "a mount is of a task that is not a dependency", why)
    found = {"task": dependency or str(task), "artifact": content.get("artifact")}
    return {**said, "content": found}


def _skipped(said: Data, setting: Setting) -> Data:
    if said.get("skip-artifacts"):
        setting.left_out(
            ("worker", "skip-artifacts"), "`skip-artifacts`", "it is said by leaving out"
        )
    return without(said, "skip-artifacts")


def _without_false(said: Data, *flags: str) -> Data:
    return {key: value for key, value in said.items() if key not in flags or value is not False}


def _env(said: Data, setting: Setting) -> Data:
    """The environment without null variables, which a transform fills in."""
    env = said.get("env")
    if not isinstance(env, Mapping) or is_keyed(env):
        return said
    for name, value in env.items():
        if value is None:
            why = "a variable without a value must be set by a transform"
            setting.hand(("worker", "env", name), f"variable `{name}` is empty", why)
    return {**said, "env": {name: value for name, value in env.items() if value is not None}}


def _with_sccache(data: Data) -> Data:
    made = without(data, "needs-sccache")
    if not data.get("needs-sccache"):
        return made
    said = dict(made["worker"])
    said["env"] = {"USE_SCCACHE": "1", "SCCACHE_IDLE_TIMEOUT": "0", **(said.get("env") or {})}
    said["taskcluster-proxy"] = True
    domain, level = variable_named("trust-domain"), variable_named("level")
    scope = f"assume:project:taskcluster:{domain}:level-{level}-sccache-buckets"
    return {**made, "worker": said, "scopes": [*(data.get("scopes") or ()), scope]}


def _nothing(data: Data, _setting: Setting) -> Data:
    return {**data, "worker": {}}


_TRANSLATIONS: Final[Mapping[str, Callable[[Data, Setting], Data]]] = {
    "docker-worker": _docker,
    "generic-worker": _generic,
    "beetmover": beetmover,
    "scriptworker-signing": signing,
    "scriptworker-shipit": shipit,
    "scriptworker-beetmover-data": beetmover_data,
    "scriptworker-bitrise": bitrise,
    "scriptworker-lando": lando,
    "succeed": _nothing,
    "always-optimized": _nothing,
    "invalid": _nothing,
}
