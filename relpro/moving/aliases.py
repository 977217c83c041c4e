"""Takes the worker aliases of a taskgraph project, gives those of relpro."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from relpro.model.config import SYSTEMS
from relpro.model.task import Json
from relpro.moving.configuring import Configuring
from relpro.moving.merged import alternatives, as_mapping, chosen, is_keyed
from relpro.moving.setting import BUILT_IN, alias_entry
from relpro.moving.texts import formatted, template, variable_named
from relpro.moving.workers import RENAMED
from relpro.stock.workers import MODULES
from relpro.values.names import is_label

Data = dict[str, Any]

#: The variables that taskgraph sets for every task that runs commands.
_ENVIRONMENT: Final = {"MOZ_AUTOMATION": "1", "SCCACHE_DISABLE": "1"}


def worker_aliases(c: Configuring) -> Data:
    """Every worker alias; patterns are replaced by the names that use them."""
    known = c.said["workers"]["aliases"]
    used = {
        name
        for entry in c.entries()
        for name in alternatives(entry.get("worker-type"))
        if isinstance(name, str)
    }
    found: Data = {}
    for name, said in known.items():
        if is_label(name) and name != "default" and isinstance(said, Mapping):
            found[name] = _alias(c, name, said)
    for name in sorted(used - set(found)):
        said = alias_entry(c.said, name)
        if isinstance(said, Mapping):
            found[name] = _alias(c, name, said)
        elif name in BUILT_IN:
            pool = {"provisioner": "built-in", "worker-type": "succeed"}
            found[name] = {**pool, "implementation": "succeed", "os": "linux"}
        elif "{" not in name:
            c.hand(("workers", "aliases"), f"worker type `{name}` has no alias", "add one")
    _tell_unused(c, found)
    return found


def _tell_unused(c: Configuring, found: Data) -> None:
    """Report the patterns that no task's worker type matches."""
    known = c.said["workers"]["aliases"]
    used = [alias_entry(c.said, name) for name in found]
    for name, said in known.items():
        if name not in found and not any(one is said for one in used):
            where = c.source.origin("workers", "aliases", name)
            why = "no kind names such a worker type: write an alias for each that transforms set"
            c.book.hand(where, f"worker aliases `{name}`", why)


def _alias(c: Configuring, name: str, said: Mapping[str, object]) -> Data:
    fields = {"alias": name, "level": variable_named("level")}
    fields["trust-domain"] = variable_named("trust-domain")

    def filled(value: object) -> Json:
        return formatted(str(value), fields.get, lambda _name: None)

    made: Data = {
        key: template(chosen(said.get(key), filled)) for key in ("provisioner", "worker-type")
    }
    made["implementation"] = _implementation(c, name, str(said.get("implementation")))
    os = said.get("os")
    made["os"] = os if os in SYSTEMS else "linux"
    if made["implementation"] in {"docker-worker", "generic-worker"}:
        env = dict(_ENVIRONMENT)
        if any(map(_uses_sccache, c.entries())):
            del env["SCCACHE_DISABLE"]
        made["worker"] = {"env": env}
    return made


def _implementation(c: Configuring, alias: str, name: str) -> str:
    for _module, added in c.repository.every_added("payload builder"):
        if added.names[0] == name:
            return c.added("worker", added, _keys(c, alias))
    if name in RENAMED:
        return RENAMED[name]
    if name not in MODULES:
        where = ("workers", "aliases", alias, "implementation")
        c.hand(where, f"implementation `{name}` of alias `{alias}`", "nothing builds its payload")
    return name


def _uses_sccache(entry: Mapping[str, object]) -> bool:
    return "USE_SCCACHE" in as_mapping(as_mapping(entry.get("worker")).get("env"))


def _keys(c: Configuring, alias: str) -> Iterator[str]:
    """The keys that tasks have under `worker` for an alias."""
    for entry in c.entries():
        names = list(alternatives(entry.get("worker-type")))
        said = as_mapping(entry.get("worker"))
        if not is_keyed(said) and (alias in names or names == [None]):
            yield from (key for key in said if key not in {"implementation", "os"})
