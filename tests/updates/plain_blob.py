"""What the plain model reads of a blob: versions, platforms, locales, and the update it says."""

import re
from typing import Any

Json = dict[str, Any]

#: What a client gets in place of a document: HTTP status 400 or 500.
CLIENT_AT_FAULT, SERVER_AT_FAULT = 400, 500

#: What a blob without groups says for every client, in the order of the answer.
PLAIN_FIELDS = (
    *("billboardURL", "showPrompt", "showNeverForVersion", "actions", "openURL"),
    *("notificationURL", "alertURL", "promptWaitTime"),
)


class Fails(Exception):
    """The request ends with an HTTP status."""


def short(version: tuple[Any, ...]) -> str:
    shown = [version[0], version[1], *([version[2]] if version[2] else [])]
    return ".".join(map(str, shown)) + f"{version[4]}{version[5]}"


def number_of(text: str) -> tuple[Any, ...]:
    """Three numbers, `final` or `before` (which sorts first), letter and number of a prerelease."""
    found = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?(\.\d+)?(?:([a-zA-Z]+)(\d+))?", text)
    if found is None:
        raise Fails(CLIENT_AT_FAULT)
    major, minor, third, fourth, letters, number = found.groups()
    if int(major) > 4 and not fourth and letters not in (None, "a"):
        raise Fails(CLIENT_AT_FAULT)
    patch = int((fourth or third or ".0")[1:])
    if letters:
        return (int(major), int(minor), patch, "before", letters[0], int(number))
    return (int(major), int(minor), patch, "final", "", "")


def platform_of(blob: Json, client: Json) -> Any:
    said = blob["platforms"].get(client["buildTarget"])
    if said is None:
        raise Fails(CLIENT_AT_FAULT)
    if "alias" in said:
        said = blob["platforms"][said["alias"]]
    return said


def locale_of(blob: Json, client: Json) -> Any:
    said = platform_of(blob, client)["locales"].get(client["locale"])
    if said is None:
        raise Fails(CLIENT_AT_FAULT)
    return said


def of_locale(blob: Json, client: Json, key: str) -> Any:
    try:
        return locale_of(blob, client).get(key, blob.get(key))
    except Fails:
        return blob.get(key)


def build_of(blob: Json, client: Json) -> Any:
    build = locale_of(blob, client).get("buildID") or platform_of(blob, client).get("buildID")
    if build is None:
        raise Fails(CLIENT_AT_FAULT)
    return build


def newer(blob: Json, client: Json) -> bool:
    if blob["schema_version"] == 50:
        return True
    text = of_locale(blob, client, "appVersion")
    if text is None:
        return False
    release, installed = number_of(text), number_of(client["version"])
    if installed > release:
        return False
    if installed == release and client["buildID"] >= build_of(blob, client):
        return False
    return client["buildTarget"] in blob["platforms"]


def offered(
    blob: Json, client: Json, kind: str, releases: Json, groups_fit: Any, hosts: Json
) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Attributes and patches; `groups_fit` says whether a group of fields is for the client."""
    if blob["schema_version"] == 50:
        details = with_words(blob["detailsUrl"], LOCALE=client["locale"], VERSION=client["version"])
        details = with_words(details, OS=client["buildTarget"].split("_")[0])
        return [
            ("type", kind),
            ("unsupported", "true"),
            ("detailsURL", details),
            ("displayVersion", blob["displayVersion"]),
        ], []
    build = build_of(blob, client)
    said = {name: of_locale(blob, client, name) for name in ("appVersion", "displayVersion")}
    if blob["schema_version"] == 9:
        fields = {**said, "buildID": build, "type": kind}
        for group in blob.get("updateLine", []):
            if groups_fit(group["for"], client):
                fields.update(group["fields"])
        line = [(name, fields[name]) for name in sorted(fields)]
    else:
        line = [("type", kind), ("displayVersion", said["displayVersion"])]
        line.append(("appVersion", said["appVersion"]))
        line.append(("platformVersion", of_locale(blob, client, "platformVersion")))
        line.append(("buildID", build))
        line.append(("detailsURL", blob["detailsUrl"]))
        line += [(name, blob[name]) for name in PLAIN_FIELDS if name in blob]
    shown = [(name, as_text(value, client)) for name, value in line]
    return shown, patches(blob, client, releases, hosts)


def as_text(value: Any, client: Json) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    return with_words(str(value), LOCALE=client["locale"])


def with_words(text: str, **words: str) -> str:
    for word, value in words.items():
        for written in (word, word.lower()):
            text = text.replace(f"%{written}%", value)
    return text


def patches(blob: Json, client: Json, releases: Json, hosts: Json) -> list[list[str]]:
    found = []
    for section in ("completes", "partials"):
        for patch in locale_of(blob, client).get(section, []):
            if not installed_is(patch["from"], blob, client, releases):
                continue
            url = patch.get("fileUrl") or url_of(blob, client, section, patch["from"])
            if url is None and section == "completes":
                raise Fails(SERVER_AT_FAULT)
            if url is None or client["product"] not in hosts.get(url.split("/")[2], []):
                continue
            size = str(patch["filesize"])
            found.append([section[:-1], url, blob["hashFunction"], patch["hashValue"], size])
            break
    return found


def installed_is(name: str, blob: Json, client: Json, releases: Json) -> bool:
    if name == "*":
        return True
    if name not in releases:
        return False
    if releases[name]["schema_version"] == 50:
        raise Fails(SERVER_AT_FAULT)
    target, platforms = client["buildTarget"], blob["platforms"]
    real = platforms[target].get("alias", target)
    names = [it for it, data in platforms.items() if it == real or data.get("alias") == real]
    builds: Json = {}
    for one in {target, *names} & set(releases[name]["platforms"]):
        try:
            builds[one] = build_of(releases[name], {**client, "buildTarget": one})
        except Fails:
            builds[one] = None
    # What is not known of the client's own platform, or of any where its own is not, is a failure.
    asked = [builds[target]] if target in builds else [*builds.values()]
    if None in asked:
        raise Fails(SERVER_AT_FAULT)
    return client["buildID"] in builds.values()


def url_of(blob: Json, client: Json, section: str, origin: str) -> str | None:
    urls = blob.get("fileUrls", {})
    block: Json = {}
    for channel in (client["channel"], client["channel"].split("-cck-")[0], "*"):
        block = block or urls.get(channel, {})
    url = block.get(section, {}).get(origin)
    if url is None:
        return None
    platform = platform_of(blob, client)
    words = {name: platform[name] for name in ("OS_FTP", "OS_BOUNCER")}
    return with_words(url, LOCALE=client["locale"], **words)
