"""Takes a task of a graph file, gives it in terms that taskgraph and relpro have in common.

Differences by design between the two tools are rewritten on both sides, so that the remaining
differences are real ones. docs/how-to/adopt-relpro.md lists them. Sources: taskgraph 24.5, its
transforms and run-task.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from relpro.model.task import Json

Body = dict[str, Any]

#: What taskgraph appends to the description of a task that Treeherder shows.
_PUSH_LINK: Final = re.compile(r" \(\[Treeherder push\]\([^)]*\)\)$")

#: What taskgraph and relpro append to the name of a cache: versions and digests of run-task.
_CACHE_END: Final = re.compile(r"(-v\d+)?(-[0-9a-f]{20}([0-9a-f]{12}|-<docker-image>)?)?$")

_CACHE_SCOPE: Final = re.compile(r"(docker-worker|generic-worker):cache:")

#: Treeherder's route with the number of a push, which projects in git do not have.
_PUSH_NUMBER: Final = re.compile(r"^(tc-treeherder\.v2\.[^.]+\.[0-9a-f]+)\.\w+$")

#: The URL of a program that the decision task publishes.
_PROGRAM: Final = re.compile(r".*/task/[^/]+/artifacts/(public/(?:run-task|fetch-content))$")

#: The file of a kind, whose changes count as changes of its tasks.
_KIND_FILE: Final = re.compile(r"(^|/)kinds/[^*]*\.yml$")

#: Exit statuses of run-task, and of an interrupted process on Windows.
_STATUSES: Final = frozenset({72, 1073807364, 3221225786})

#: The kinds whose digests cover files that the other tool packs differently.
_IMAGES: Final = "docker-image"

#: Attributes by which fetches and toolchains are recognized, whatever their kind is called.
_FETCH, _TOOLCHAIN = "fetch", "toolchain"


def alike(task: Json) -> Json:
    """A task of a graph file in common terms. The argument is not changed."""
    attributes = _attributes(task)
    sorts = (sort for sort in (_FETCH, _TOOLCHAIN) if f"{sort}_artifact" in attributes)
    sort = next(sorts, str(task.get("kind", "")))
    return {
        **task,
        "attributes": attributes,
        "optimization": _optimization(task),
        "soft_dependencies": sorted(task.get("soft_dependencies") or ()),
        "task": _body(dict(task.get("task") or {}), sort),
    }


def _attributes(task: Json) -> Json:
    """Attributes with underscores, without those that only one of the tools has."""
    found = {name.replace("-", "_"): value for name, value in task["attributes"].items()}
    for name in ("kind", "docker_context", "docker_volumes"):
        found.pop(name, None)
    for name in ("fetch_alias", "toolchain_alias"):
        if isinstance(found.get(name), str):
            found[name] = [found[name]]
    if (first := _first_alike(task, found)) is not None:
        found["primary_dependency_label"] = first
    cached = found.get("cached_task")
    if isinstance(cached, Mapping) and task.get("kind") == _IMAGES:
        found["cached_task"] = {key: value for key, value in cached.items() if key != "digest"}
    return found


def _first_alike(task: Json, attributes: Mapping[str, Json]) -> str | None:
    """Of several dependencies of the primary kind, the one whose label sorts first."""
    said, kind = (
        attributes.get(f"primary_{what}") for what in ("dependency_label", "kind_dependency")
    )
    labels = [one for one in task["dependencies"].values() if one.startswith(f"{kind}-")]
    return min(labels) if said in labels else None


def _optimization(task: Json) -> Json:
    """The optimization, without the files of its kind and without digests of images."""
    said = task.get("optimization")
    if not isinstance(said, Mapping):
        return said
    made = dict(said)
    if isinstance(files := made.get("skip-unless-changed"), list):
        made["skip-unless-changed"] = [one for one in files if not _KIND_FILE.search(one)]
    if isinstance(paths := made.get("index-search"), list) and task.get("kind") == _IMAGES:
        made["index-search"] = [path.rpartition(".")[0] for path in paths]
    return made


def _body(body: Body, sort: str) -> Body:
    for key, change in _PARTS.items():
        if key in body:
            body[key] = change(body[key])
    if sort == _IMAGES and isinstance(routes := body.get("routes"), list):
        body["routes"] = [re.sub(r"\.hash\.[0-9a-f]{64}$", ".hash", route) for route in routes]
    if body.get("provisionerId") == "invalid" and body.get("workerType") == "always-optimized":
        body |= {"provisionerId": "built-in", "workerType": "succeed"}
    payload = body.get("payload")
    if isinstance(payload, Mapping):
        body["payload"] = _payload(dict(payload), sort)
    if sort == _FETCH:
        body["scopes"] = [one for one in body.get("scopes", ()) if not _CACHE_SCOPE.match(one)]
    return body


def _scopes(scopes: Sequence[Json]) -> Json:
    return sorted({_scope(scope) for scope in scopes})


def _scope(scope: Json) -> str:
    text = str(scope["task-reference"] if isinstance(scope, Mapping) else scope)
    return _CACHE_END.sub("", text) if _CACHE_SCOPE.match(text) else text


def _routes(routes: Sequence[str]) -> Json:
    return sorted({_PUSH_NUMBER.sub(r"\1", route) for route in routes})


def _metadata(said: Mapping[str, Json]) -> Json:
    return {**said, "description": _PUSH_LINK.sub("", str(said.get("description", "")))}


def _extra(said: Mapping[str, Json]) -> Json:
    known = {key: value for key, value in said.items() if key != "treeherder-platform"}
    trusted = known.get("chainOfTrust")
    if isinstance(trusted, Mapping) and set(trusted.get("inputs", ())) <= {"docker-image"}:
        known.pop("chainOfTrust")
    return known


_PARTS: Final[Mapping[str, Callable[[Any], Json]]] = {
    "scopes": _scopes,
    "routes": _routes,
    "metadata": _metadata,
    "extra": _extra,
}


def _payload(payload: Body, sort: str) -> Body:
    if isinstance(commands := payload.get("command"), list):
        payload["command"] = _commands(commands, sort)
    if isinstance(env := payload.get("env"), Mapping):
        payload["env"] = _environment(env)
    if isinstance(cache := payload.get("cache"), Mapping):
        payload["cache"] = _caches(cache)
    if isinstance(mounts := payload.get("mounts"), list):
        payload["mounts"] = _in_order(map(_mount, mounts))
    if "onExitStatus" in payload:
        payload["onExitStatus"] = _statuses(payload["onExitStatus"])
    if payload.get("features") == {}:
        del payload["features"]
    if sort == _FETCH:
        for key in ("cache", "artifacts"):
            payload.pop(key, None)
    if sort == _IMAGES and isinstance(env := payload.get("env"), Mapping):
        payload["env"] = {**env, "HASH": "", "DOCKER_BUILD_ARGS": _arguments(env)}
    return {key: value for key, value in payload.items() if value not in ({}, [])}


def _arguments(env: Mapping[str, Json]) -> Json:
    said = env.get("DOCKER_BUILD_ARGS", "{}")
    known = _read(said["task-reference"] if isinstance(said, Mapping) else said)
    if not isinstance(known, Mapping):
        return said
    return {key: value for key, value in known.items() if value or key != "DOCKER_IMAGE_PACKAGES"}


def _read(text: Json) -> Json:
    """The value of JSON text; the text itself if it is not JSON."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _in_order(values: Iterable[Json]) -> list[Json]:
    """Sorted values of a list whose order has no meaning."""
    return sorted(values, key=lambda one: json.dumps(one, sort_keys=True))


