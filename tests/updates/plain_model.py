"""A slow and plain account of who is offered which update, written from the rules alone.

It shares nothing with `relpro.updates`: it works on rows of JSON, step by step as the rules are
told, without classes, and as if speed did not matter. Tests hold the server's answers against it.
"""

import re
from typing import Any

from tests.updates.plain_blob import (
    CLIENT_AT_FAULT,
    Fails,
    newer,
    number_of,
    of_locale,
    offered,
    short,
)

Json = dict[str, Any]


def expected(tables: Json, parts: tuple[str, ...], query: Json, agent: str, roll: int) -> Any:
    """A status, or the rule's id (or None) with attributes and patches (or None) of the offer."""
    client = understood(parts, query, agent)
    try:
        return decide(tables, client, roll)
    except Fails as failure:
        return failure.args[0]


def understood(parts: tuple[str, ...], query: Json, agent: str) -> Json:
    kind, *values = parts
    names = ["product", "version", "buildID", "buildTarget", "locale", "channel"]
    if kind != "1":
        names.append("osVersion")
    if kind == "6":
        names.append("capabilities")
    if kind in "3456":
        names += ["distribution", "distVersion"]
    client: Json = {"osVersion": "", "distribution": "", **dict(zip(names, values, strict=False))}
    text = client.get("capabilities", "")
    if text.startswith("ISET:"):
        for piece in text.split(","):
            key, _, value = piece.partition(":")
            client[key] = value
    elif len(text.split(",")) < 3 and text:
        client["ISET"], _, client["MEM"] = text.partition(",")
    client["memory"] = int(client["MEM"]) if client.get("MEM", "").isdigit() else None
    client["jaws"] = {"0": False, "1": True}.get(client.get("JAWS", ""))
    client["mig64"] = (query["mig64"] == "1") if "mig64" in query else None
    client["force"] = query.get("force", "").split("?")[0]
    client["pin"] = query.get("pin")
    mac = client["buildTarget"].startswith("Darwin")
    client["headerArchitecture"] = "PPC" if mac and "PPC" in agent else "Intel"
    return client


def decide(tables: Json, client: Json, roll: int) -> Any:
    plain_channel = client["channel"].partition("-cck-")[0]
    best = None if is_shut_off(tables, client) else best_rule(tables, client)
    if best is None:
        return None, None
    name = led_to(best, client, roll)
    if name is None:
        return best["rule_id"], None
    by_name = {release["name"]: release["blob"] for release in tables["releases"]}
    blob = by_name[name]
    if not newer(blob, client):
        return best["rule_id"], None
    if goes_too_far(blob, client):
        key = [client["product"], plain_channel, client["pin"]]
        for *pin, mapping in tables["pins"]:
            if pin == key:
                blob = by_name[mapping]
        if not newer(blob, client):
            return best["rule_id"], None
    kind, hosts = best["update_type"], tables["hosts"]
    return best["rule_id"], offered(blob, client, kind, by_name, group_fits, hosts)


def is_shut_off(tables: Json, client: Json) -> bool:
    channels = (client["channel"], client["channel"].partition("-cck-")[0])
    return any([client["product"], channel] in tables["shutoffs"] for channel in channels)


def best_rule(tables: Json, client: Json) -> Any:
    best = None
    for rule in tables["rules"]:
        if fits(rule, client) and (best is None or rule["priority"] > best["priority"]):
            best = rule
    return best


def led_to(rule: Json, client: Json, roll: int) -> str | None:
    """The release that the rule has for this client."""
    name: str | None = rule["mapping"]
    if name is None or client["force"] == "1" or rule["backgroundRate"] == 100:
        return name
    if client["force"] == "-1" or roll >= rule["backgroundRate"]:
        name = rule["fallbackMapping"]
    return name


def goes_too_far(blob: Json, client: Json) -> bool:
    """Whether a release is beyond the client's pin."""
    if client["pin"] is None or blob["schema_version"] == 50:
        return False
    if not re.fullmatch(r"\d+\.(\d+\.)?", client["pin"]):
        raise Fails(CLIENT_AT_FAULT)
    pin = [int(number) for number in client["pin"].split(".") if number]
    version = number_of(of_locale(blob, client, "appVersion"))
    return list(version[: len(pin)]) > pin


def fits(rule: Json, client: Json) -> bool:
    for column in ("product", "buildTarget", "headerArchitecture", "distVersion"):
        if rule[column] is not None and rule[column] != client.get(column):
            return False
    for column, fit in COLUMN_FITS.items():
        if rule[column] is not None and not fit(rule[column], client):
            return False
    return True


def has_words(pattern: str, text: str) -> bool:
    for choice in pattern.split(","):
        if all(word.strip() in text for word in choice.split("&&")):
            return True
    return False


def channel_fits(pattern: str, channel: str) -> bool:
    for name in (channel, channel.partition("-cck-")[0]):
        if pattern == name and not pattern.endswith("*"):
            return True
        if pattern.endswith("*") and len(pattern) > 2 and name[: len(pattern) - 1] == pattern[:-1]:
            return True
    return False


def order_fits(pattern: str, said: Any, kind: Any) -> bool:
    sign = pattern[: len(pattern) - len(pattern.lstrip("<>="))]
    wanted = kind(pattern.lstrip("<>="))
    below, same = bool(said < wanted), bool(said == wanted)
    return {
        "": same,
        "<": below,
        "<=": below or same,
        ">": not below and not same,
        ">=": not below,
    }[sign]


def version_fits(pattern: str, said: str) -> bool:
    for part in pattern.split(","):
        version = number_of(said)
        if part.endswith(".*"):
            start = part[:-1]
            if version[3] == "final" and f"{version[0]}.{version[1]}.{version[2]}.".startswith(
                start
            ):
                return True
            if version[3] != "final" and short(version).startswith(start):
                return True
        elif order_fits(part, version, number_of):
            return True
    return False


#: How each column is compared, in order.
COLUMN_FITS: dict[str, Any] = {
    "channel": lambda wanted, client: channel_fits(wanted, client["channel"]),
    "version": lambda wanted, client: version_fits(wanted, client["version"]),
    "buildID": lambda wanted, client: order_fits(wanted, client["buildID"], str),
    "memory": lambda wanted, client: (
        client["memory"] is None or order_fits(wanted, client["memory"], int)
    ),
    "osVersion": lambda wanted, client: has_words(wanted, client["osVersion"]),
    "instructionSet": lambda wanted, client: client.get("ISET") in wanted.split(","),
    "distribution": lambda wanted, client: client["distribution"] in wanted.split(","),
    "locale": lambda wanted, client: client["locale"] in wanted.split(","),
    "mig64": lambda wanted, client: wanted == client["mig64"],
    "jaws": lambda wanted, client: wanted == client["jaws"],
}


def group_fits(conditions: Json, client: Json) -> bool:
    tests = {
        "channels": lambda value: channel_fits(value, client["channel"]),
        "locales": lambda value: value == client["locale"],
        "versions": lambda value: version_fits(value, client["version"]),
        "buildIDs": lambda value: order_fits(value, client["buildID"], str),
    }
    return all(any(map(tests[name], values)) for name, values in conditions.items())
