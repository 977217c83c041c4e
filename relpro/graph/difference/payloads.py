"""Takes a payload of a graph file, gives it in words in which taskgraph and relpro say the same.

Sources: taskgraph 24.5, its payload builders and run-task.
"""

import json
import posixpath
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from relpro.model.task import Json

Body = dict[str, Any]

#: The kind whose digests are over what the other tool packs otherwise.
IMAGES: Final = "docker-image"

#: What is fetched, or built by a script: known by an attribute, whatever the kind is called.
FETCH, TOOLCHAIN = "fetch", "toolchain"

#: What taskgraph and relpro put behind the name of a cache: versions and digests of run-task.
CACHE_END: Final = re.compile(r"(-v\d+)?(-[0-9a-f]{20}([0-9a-f]{12}|-<docker-image>)?)?$")

#: The address of a program that the decision task publishes.
_PROGRAM: Final = re.compile(r".*/task/[^/]+/artifacts/(public/(?:run-task|fetch-content))$")

#: What builds images: each version of the tools has another one, with its own folder.
_BUILDER: Final = re.compile(r"^(mozillareleases/image_builder):.*")

#: Exit statuses of run-task, and of an interrupted process on Windows.
_STATUSES: Final = frozenset({72, 1073807364, 3221225786})


def payload_alike(payload: Body, sort: str) -> Body:
    """A payload in common words; `sort` is `FETCH`, `TOOLCHAIN`, or the kind. It is changed."""
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
    if sort == FETCH:
        for key in ("cache", "artifacts"):
            payload.pop(key, None)
    if sort == IMAGES and isinstance(env := payload.get("env"), Mapping):
        payload["env"] = {**env, "HASH": "", "DOCKER_BUILD_ARGS": _arguments(env)}
        payload |= _builder(payload)
    return {key: value for key, value in payload.items() if value not in ({}, [])}


def _builder(payload: Mapping[str, Json]) -> Body:
    """What builds an image, whichever version it is, and what it makes, wherever it puts it."""
    image, artifacts = payload.get("image"), payload.get("artifacts")
    if (
        not isinstance(image, str)
        or not _BUILDER.match(image)
        or not isinstance(artifacts, Mapping)
    ):
        return {}
    made = {
        name: {**said, "path": posixpath.basename(said["path"])} for name, said in artifacts.items()
    }
    return {"image": _BUILDER.sub(r"\1", image), "artifacts": made}


def _arguments(env: Mapping[str, Json]) -> Json:
    said = env.get("DOCKER_BUILD_ARGS", "{}")
    known = _read(said["task-reference"] if isinstance(said, Mapping) else said)
    if not isinstance(known, Mapping):
        return said
    return {key: value for key, value in known.items() if value or key != "DOCKER_IMAGE_PACKAGES"}


def _read(text: Json) -> Json:
    """What a text of JSON holds; the text where it is none."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _in_order(values: Iterable[Json]) -> list[Json]:
    """Values of which the order says nothing."""
    return sorted(values, key=lambda one: json.dumps(one, sort_keys=True))


def _commands(commands: Sequence[Json], sort: str) -> Json:
    """What is run, with the options of run-task in one spelling and order."""
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
    if sort == TOOLCHAIN:
        command = _script(command)
    elif sort == FETCH:
        command = [re.sub(r"^([\w-]+): ", r"\1:", str(word)) for word in command]
    return [words[0], *options, "--", *command]


def _options(words: Sequence[str]) -> list[str]:
    """Options and their values as one word each, sorted."""
    found: list[str] = []
    for word in words:
        if not word.startswith("--") and found and "=" not in found[-1]:
            found[-1] += f"={word}"
        else:
            found.append(word)
    return sorted(_plain_path(word) for word in found)


def _plain_path(option: str) -> str:
    """An option whose folder is written in the shortest way."""
    name, equals, path = option.partition("=")
    shorter = re.sub(r"/[^/]+/\.\.$", "", path.rstrip("/"))
    return f"{name}{equals}{shorter}"


def _script(words: Sequence[Json]) -> Sequence[Json]:
    """The script of a toolchain with its arguments, run by a shell or as it is, as one line."""
    if list(words[:2]) == ["bash", "-cx"] and len(words) == 3:
        return [str(words[2]).removeprefix("./")]
    return [shlex.join(map(str, words))]


def _line(line: str) -> str:
    """A line of Windows: quotes may stand around words, and folders end in a slash."""
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
    """What is fetched, in one order: it is fetched at once."""
    known = _read(said.get("task-reference"))
    return _in_order(known) if isinstance(known, list) else said


def _folder(value: Json) -> Json:
    """A folder of a cache: taskgraph's are in `.task-cache`."""
    return value.replace(".task-cache/", ".cache/") if isinstance(value, str) else value


def _caches(cache: Mapping[str, Json]) -> Json:
    known = cache.get("task-reference", cache)
    return {CACHE_END.sub("", name): _folder(folder) for name, folder in known.items()}


def _mount(mount: Json) -> Json:
    if not isinstance(mount, Mapping):
        return mount
    made = {key: _folder(value) for key, value in mount.items()}
    if isinstance(name := made.get("cacheName"), str):
        made["cacheName"] = CACHE_END.sub("", name)
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
