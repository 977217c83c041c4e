"""Takes what a task says of a release, gives what the update server is to know of it.

Source: balrogscript, submitter/cli.py and submitter/release.py.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from relpro.updates.platforms import platform_of

Json = dict[str, Any]

#: Channels that get their files from the candidates.
_EARLY = "localtest"

#: Channels to which a release may go before it is pushed, and then gets files of its own build.
_BEFORE_THE_PUSH = ("beta", "beta-cdntest")

#: The end of a version -> the words that stand for it.
_PRETTY = ((r"a([0-9]+)$", r" Alpha \1"), (r"b([0-9]+)$", r" Beta \1"), (r"rc([0-9]+)$", r" RC \1"))

_FILE, _PRODUCT = "%s-%s.complete.mar", "%s-%s-complete"


def release_name(product: str, version: str, build_number: object, suffix: str = "") -> str:
    """The name of a release."""
    return f"{product}-{version}-build{build_number}{suffix}"


def nightly_name(product: str, branch: str, identifier: str) -> str:
    """The name of a release of every day: of a build, or of the `latest`."""
    return f"{product}-{branch}-nightly-{identifier}"


def pretty(version: str) -> str:
    """A version as people are shown it."""
    for pattern, words in _PRETTY:
        version = re.sub(pattern, words, version)
    return version


def toplevel(payload: Mapping[str, Any], suffix: str, scheme: str) -> Json:
    """What holds of a whole release; `suffix` is that of its `update_line`.

    Release notes are where the archive is, as the script has a site of one product.
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
    """Channels with files of their own; `*` are all others."""
    yield "*"
    for channel in payload["channel_names"]:
        if _EARLY in channel or _is_before_the_push(payload, channel):
            yield channel


def _is_before_the_push(payload: Mapping[str, Any], channel: str) -> bool:
    return not payload["require_mirrors"] and channel in _BEFORE_THE_PUSH


def _files(payload: Mapping[str, Any], channel: str, scheme: str) -> Json:
    """Where clients of a channel get which file."""
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
    """(version, build number) of each release from which there is a partial update."""
    for one in filter(None, (payload.get("partial_versions") or "").split(",")):
        version, _, build = one.strip().partition("build")
        yield version, build


def of_locale(entry: Mapping[str, Any]) -> Json:
    """What an entry of a manifest says of one platform and locale of a release."""
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
    """The same of a build of every day, whose files are each named."""

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
    """The pins that a version takes: `92.` and `92.0.`. Raises `ValueError` for none."""
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None:
        raise ValueError(version)
    return f"{found[1]}.", f"{found[1]}.{found[2]}."
