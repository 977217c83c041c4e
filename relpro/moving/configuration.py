"""Takes the configuration of a taskgraph project, gives that of relpro."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from relpro.model.config import LONGEST_DEADLINE
from relpro.model.phase import PHASES
from relpro.moving.aliases import worker_aliases
from relpro.moving.configuring import Configuring
from relpro.moving.merged import alternatives, as_mapping
from relpro.moving.registered import (
    actions,
    index_types,
    morphs,
    named_by_kinds,
    own_parameters,
    run_handlers,
    strategies,
    target_methods,
    tell_the_rest,
    verifications,
)
from relpro.moving.texts import template
from relpro.parameters.known import KNOWN
from relpro.values.names import is_label
from relpro.values.validators import seconds

Data = dict[str, Any]

#: The routes of taskgraph's generic index. Source: taskgraph, V2_ROUTE_TEMPLATES.
_ROUTES: Final = tuple(
    f"index.{{trust-domain}}.v2.{{project}}.{part}.{{index-product}}.{{job-name}}"
    for part in (
        "latest",
        "pushdate.{build-time}",
        "pushlog-id.{pushlog-id}",
        "revision.{head-rev}",
    )
)

#: Keys of the configuration that are translated, or reported separately.
_READ: Final = frozenset(
    {
        *("trust-domain", "task-priority", "task-deadline-after", "task-expires-after"),
        *("version-parser", "release-branches", "docker-image-kind"),
    }
)

#: The same for keys below a key.
_READ_BELOW: Final[Mapping[str, frozenset[str]]] = {
    "treeherder": frozenset({"group-names"}),
    "index": frozenset({"products"}),
    "taskgraph": frozenset(
        {
            *("repositories", "cached-task-prefix", "decision-parameters", "register", "run"),
            *("cache-pull-requests", "index-path-regexes", "disabled-actions"),
        }
    ),
    "workers": frozenset({"aliases"}),
    "scriptworker": frozenset({"scope-prefix"}),
    "release-promotion": frozenset({"flavors", "rebuild-kinds"}),
    "shipit": frozenset({"product"}),
}

#: Keys of a repository that relpro has.
_REPOSITORY: Final = frozenset(
    {"name", "default-repository", "default-ref", "path-prefix", "ssh-secret-name"}
)

#: Other keys of a repository, and why relpro does not need them.
_NEEDLESS: Final[Mapping[str, str]] = {
    "project-regex": "the project's own repository comes first",
    "type": "the decision task knows it",
}

#: Keys of a flavor, besides phase, product and target method.
_FLAVOR: Final = ("version-bump", "partial-updates", "is-rc", "rebuild-kinds")


def configuration(c: Configuring) -> Data:
    """The content of `config.yml`; unsupported settings are reported, names in it are recorded."""
    data: Data = {"trust-domain": c.said["trust-domain"], "products": c.products()}
    if c.naming.package != "transforms":
        data["transforms-package"] = c.naming.package
    data |= _sources(c)
    data["run-task"] = {"separate-cwd": True, "cache-version": "v3", **run_handlers(c)}
    data["workers"] = {"aliases": worker_aliases(c)}
    data |= {**_index(c), **_treeherder(c), **_times(c)}
    data |= {**own_parameters(c), **target_methods(c), **_promotion(c), **strategies(c)}
    data |= {**verifications(c), **morphs(c), **actions(c)}
    named_by_kinds(c)
    data["programs"] = {"known": ["*"]}
    if names := _attributes(c):
        data["attributes"] = names
    tell_the_rest(c)
    _tell_unread(c)
    _tell_open(c)
    return data


def _sources(c: Configuring) -> Data:
    """The repositories, and the prefixes of caches and scopes."""
    said, made = c.said["taskgraph"], {}
    if isinstance(known := said.get("repositories"), Mapping):
        made["repositories"] = {
            _prefix(c, prefix): _repository(c, prefix, one or {}) for prefix, one in known.items()
        }
    if prefix := said.get("cached-task-prefix"):
        made["cached-task-prefix"] = prefix
    if scopes := (c.said.get("scriptworker") or {}).get("scope-prefix"):
        made["scope-prefix"] = scopes
    return made


def _prefix(c: Configuring, said: str) -> str:
    """The prefix of a repository, valid for options and variables of run-task."""
    prefix = re.sub(r"[^a-z0-9_]", "_", said.lower())
    if prefix != said:
        why = "options of run-task are names: write it so under `run: checkout`, and in variables"
        c.hand(("taskgraph", "repositories", said), f"repository `{said}` is `{prefix}` now", why)
    return prefix


def _repository(c: Configuring, prefix: str, said: Mapping[str, object]) -> Data:
    for key in sorted(set(said) - _REPOSITORY):
        where = ("taskgraph", "repositories", prefix, key)
        what = f"`{key}` of repository `{prefix}`"
        if key in _NEEDLESS:
            c.book.left_out(c.source.origin(*where), what, _NEEDLESS[key])
        else:
            c.hand(where, what, "relpro has no such key")
    return {key: value for key, value in said.items() if key in _REPOSITORY}


def _index(c: Configuring) -> Data:
    said, generic = c.said.get("index") or {}, list(_ROUTES)
    types = {"generic": generic, **index_types(c, generic)}
    if not any("index" in entry for entry in c.entries()) and not said:
        return {}
    return {"index": {"products": said.get("products") or c.products(), "types": types}}


def _treeherder(c: Configuring) -> Data:
    groups = dict((c.said.get("treeherder") or {}).get("group-names") or {})
    if any("fetch" in entry for entry in c.entries()) and "treeherder" in c.said:
        groups.setdefault("Fetch", "Fetches")
    return {"treeherder": {"group-names": template(groups)}} if groups else {}


def _times(c: Configuring) -> Data:
    made = {key: c.said[key] for key in ("task-priority", "task-deadline-after") if key in c.said}
    expires = c.said.get("task-expires-after", "28 days")
    every = [made.get("task-deadline-after"), *(one.get("deadline-after") for one in c.entries())]
    said = [one for value in every for one in alternatives(value) if isinstance(one, str)]
    longest = max(said, key=lambda one: seconds(one) or 0, default=LONGEST_DEADLINE)
    if (seconds(longest) or 0) > (seconds(LONGEST_DEADLINE) or 0):
        # A queue took it, so it takes it still.
        made["longest-deadline"] = longest
    return {**made, "task-expires-after": {"by-level": {"1": expires, "default": "1 year"}}}


def _promotion(c: Configuring) -> Data:
    said = c.said.get("release-promotion")
    if not isinstance(said, Mapping):
        return {}
    flavors = {
        name: made
        for name, flavor in (said.get("flavors") or {}).items()
        if (made := _flavor(c, name, flavor or {})) is not None
    }
    made = {"flavors": flavors} if flavors else {}
    if rebuilt := said.get("rebuild-kinds"):
        made["rebuild-kinds"] = rebuilt
    return {"release-promotion": made} if made else {}


def _flavor(c: Configuring, name: str, said: Mapping[str, object]) -> Data | None:
    """A flavor whose phase is the prefix of its name, if relpro supports it."""
    where = ("release-promotion", "flavors", name)
    phase = next((one for one in PHASES if name.startswith(one)), None)
    method = said.get("target-tasks-method")
    if phase is None or not is_label(name) or not isinstance(method, str):
        why = "a flavor of relpro has a phase, a product and a target method"
        c.hand(where, f"flavor `{name}`", why)
        return None
    registered = {one.names[0] for _, one in c.repository.every_added("target method")}
    if method not in {"default", *registered}:
        why = "no decorator registers it: add it to `target-methods`, and this flavor"
        c.hand((*where, "target-tasks-method"), f"target method `{method}`", why)
        return None
    made: Data = {"phase": phase, "product": said.get("product", c.products()[0])}
    made["target-tasks-method"] = method
    made |= {key: said[key] for key in _FLAVOR if key in said}
    for key in sorted(set(said) - set(made)):
        c.hand((*where, key), f"`{key}` of flavor `{name}`", "relpro has no such key")
    return made


def _attributes(c: Configuring) -> Data:
    """Attributes that only some tasks have, which are null for others."""
    every = (as_mapping(entry.get("attributes")) for entry in c.entries())
    names = {name.replace("_", "-") for attributes in every for name in attributes}
    known = {name.replace("_", "-") for name in KNOWN}
    return {
        name: "An attribute that some tasks have."
        for name in sorted(names - known - {"name", "kind"})
        if is_label(name)
    }


def _unread(c: Configuring) -> Iterator[tuple[str, ...]]:
    """The paths of settings that are not translated."""
    for key, value in c.said.items():
        if key in _READ_BELOW and isinstance(value, Mapping):
            yield from ((key, inner) for inner in value if inner not in _READ_BELOW[key])
        elif key not in {*_READ, *_READ_BELOW}:
            yield (key,)


def _tell_unread(c: Configuring) -> None:
    """Report keys of the configuration that only Python of the tree reads, or nothing."""
    for path in _unread(c):
        name = ": ".join(path)
        if reader := c.repository.reader(path[-1]):
            why = f"`{reader}` reads it: put it under `variables`, or into that transform"
            c.hand(path, f"`{name}` of the configuration", why)
        else:
            c.book.left_out(c.source.origin(*path), f"`{name}`", "nothing reads it")


def _tell_open(c: Configuring) -> None:
    """Report settings that differ from relpro's or are missing."""
    said = c.said["taskgraph"]
    if said.get("cache-pull-requests") is False:
        why = "relpro keeps what pull requests make apart, and has no switch for it"
        c.hand(("taskgraph", "cache-pull-requests"), "`cache-pull-requests: false`", why)
    for key in ("index-path-regexes", "disabled-actions"):
        if said.get(key):
            why = "`actions` of the configuration says who offers which action"
            c.hand(("taskgraph", key), f"`{key}`", why)
    if register := said.get("register"):
        where = c.source.origin("taskgraph", "register")
        why = "nothing is registered: what it adds is listed by itself"
        c.book.left_out(where, f"`{register}`", why)
    if (name := c.said.get("docker-image-kind")) and name != "docker-image":
        why = "the kind of images is called `docker-image`: rename it"
        c.hand(("docker-image-kind",), f"`docker-image-kind: {name}`", why)
    if parser := c.said.get("version-parser"):
        why = "write `version-parser`, a function from a version to facts"
        c.hand(("version-parser",), f"version parser `{parser}`", why)
    if "release-branches" in c.said:
        why = "relpro has a list of projects there, and branches under `projects`"
        c.hand(("release-branches",), "`release-branches`", why)
    why = "say which images and pools have which, and relpro finds what comes from nowhere"
    c.hand(("workers",), "every program is taken for known", why)
    why = "write under `projects` whose commits are level 3; all others are level 1"
    c.hand(("trust-domain",), "who is trusted is not said", why)
    why = "`relpro init --only .taskcluster.yml` writes one that calls relpro"
    c.book.left_out(c.source.origin(), "`.taskcluster.yml` stays as it is", why)
