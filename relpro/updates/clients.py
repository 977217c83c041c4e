"""Takes the description of a client, or the tables of a server; gives update requests."""

import hashlib
from collections.abc import Iterator, Sequence

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.updates.answer import SIDES, Tables
from relpro.updates.platforms import targets_of
from relpro.updates.refusal import NoAnswer
from relpro.updates.release import DESUPPORT, Release
from relpro.updates.request import Request
from relpro.updates.versions import read_version

#: The notation of a client.
FORM = "VERSION/PLATFORM/LOCALE/CHANNEL"

#: The build id of a client that has none of the releases: older than all others.
_OLDEST = "00000000000000"


def read_client(text: str, tables: Tables, product: str = "", build_id: str = "") -> Request:
    """The request of a client such as `112.0/win64/de/release`. Raises `RelproError` (U803).

    `product` may be omitted if all releases are of one. The build id is that of the release with
    this version, if there is one.
    """
    parts = text.split("/")
    if len(parts) != len(FORM.split("/")) or not all(parts):
        raise _unreadable(
            f"`{text}` is not a client", f"write it as {FORM}: `112.0/win64/de/release`"
        )
    version, platform, locale, channel = parts
    try:
        read_version(version)
    except NoAnswer as error:
        raise _unreadable(
            f"client `{text}`: {error.text}", "see what the client says of itself"
        ) from None
    products = sorted({release.product for release in tables.releases.values()})
    if not product and len(products) != 1:
        known = ", ".join(products) or "none"
        raise _unreadable(f"client `{text}` is of no product", f"name one by `--product`: {known}")
    (target, *_) = targets_of(platform)
    request = Request(product or products[0], version, build_id, target, locale, channel)
    return request if build_id else attrs.evolve(request, build_id=_build_id(tables, request))


def _build_id(tables: Tables, request: Request) -> str:
    found = (_installed(release, request) for release in tables.releases.values())
    return next((one.build_id for one in found if one and one.version == request.version), _OLDEST)


def _installed(release: Release, request: Request) -> Request | None:
    """The request of a client with a release, by its platform and locale."""
    target, locale = request.build_target, request.locale
    if release.schema == DESUPPORT or release.product != request.product:
        return None
    version = release.said(target, locale, "appVersion")
    if not version or not release.says_build_id(target, locale):
        return None
    return attrs.evolve(request, version=version, build_id=release.build_id(target, locale))


def every_client(tables: Tables, channels: Sequence[str] = ()) -> Iterator[Request]:
    """Every client with one of the releases: each platform and locale, on each channel.

    By default, the channels are those in rules; for a glob, its prefix.
    """
    named = channels or sorted(
        {rule.channel.rstrip("*") for rule in tables.rules if rule.channel} or {"release"}
    )
    for release in tables.releases.values():
        for target in release.platforms:
            for locale in _locales(release, target):
                for channel in named:
                    anybody = Request(release.product, "", "", target, locale, channel)
                    client = _installed(release, anybody)
                    if client is not None:
                        yield client


def _locales(release: Release, target: str) -> Sequence[str]:
    platform = release.platforms.get(release.resolved(target), {})
    return tuple(platform.get("locales", ()))


def cohort(request: Request) -> int:
    """The constant random number of a client, 0 to 99.

    It depends on everything in the request except what an update changes, so a client that is
    offered an update at 25 % is also offered one at 50 %.
    """
    said = attrs.asdict(attrs.evolve(request, version="", build_id="", force=None, pin=None))
    digest = hashlib.sha256(repr(sorted(said.items())).encode()).digest()
    return int.from_bytes(digest[:8], "big") % SIDES


def written(request: Request) -> str:
    """The notation of a client, with its build target."""
    return "/".join((request.version, request.build_target, request.locale, request.channel))


def _unreadable(what: str, remedy: str) -> RelproError:
    return RelproError(Diagnostic("U803", what, remedy=remedy))
