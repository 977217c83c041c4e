"""Takes the releases from which users update, gives their complete MARs: the release history.

Looked up once, when a release is promoted; the answer becomes a parameter. Source: the update
server's own API, which returns release blobs, version 9.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.actions.look_ups import Question
from relpro.errors import Diagnostic, Unreachable
from relpro.schemas.shape import TEXT, Shape, either, list_of, mapping_of, record
from relpro.submit.connection import fetch

Json = Mapping[str, Any]

_BUILD = {"OS_FTP": TEXT, "buildID": TEXT}
#: The fields that are read of a release blob; a platform is built, or an alias of another.
_BLOB = Shape(
    record(
        {
            "name": TEXT,
            "fileUrls": mapping_of(record(optional={"completes": mapping_of(TEXT)})),
            "platforms": mapping_of(
                either(
                    record({"alias": TEXT}),
                    record(_BUILD, {"locales": mapping_of(record(optional={"buildID": TEXT}))}),
                )
            ),
        }
    )
)

#: The same for a nightly, whose locales name their files themselves.
_FILES = record(optional={"buildID": TEXT, "completes": list_of(record({"fileUrl": TEXT}))})
_NIGHTLY = Shape(
    record({"platforms": mapping_of(record(optional={"locales": mapping_of(_FILES)}))})
)

#: History of one release: platform of the update server -> locale -> partial MAR -> its source.
History = dict[str, dict[str, dict[str, Json]]]


#: The most nightlies from which users update, and how many are searched for them. Source:
#: gecko_taskgraph/util/partials.py.
_NIGHTLIES, _SEARCHED = 4, 10


def look_up(question: Question) -> History:
    """The history of a release, from the server in `look-ups: update-server`.

    For nightlies, which are requested without versions, that of the latest ones.
    """
    server = question.settings["update-server"]
    product = question.product.capitalize()
    if "partial_updates" not in question.details:
        return _nightlies(server, product, question.project)
    history: History = {}
    for version, update in sorted(question.details["partial_updates"].items()):
        number = int(update["buildNumber"])
        blob = _release(server, f"{product}-{version}-build{number}", _BLOB)
        for platform, locale, complete in completes(blob):
            entry = {
                **complete,
                "previousVersion": version,
                "previousBuildNumber": number,
                "product": product,
            }
            partials = history.setdefault(platform, {}).setdefault(locale, {})
            partials[f"target-{version}.partial.mar"] = entry
    return history


def _nightlies(server: str, product: str, branch: str) -> History:
    """The latest builds of each platform and locale, newest first: blobs are named by builds."""
    prefix = f"{product}-{branch}-nightly-2"
    url = f"{server}/api/v1/releases?product={product}&name_prefix={prefix}&names_only=true"
    answer = fetch(url)
    names = answer.json.get("names") if answer.status == 200 else None
    if not isinstance(names, list):
        what = "the update server does not tell what nightlies there are"
        raise Unreachable(Diagnostic("Q707", what, why=f"{url} answered {answer.status}"))
    history: History = {}
    for name in sorted(names, reverse=True)[:_SEARCHED]:
        for platform, locale, build in _nightly(_release(server, name, _NIGHTLY)):
            partials = history.setdefault(platform, {}).setdefault(locale, {})
            if len(partials) < _NIGHTLIES:
                partials[f"target.partial-{len(partials) + 1}.mar"] = build
    return history


def _nightly(blob: Json) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(platform, locale, build id and URL of the complete MAR) in a nightly's blob."""
    for platform, build in sorted(blob["platforms"].items()):
        for locale, localised in sorted(build.get("locales", {}).items()):
            made = localised.get("completes")
            if "buildID" in localised and made:
                found = {"buildid": localised["buildID"], "mar_url": made[0]["fileUrl"]}
                yield platform, locale, found


def completes(blob: Json) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(platform, locale, build id and URL of the complete MAR) of everything in a release blob.

    A platform that is an alias of another is left out. URLs are those of a test channel, which
    point at the files themselves, not at a mirror that is chosen for each user.
    """
    pattern = next(
        (
            urls["completes"]["*"]
            for channel, urls in sorted(blob["fileUrls"].items())
            if "-localtest" in channel and "*" in urls.get("completes", ())
        ),
        None,
    )
    if pattern is None:
        what = f"release `{blob['name']}` has no channel for tests"
        raise Unreachable(Diagnostic("Q707", what, why="its files cannot be told"))
    for platform, build in sorted(blob["platforms"].items()):
        if "alias" in build:
            continue
        for locale, localised in sorted(build.get("locales", {}).items()):
            url = pattern.replace("%OS_FTP%", build["OS_FTP"]).replace("%LOCALE%", locale)
            build_id = localised.get("buildID") or build["buildID"]
            yield platform, locale, {"buildid": build_id, "mar_url": url}


def _release(server: str, name: str, shape: Shape) -> Json:
    url = f"{server}/api/v1/releases/{name}"
    answer = fetch(url)
    if answer.status != 200:
        what = f"the update server does not know release `{name}`"
        why = f"{url} answered {answer.status}"
        remedy = "see that versions and build numbers of `partial_updates` are right"
        raise Unreachable(Diagnostic("Q707", what, why=why, remedy=remedy))
    blob: Json = answer.json
    if wrong := tuple(shape.misfits(blob, "release")):
        what = f"the update server's release `{name}` is none"
        raise Unreachable(*(Diagnostic("Q707", what, why=f"{url} says: {why}") for why in wrong))
    return blob