def _commands(commands: Sequence[Json], sort: str) -> Json:
    """Commands, with the options of run-task in one spelling and order."""
    if len(commands) == 1 and isinstance(commands[0], str):
        return [_line(commands[0])]
    if any(isinstance(one, list) for one in commands):
        return [_words(one, sort) if isinstance(one, list) else one for one in commands]
    return _words(commands, sort)


def _words(words: Sequence[Json], sort: str) -> Json:
    if "--" not in words or "run-task" not in str(words[0]):
        return list(words)
    end = words.index("--")
    options = _options([str(one) for one in words[1:end]])
    command: Sequence[Json] = words[end + 1 :]
    if sort == _TOOLCHAIN:
        command = _script(command)
    elif sort == _FETCH:
        command = [re.sub(r"^([\w-]+): ", r"\1:", str(word)) for word in command]
    return [words[0], *options, "--", *command]


def _options(words: Sequence[str]) -> list[str]:
    """Options with their values, one text each, sorted."""
    found: list[str] = []
    for word in words:
        if not word.startswith("--") and found and "=" not in found[-1]:
            found[-1] += f"={word}"
        else:
            found.append(word)
    return sorted(_plain_path(word) for word in found)


def _plain_path(option: str) -> str:
    """An option whose folder is normalized."""
    name, equals, path = option.partition("=")
    shorter = re.sub(r"/[^/]+/\.\.$", "", path.rstrip("/"))
    return f"{name}{equals}{shorter}"


def _script(words: Sequence[Json]) -> Sequence[Json]:
    """The script of a toolchain with its arguments as one line, whether a shell runs it or not."""
    if list(words[:2]) == ["bash", "-cx"] and len(words) == 3:
        return [str(words[2]).removeprefix("./")]
    return [shlex.join(map(str, words))]


def _line(line: str) -> str:
    """A command line of Windows, without quotes around words; folders end in a slash."""
    return re.sub(r"/(?= )", "", line.replace('\\"', "").replace('"', ""))


def _environment(env: Mapping[str, Json]) -> Json:
    made: Body = {}
    for name, value in env.items():
        if name == "HG_STORE_PATH":
            continue
        if name == "REPOSITORIES":
            made[name] = _read(value)
        elif name == "MOZ_FETCHES" and isinstance(value, Mapping):
            made[name] = _fetches(value)
        else:
            made[name] = _folder(value)
    return made


def _fetches(said: Mapping[str, Json]) -> Json:
    """Fetches in a fixed order, since all are fetched at the same time."""
    known = _read(said.get("task-reference"))
    return _in_order(known) if isinstance(known, list) else said


def _folder(value: Json) -> Json:
    """A folder of a cache; taskgraph's are in `.task-cache`."""
    return value.replace(".task-cache/", ".cache/") if isinstance(value, str) else value


def _caches(cache: Mapping[str, Json]) -> Json:
    known = cache.get("task-reference", cache)
    return {_CACHE_END.sub("", name): _folder(folder) for name, folder in known.items()}


def _mount(mount: Json) -> Json:
    if not isinstance(mount, Mapping):
        return mount
    made = {key: _folder(value) for key, value in mount.items()}
    if isinstance(name := made.get("cacheName"), str):
        made["cacheName"] = _CACHE_END.sub("", name)
    if isinstance(file := made.get("file"), str):
        made["file"] = file.removeprefix("./")
    content = made.get("content")
    if isinstance(content, Mapping) and (match := _PROGRAM.match(str(content.get("url")))):
        decision = {"task-reference": "<decision>"}
        made["content"] = {"artifact": match[1], "taskId": decision}
    return made


def _statuses(said: Json) -> Json:
    if not isinstance(said, Mapping):
        return said
    left = {key: [one for one in value if one not in _STATUSES] for key, value in said.items()}
    return {key: value for key, value in left.items() if value}
