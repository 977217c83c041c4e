"""Takes the URL of an update request; gives the data of the client in it.

Source: Balrog, auslib/web/public/client.py, and the paths of auslib/web/public/swagger/api.yml.
"""

import re
from collections.abc import Mapping
from typing import Any

import attrs

#: Version of the URL -> its parts between `/update/<version>/` and `/update.xml`.
_FIRST = ("product", "version", "build_id", "build_target", "locale", "channel")
_SYSTEM = ("os_version", "distribution", "dist_version")
_PARTS: Mapping[str, tuple[str, ...]] = {
    "1": _FIRST,
    "2": (*_FIRST, "os_version"),
    "3": (*_FIRST, *_SYSTEM),
    "4": (*_FIRST, *_SYSTEM, "platform_version"),
    "5": (*_FIRST, *_SYSTEM, "imei"),
    "6": (*_FIRST, "os_version", "system_capabilities", "distribution", "dist_version"),
}

#: Parts that decide nothing.
_UNUSED = ("platform_version", "imei")

#: The suffix that clients of an old test append to the version, in URLs of version 3.
_OLD_TEST = "esrpre"

#: Text that some proxies insert into URLs.
_APPENDED = re.compile(r"(?:\?|%3F).*", re.DOTALL)
_PREPENDED = "x86 "


@attrs.frozen
class Request:
    """The data that a client sends. None means "not given".

    `force` is 1 if a person checks for updates, -1 if a client wants the fallback; `memory` is in
    megabytes; `pin` is a version not to exceed (`102.`).
    """

    product: str
    version: str
    build_id: str
    build_target: str
    locale: str
    channel: str
    os_version: str = ""
    instruction_set: str | None = None
    memory: int | None = None
    jaws: bool | None = None
    distribution: str = ""
    dist_version: str | None = None
    force: int | None = None
    mig64: bool | None = None
    pin: str | None = None
    header_architecture: str = "Intel"


def read_request(path: str, query: Mapping[str, str], user_agent: str = "") -> Request | None:
    """The request at a path (already unquoted); None if the path is no request."""
    pieces = path.split("/")
    if len(pieces) < len(("", "update", "1", "update.xml")) or pieces[:2] != ["", "update"]:
        return None
    names, values = _PARTS.get(pieces[2], ()), pieces[3:-1]
    if pieces[-1] != "update.xml" or len(names) != len(values) or not all(values):
        return None
    said: dict[str, Any] = {
        name: _in_ascii(value) for name, value in zip(names, values, strict=True)
    }
    if pieces[2] == "3":
        said["version"] = said["version"].removesuffix(_OLD_TEST)
    said["locale"] = said["locale"].replace(_PREPENDED, "")
    capabilities = said.pop("system_capabilities", None)
    for name in _UNUSED:
        said.pop(name, None)
    system = {} if capabilities is None else _capabilities(capabilities)
    return Request(**said, **system, **_asked(query), **_hardware(said, user_agent))


def _in_ascii(value: str) -> str:
    return value.encode("ascii", "replace").decode()


def _asked(query: Mapping[str, str]) -> dict[str, Any]:
    """The query string."""
    force = query.get("force", "")
    if "avast" in force:
        force = _APPENDED.sub("", force)
    return {
        "force": {"1": 1, "-1": -1}.get(force),
        "mig64": query["mig64"] == "1" if "mig64" in query else None,
        "pin": query.get("pin"),
    }


def _hardware(said: Mapping[str, str], user_agent: str) -> dict[str, Any]:
    is_old_mac = said["build_target"].startswith("Darwin") and "PPC" in user_agent
    return {"header_architecture": "PPC" if is_old_mac else "Intel"}


def _capabilities(text: str) -> dict[str, Any]:
    """`ISET:SSE4_2,MEM:8192,JAWS:0`, or in the form of older clients, `SSE4_2,8192`.

    An unreadable value counts as not given.
    """
    if not text.startswith("ISET:"):
        parts = text.split(",")
        if len(parts) > 2:
            return {}
        memory = _number(parts[1]) if len(parts) == 2 else None
        return {"instruction_set": parts[0], "memory": memory}
    named = dict(part.split(":", 1) for part in text.split(",") if ":" in part)
    jaws = _number(named.get("JAWS"))
    return {
        "instruction_set": named.get("ISET"),
        "memory": _number(named.get("MEM")),
        "jaws": None if jaws is None else bool(jaws),
    }


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None
