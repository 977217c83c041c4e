"""Takes a task's data about a release, gives blobs for the update server.

Source: balrogscript, submitter/cli.py and submitter/release.py.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from relpro.updates.platforms import platform_of

Json = dict[str, Any]

#: Channels whose files come from the candidates.
_EARLY = "localtest"

#: Channels that may get a release before it is pushed, with the files of its own build.
_BEFORE_THE_PUSH = ("beta", "beta-cdntest")

#: Suffix of a version -> its words.
_PRETTY = ((r"a([0-9]+)$", r" Alpha \1"), (r"b([0-9]+)$", r" Beta \1"), (r"rc([0-9]+)$", r" RC \1"))

_FILE, _PRODUCT = "%s-%s.complete.mar", "%s-%s-complete"


def release_name(product: str, version: str, build_number: object, suffix: str = "") -> str:
    """The name of a release."""
    return f"{product}-{version}-build{build_number}{suffix}"


def nightly_name(product: str, branch: str, identifier: str) -> str:
    """The name of a nightly release: of a build, or of the `latest`."""
    return f"{product}-{branch}-nightly-{identifier}"


def pretty(version: str) -> str:
    """A version as shown to people."""
    for pattern, words in _PRETTY:
        version = re.sub(pattern, words, version)
    return version


def toplevel(payload: Mapping[str, Any], suffix: str, scheme: str) -> Json:
    """The blob of a whole release; `suffix` is that of its `update_line`.

    Release notes are at the archive, since the script has a site for one product.
    """
    product = payload["product"]
    notes = f"{scheme}://{payload['archive_domain']}/%LOCALE%/{product}/{payload['app_version']}"
    fields = {"detailsURL": f"{notes}/releasenotes/", "type": "minor"}
    line = payload.get("update_line", {}).get(suffix)
    platforms: Json = {}
    for name in payload["platforms"]:
        platform = platform_of(name)
        first, *others = platform.targets
        platforms[first] = {"OS_BOUNCER": platform.download, "OS_FTP": platform.folder}
        platforms |= {other: {"alias": first} for other in others}
    return {
        "appVersion": payload["app_version"],
        "displayVersion": pretty(payload["version"]),
        "fileUrls": {channel: _files(payload, channel, scheme) for channel in _channels(payload)},
        "platforms": platforms,
        "updateLine": [{"for": {}, "fields": fields}] if line is None else line,
    }


def _channels(payload: Mapping[str, Any]) -> Iterator[str]:
    """Channels with their own files; `*` stands for all others."""
    yield "*"
    for channel in payload["channel_names"]:
        if _EARLY in channel or _is_before_the_push(payload, channel):
            yield channel


def _is_before_the_push(payload: Mapping[str, object], channel: str) -> bool:
    return not payload["require_mirrors"] and channel in _BEFORE_THE_PUSH


def _files(payload: Mapping[str, Any], channel: str, scheme: str) -> Json:
    """The files for clients of a channel."""
    product, version = payload["product"].capitalize().lower(), payload["version"]
    build = payload["build_number"]
    file = payload.get("complete_mar_filename_pattern") or _FILE
    name = payload.get("complete_mar_bouncer_product_pattern") or _PRODUCT
    candidates = f"{payload['archive_domain']}/pub/{product}/candidates/{version}-candidates"
    folder = f"{scheme}://{candidates}/build{build}/update/%OS_FTP%/%LOCALE%"

    def download(of: str) -> str:
        names = f"product={of}&os=%OS_BOUNCER%&lang=%LOCALE%"
        return f"{scheme}://{payload['download_domain']}/?{names}"

    def addresses(early: str, before: str, usual: str) -> str:
        if _EARLY in channel:
            return f"{folder}/{early}"
        return download(before if _is_before_the_push(payload, channel) else usual)

    own = f"{product}-{version}"
    complete = addresses(
        file % (product, version), f"{own}build{build}-complete", name % (product, version)
    )
    found: Json = {"completes": {"*": complete}}
    for old, old_build in partials(payload):
        of = release_name(payload["product"].capitalize(), old, old_build)
        found.setdefault("partials", {})[of] = addresses(
            f"{product}-{old}-{version}.partial.mar",
            f"{own}build{build}-partial-{old}build{old_build}",
            f"{own}-partial-{old}",
        )
    return found


def partials(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(version, build number) of each release with a partial update."""
    for one in filter(None, (payload.get("partial_versions") or "").split(",")):
        version, _, build = one.strip().partition("build")
        yield version, build


def of_locale(entry: Mapping[str, Any]) -> Json:
    """The blob of one platform and locale of a release, from an entry of a manifest."""
    completes = [
        {"from": "*", "filesize": info["size"], "hashValue": info["hash"]}
        for info in entry["completeInfo"]
    ]
    found = {
        "buildID": entry["buildid"],
        "appVersion": entry["appVersion"],
        "displayVersion": pretty(entry["version"]),
        "completes": completes,
    }
    if "partialInfo" in entry:
        found["partials"] = [
            {
                "from": release_name(
                    entry["appName"], info["previousVersion"], info["previousBuildNumber"]
                ),
                "filesize": info["size"],
                "hashValue": info["hash"],
            }
            for info in entry["partialInfo"]
        ]
    return found


def of_nightly(entry: Mapping[str, Any]) -> Json:
    """The same for a nightly build, which names each of its files."""

    def patch(info: Mapping[str, Any]) -> Json:
        build = info.get("from_buildid")
        name = nightly_name(entry["appName"], entry["branch"], build) if build else "*"
        url = info["url"]
        return {
            "from": name,
            "filesize": info["size"],
            "hashValue": info["hash"],
            "fileUrl": url,
        }

    found = {
        "buildID": entry["buildid"],
        "appVersion": entry["appVersion"],
        "platformVersion": entry["extVersion"],
        "displayVersion": entry["appVersion"],
        "completes": [patch(info) for info in entry["completeInfo"]],
    }
    if "partialInfo" in entry:
        found["partials"] = [patch(info) for info in entry["partialInfo"]]
    return found


def pins(version: str) -> tuple[str, str]:
    """The pins of a version: `92.` and `92.0.`. Raises `ValueError` if it has none."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(version)
    return f"{found[1]}.", f"{found[1]}.{found[2]}."
