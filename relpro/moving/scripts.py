"""Takes `worker` of a scriptworker task, gives it in relpro's format."""

import re
from collections.abc import Mapping
from typing import Any, Final

from relpro.model.task import Json
from relpro.moving.setting import Setting

Data = dict[str, Any]

_REFERENCE: Final = re.compile(r"<([^<>]+)>")

_ROOM: Final = ("on-pending", "on-resolved")


def edge(said: object) -> str | None:
    """The dependency in `{task-reference: <build>}`."""
    text = said.get("task-reference") if isinstance(said, Mapping) else said
    match = _REFERENCE.fullmatch(text) if isinstance(text, str) else None
    return match[1] if match else None


def _upstream(said: object) -> Json:
    """Upstream artifacts, with an edge in place of a reference."""
    if not isinstance(said, Mapping):
        return said
    names = {"taskType": "type", "authenticode_comment": "authenticode-comment"}
    made: Data = {}
    for key, value in said.items():
        if key == "taskId":
            made["task"] = edge(value) or value
        elif key not in names or value is not None:
            made[str(names.get(key, key))] = value
    return made


def _with_upstream(said: Data) -> Data:
    if isinstance(artifacts := said.get("upstream-artifacts"), list):
        return {**said, "upstream-artifacts": [_upstream(one) for one in artifacts]}
    return said


def signing(data: Data, _setting: Setting) -> Data:
    """What signingscript signs."""
    return {**data, "worker": _with_upstream(data["worker"])}


def beetmover(data: Data, setting: Setting) -> Data:
    """Action and bucket of beetmover: taskgraph has them in scopes, relpro in the worker."""
    said = _with_upstream(data["worker"])
    rest = []
    for scope in data.get("scopes") or ():
        prefix, _, end = str(scope).partition(":beetmover:")
        kind, _, name = end.partition(":")
        if prefix and kind in {"action", "bucket", "apt-repo"} and name:
            said.setdefault(kind, name)
        else:
            rest.append(scope)
    if "action" not in said:
        setting.hand(("worker",), "the action of beetmover is unknown", "say `action` and `bucket`")
    if "partner-public" in said:
        setting.hand(("worker", "partner-public"), "`partner-public`", "relpro does not say it")
        del said["partner-public"]
    if isinstance(mapped := said.get("artifact-map"), list):
        said["artifact-map"] = [_map_entry(one) for one in mapped]
    made = {**data, "worker": {"max-run-time": 600, **said}}
    return {**made, "scopes": rest} if "scopes" in data else made


def _map_entry(said: object) -> object:
    if not isinstance(said, Mapping):
        return said
    made: Data = {}
    for key, value in said.items():
        if key == "taskId":
            made["task"] = edge(value) or value
        elif key == "paths" and isinstance(value, Mapping):
            made["paths"] = {path: _dashed(where) for path, where in value.items()}
        else:
            made[key] = value
    return made


def _dashed(said: object) -> object:
    if not isinstance(said, Mapping):
        return said
    return {key.replace("_", "-"): value for key, value in said.items()}


def beetmover_data(data: Data, _setting: Setting) -> Data:
    """Data that beetmover uploads."""
    said = dict(data["worker"])
    made = {
        "action": "upload-data",
        "bucket": said.pop("bucket", None),
        "release-properties": {"app-name": said.pop("app-name", None)},
    }
    said.pop("project", None)
    return {**data, "worker": {**made, **said}}


def bitrise(data: Data, _setting: Setting) -> Data:
    """Workflows of Bitrise, with their environments."""
    said = dict(data["worker"].get("bitrise") or {})
    workflows: Any = said.get("workflows") or []
    if any(isinstance(one, Mapping) for one in workflows):
        made: dict[str, list[Any]] = {}
        for one in workflows:
            for name, builds in one.items() if isinstance(one, Mapping) else [(one, [])]:
                made.setdefault(name, []).extend({"environments": dict(env)} for env in builds)
        workflows = made
    section = {"app": said.get("app"), "workflows": workflows}
    if folder := said.get("artifact_prefix"):
        section["artifact-prefix"] = folder
    return {**data, "worker": section}


def lando(data: Data, setting: Setting) -> Data:
    """The actions of landoscript, as a list of names, with their settings beside it."""
    said = dict(data["worker"])
    actions: list[str] = []
    made: Data = {}
    for action in said.pop("actions", None) or ():
        for said_name, info in action.items() if isinstance(action, Mapping) else ():
            name = said_name
            if name in {"android-l10n-import", "android-l10n-sync", "l10n-bump"}:
                made[f"{name}-info"] = info
            elif name in {"esr-bump", "main-bump", "early-to-late-beta", "uplift"}:
                more = {"merge-old-head": True} if name == "uplift" else {}
                made["merge-info"] = {**info, **more}
                name = "merge-day"
            else:
                why = f"write `{name}-info` with what taskgraph made of the release"
                setting.hand(("worker", "actions"), f"action `{name}` is told of the release", why)
            actions.append(name)
    renamed = {"force-dry-run": "dry-run"}
    for key, value in said.items():
        if key == "matrix-rooms":
            routes = [f"notify.matrix-room.{room}.{s}" for room in value for s in _ROOM]
            data = {**data, "routes": [*(data.get("routes") or ()), *routes]}
        else:
            made[renamed.get(key, key)] = value
    return {**data, "worker": {"actions": actions, **made}}


def shipit(data: Data, setting: Setting) -> Data:
    """The data for Ship-it; only marking as shipped is known from a transform."""
    said = data["worker"]
    if "action" in said:
        return data
    setting.hand(
        ("worker",), "what is told to Ship-it", "relpro names the `action` here, as in docs"
    )
    return data
