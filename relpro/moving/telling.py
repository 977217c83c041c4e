"""Takes a task with `notify`, `treeherder` or `index`, gives it with relpro's sections."""

from collections.abc import Mapping
from typing import Any

from relpro.model.task import Json
from relpro.moving.merged import chosen, is_keyed, without
from relpro.moving.setting import Setting
from relpro.moving.texts import formatted_all, variable_named

Data = dict[str, Any]


def notify(data: Data, setting: Setting) -> Data:
    """The section `notify`; taskgraph's former `notifications` become one."""
    made = without(data, "notify", "notifications")
    said = data.get("notify")
    if isinstance(legacy := data.get("notifications"), Mapping):
        said = _former(legacy)
    if not isinstance(said, Mapping):
        return made

    def unknown(field: str) -> None:
        why = "templates of relpro name attributes and parameters"
        setting.hand(("notify",), f"`{{{field}}}` is filled in by nothing here", why)

    filled = formatted_all(dict(said), _field, unknown)
    section: Data = {"recipients": chosen(filled.get("recipients", []), _recipients)}
    if content := filled.get("content"):
        section["content"] = {channel: _content(channel, said) for channel, said in content.items()}
    return {**made, "notify": section}


def _field(field: str) -> str | None:
    """The variable for `task[name]`, `task[attributes][x]` or `config[params][x]`."""
    parts = field.replace("]", "").split("[")
    if parts[:2] == ["config", "params"] and len(parts) == 3:
        return variable_named(parts[2])
    if parts[:2] == ["task", "attributes"] and len(parts) == 3:
        return variable_named(parts[2])
    if parts == ["config", "kind"]:
        return variable_named("kind")
    if parts == ["task", "name"]:
        return variable_named("name")
    return None


def _former(said: Mapping[str, Any]) -> Data:
    statuses = said.get("status-types", ["on-completed"])

    def recipients(emails: Json) -> list[Data]:
        return [{"type": "email", "address": one, "status-types": statuses} for one in emails or ()]

    email = {"subject": said.get("subject"), "content": said.get("message", said.get("subject"))}
    return {"recipients": chosen(said.get("emails"), recipients), "content": {"email": email}}


def _recipients(said: Json) -> list[Data]:
    """One recipient for each address, with all its statuses."""
    found: dict[str, Data] = {}
    for one in said or ():
        made = without(one, "status-type", "status-types")
        statuses = one.get("status-types") or [one.get("status-type", "on-completed")]
        known = found.setdefault(str(sorted(made.items(), key=str)), {**made, "status-types": []})
        known["status-types"] = [*known["status-types"], *statuses]
    return list(found.values())


def _content(channel: str, said: Mapping[str, object]) -> Data:
    names = {"msg-type": "msgtype"} if channel == "matrix" else {}
    return {names.get(key, key): value for key, value in said.items()}


def treeherder(data: Data, setting: Setting) -> Data:
    """`treeherder` with taskgraph's defaults, which it derives from the kind."""
    if "treeherder" not in data:
        return data
    said = data["treeherder"]
    if not said:
        return without(data, "treeherder")
    kind = setting.kind
    full: Data = {
        "symbol": "".join(part[:1] for part in kind.split("-")).upper(),
        "platform": "default/opt",
        "kind": "build" if "build" in kind else "test" if "test" in kind else "other",
        "tier": 1,
    }
    if is_keyed(said):
        return data
    return {**data, "treeherder": {**full, **(said if isinstance(said, Mapping) else {})}}
