"""What is wrong with a release, found slowly and plainly: from payloads, place by place.

Nothing here is taken from the rules or from the builders of payloads: what a script does is read
from what the script is told, and what a command reads from what its kind says.
"""

import re
from collections.abc import Iterator, Mapping
from fnmatch import translate
from typing import Any
from unicodedata import category, normalize
from urllib.parse import unquote

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task

Json = Mapping[str, Any]
#: What is found: a code, and the task, name or family of which it is found.
Finding = tuple[str, str]

PHASES = ("build", "promote", "push", "ship")


def _is_left_out(path: str) -> bool:
    """Whether a push leaves an object out, whatever it is (beetmoverscript, constants.py)."""
    return (
        any(word in path for word in ("tests", "crashreporter", "contrib", "/partner-repacks"))
        or any(word in path for word in ("/logs/", "/host", "/mar-tools/", "/beetmover-checksums/"))
        or path.endswith((".log", ".txt", "json", ".checksums", ".checksums.asc"))
        or (path.endswith((".zip", ".zip.asc")) and "jsshell-" not in path)
    )


@attrs.frozen
class World:
    """What each task of a release does, by the position of the task.

    `said` has, by kind, what that says of the effects of its tasks: templates of keys.
    """

    graph: TaskGraph
    policy: Json
    said: Json
    product: str

    def findings(self) -> set[Finding]:
        """Everything that is wrong."""
        return {
            *self.two_writers(),
            *self.hardly_apart(),
            *self.ill_formed(),
            *self.unread(),
            *self.leading_nowhere(),
            *self.disowned(),
            *self.unpushed(),
            *self.incomplete(),
            *self.of_two_platforms(),
        }

    @property
    def tasks(self) -> list[tuple[int, Task]]:
        return [
            (at, task)
            for at, task in enumerate(self.graph)
            if task.attributes.get("shipping_product") in (None, self.product)
        ]

    # What tasks do

    def writes(self, task: Task) -> list[tuple[str, str]]:
        """(kind, key) of each place, as often as the payload says it."""
        payload, found = task.definition["payload"], []
        scopes = task.definition["scopes"]
        bucket = _after(scopes, ":beetmover:bucket:")
        for item in payload.get("artifactMap", ()):
            for said in item["paths"].values():
                found += [("object", f"{bucket}/{key}") for key in said["destinations"]]
        bouncer = _after(scopes, ":bouncer:server:")
        found += [
            ("download", f"{bouncer}/{name}") for name in payload.get("submission_entries", ())
        ]
        found += [("alias", f"{bouncer}/{name}") for name in payload.get("aliases_entries", ())]
        if "release_name" in payload:
            found.append(
                ("record", f"{_after(scopes, ':ship-it:server:')}/{payload['release_name']}")
            )
        server = _after(scopes, ":balrog:server:")
        if payload.get("behavior") == "submit-toplevel":
            for end in payload.get("update_line", {"": None}):
                blob = f"{server}/{_blob(payload)}{end}"
                found.append(("blob", blob))
                found += [("channel", f"{blob}/{name}") for name in payload["channel_names"]]
            found += [("rule", f"{server}/{rule}") for rule in payload["rules_to_update"]]
        if payload.get("behavior") == "schedule":
            found += [("rule", f"{server}/{rule}") for rule in payload["publish_rules"]]
        return found + self.declared(task, "writes")

    def declared(self, task: Task, part: str) -> list[tuple[str, str]]:
        """What the kind of a task says besides."""
        return [
            (kind, key.format_map({name: str(value) for name, value in task.attributes.items()}))
            for kind, keys in self.said.get(task.kind, {}).get(part, {}).items()
            for key in keys
        ]

    def reads(self, task: Task) -> list[tuple[str, str]]:
        payload, found = task.definition["payload"], []
        scopes = task.definition["scopes"]
        server = _after(scopes, ":bouncer:server:")
        found += [
            ("download", f"{server}/{name}") for name in payload.get("aliases_entries", {}).values()
        ]
        if payload.get("behavior") == "schedule":
            found.append(("blob", f"{_after(scopes, ':balrog:server:')}/{_blob(payload)}"))
        return [*dict.fromkeys(found), *self.declared(task, "reads")]

    def copies(self) -> list[tuple[int, str, str]]:
        """(position, from, to) of each object that is copied."""
        uploaded = {
            key for _, task in self.tasks for kind, key in self.writes(task) if kind == "object"
        }
        return [
            (at, key, to + key.removeprefix(start))
            for at, start, to in self.pushes()
            for key in sorted(uploaded)
            if key.startswith(start) and not _is_left_out(key.partition("/")[2])
        ]

    def pushes(self) -> list[tuple[int, str, str]]:
        """(position, folder, folder) of each push."""
        found = []
        for at, task in self.tasks:
            scopes, payload = task.definition["scopes"], task.definition["payload"]
            if any(scope.endswith(":beetmover:action:push-to-releases") for scope in scopes):
                pub = f"{_after(scopes, ':beetmover:bucket:')}/pub/{payload['product']}"
                version = payload["version"]
                build = f"{version}-candidates/build{payload['build_number']}"
                found.append((at, f"{pub}/candidates/{build}/", f"{pub}/releases/{version}/"))
        return found

    # Rule 1

    def two_writers(self) -> Iterator[Finding]:
        seen: list[tuple[tuple[str, str], Task]] = []
        for _, task in self.tasks:
            own = self.writes(task)
            if len(set(own)) < len(own):
                yield "G362", task.label
            for place in own:
                for other, writer in seen:
                    if other == place and not (
                        self.rewrites(task, place) or self.rewrites(writer, place)
                    ):
                        yield "G362", task.label
            seen += [(place, task) for place in set(own)]
        written, copied = {place for place, _ in seen}, set[str]()
        for at, _, to in self.copies():
            if ("object", to) in written or to in copied:
                yield "G362", self.graph.tasks[at].label
            copied.add(to)

    def hardly_apart(self) -> Iterator[Finding]:
        seen: dict[tuple[str, str], Task] = {}
        for _, task in self.tasks:
            for place in self.writes(task):
                kind, key = place
                if kind in ("object", "download", "alias") and place not in seen:
                    for other_kind, other in seen:
                        if other_kind == kind and other.lower() == key.lower():
                            yield "G362", task.label
                seen.setdefault(place, task)
        for (kind, key), task in seen.items():
            parts = key.split("/") if kind == "object" else []
            for count in range(1, len(parts)):
                if ("object", "/".join(parts[:count])) in seen:
                    yield "G362", task.label

    def rewrites(self, task: Task, place: tuple[str, str]) -> bool:
        kind, key = place
        globs = self.policy["rewriting-kinds"].get(task.kind, {}).get(kind, ())
        return any(_globbed(glob, key) for glob in globs)

    # Rules 2 and 3

    def unread(self) -> Iterator[Finding]:
        writers: dict[tuple[str, str], list[int]] = {}
        for at, task in self.tasks:
            for place in self.writes(task):
                writers.setdefault(place, []).append(at)
        for at, start, _ in self.copies():
            if self.is_late(writers[("object", start)], at):
                yield "G365", self.graph.tasks[at].label
        for at, _, to in self.copies():
            writers.setdefault(("object", to), []).append(at)
        for at, task in self.tasks:
            yield from (
                ("G364", task.label) for one in self.declared(task, "outside") if one in writers
            )
            for kind, key in self.reads(task):
                met = [
                    some
                    for (other, written), some in writers.items()
                    if other == kind and _means(key, written)
                ]
                if not met or any(self.is_late(some, at) for some in met):
                    yield ("G365" if met else "G364"), task.label

    def is_late(self, writers: list[int], reader: int) -> bool:
        return not any(self.is_before(one, reader) for one in writers)

    def is_before(self, writer: int, reader: int) -> bool:
        phases = [
            PHASES.index(self.graph.tasks[at].attributes["shipping_phase"])
            for at in (writer, reader)
        ]
        return phases[0] < phases[1] or self.needs(reader, writer, set())

    def needs(self, reader: int, writer: int, seen: set[int]) -> bool:
        labels = self.graph.labels
        task = self.graph.tasks[reader]
        for label in (*task.dependencies.values(), *task.soft_dependencies):
            if label in labels and (at := labels.index(label)) not in seen:
                seen.add(at)
                if at == writer or self.needs(at, writer, seen):
                    return True
        return False

    # Rule 4

    def ill_formed(self) -> Iterator[Finding]:
        for task in self.graph:
            for kind, key in self.writes(task):
                path = key.partition("/")[2] if kind == "object" else key
                parts = path.split("/")
                faults = [
                    "" in parts,
                    path != path.strip(),
                    any(ord(sign) < 32 or ord(sign) == 127 for sign in path),
                    kind == "object" and ("." in parts or ".." in parts),
                    kind == "object" and re.match(r"[A-Za-z][\w+.-]*:", path, re.ASCII) is not None,
                    kind == "object" and any(sign in path for sign in "?#\\"),
                    kind == "object" and unquote(path) != path,
                    kind == "object" and len(path.encode()) > 1024,
                    any(category(sign)[0] in "CZ" and sign != " " for sign in path),
                    normalize("NFC", path) != path,
                ]
                if any(faults):
                    yield "G363", task.label

    def disowned(self) -> Iterator[Finding]:
        owned = self.policy["owned-folders"]
        for at, task in enumerate(self.graph):
            keys = [key for kind, key in self.writes(task) if kind == "object"]
            keys += [to for push, _, to in self.pushes() if push == at]
            for key in keys:
                bucket, _, path = key.partition("/")
                if not any(path.startswith(folder) for folder in owned.get(bucket, ())):
                    yield "G367", task.label

    # Rule 5

    def leading_nowhere(self) -> Iterator[Finding]:
        there = {
            key.partition("/")[2]
            for _, task in self.tasks
            for kind, key in self.writes(task)
            if kind == "object"
        }
        there |= {to.partition("/")[2] for _, _, to in self.copies()}
        for _, task in self.tasks:
            payload = task.definition["payload"]
            for name, entry in payload.get("submission_entries", {}).items():
                for said in entry["paths_per_bouncer_platform"].values():
                    before, lang, after = f"pub{said}".partition(":lang")
                    for locale in payload["locales"] if lang else [""]:
                        path = f"{before}{locale}{after}"
                        folder = f"{before}{locale}/" if lang else path[: path.rfind("/") + 1]
                        near = before[: before.rfind("/") + 1]
                        is_released = not any(one.startswith(near) for one in there) or any(
                            one.startswith(folder) for one in there
                        )
                        if path not in there and is_released:
                            yield "G366", name

    def unpushed(self) -> Iterator[Finding]:
        pushes, copies = self.pushes(), self.copies()
        for at, start, _ in pushes:
            if not any(push == at and key.startswith(start) for push, key, _ in copies):
                yield "G380", self.graph.tasks[at].label
        buckets = {start.partition("/")[0] for _, start, _ in pushes}
        for _, task in self.tasks:
            for kind, key in self.writes(task):
                pushed = any(key.startswith(folder) for _, *both in pushes for folder in both)
                if kind == "object" and key.partition("/")[0] in buckets and not pushed:
                    yield "G380", task.kind

    def of_two_platforms(self) -> Iterator[Finding]:
        platforms: dict[tuple[str, str], set[str]] = {}
        for _, task in self.tasks:
            payload = task.definition["payload"]
            for name, entry in payload.get("submission_entries", {}).items():
                paths = [*entry["paths_per_bouncer_platform"].values()]
                if len(set(paths)) < len(paths):
                    yield "G383", name
            for item in payload.get("artifactMap", ()):
                source = task.dependencies[item["taskId"]["task-reference"][1:-1]]
                for path, said in item["paths"].items():
                    for key in said["destinations"]:
                        found = {
                            one
                            for one in self.policy["families"]["platforms"]
                            if one in key.split("/")
                        }
                        platforms.setdefault((source, path), set()).update(found)
        for (_, path), found in platforms.items():
            if len(found) > 1:
                yield "G383", path

    # Rule 6

    def incomplete(self) -> Iterator[Finding]:
        said = self.policy["families"]
        paths = [
            key.partition("/")[2].removeprefix(said["folder"])
            for _, task in self.tasks
            for kind, key in self.writes(task)
            if kind == "object" and key.partition("/")[2].startswith(said["folder"])
        ]
        has = {
            name: {
                (platform, locale)
                for platform in said["platforms"]
                for path in paths
                for glob in globs
                for locale in [
                    _between(path, *glob.replace(":platform", platform).split(":locale"))
                ]
                if locale
            }
            for name, globs in said["files"].items()
        }
        released = set().union(*(has[name] for name in said["released-by"]))
        for name, members in has.items():
            absent = {tuple(one.split("/")) for one in said["absent"].get(name, ())}
            if released - members - absent:
                yield "G381", name


def _after(scopes: list[str], words: str) -> str:
    return next((scope.partition(words)[2] for scope in scopes if words in scope), "")


def _blob(payload: Json) -> str:
    return f"{payload['product'].capitalize()}-{payload['version']}-build{payload['build_number']}"


def _means(key: str, written: str) -> bool:
    """Whether what is read means what is written."""
    if key.endswith("/"):
        return written.startswith(key)
    return _globbed(key, written) if "*" in key else key == written


def _globbed(glob: str, key: str) -> bool:
    """Whether a glob matches a key, name by name, or a folder that it lies in."""
    wanted, names = glob.split("/"), key.split("/")
    return len(wanted) <= len(names) and all(
        re.match(translate(one), name) for one, name in zip(wanted, names, strict=False)
    )


def _between(path: str, start: str, end: str) -> str:
    """The locale in a path; empty where it is of another form. `*` is in `end` only."""
    if not path.startswith(start):
        return ""
    locale, slash, rest = path.removeprefix(start).partition("/")
    if end.startswith("/"):
        fits = bool(slash) and "/" not in rest and re.match(translate(end[1:]), rest)
        return locale if fits else ""
    return locale.removesuffix(end) if not slash and locale.endswith(end) else ""
