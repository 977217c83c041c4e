"""Takes the blob of a release; refuses it if Balrog would.

Source: Balrog, auslib/blobs/base.py (`validate`), and `ReleaseBlobV9.validate` for groups of fields
that could give one client two values.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product
from typing import Any

from relpro.schemas import problems
from relpro.updates.calls import Json, Problem
from relpro.updates.columns import check_build_ids, check_versions
from relpro.updates.matching import matches_build_id, matches_channel
from relpro.updates.offer import Hosts
from relpro.updates.release import DESUPPORT, GROUPED, SERVED
from relpro.updates.versions import matches_version


def check_blob(name: str, product_name: str, blob: Json, hosts: Hosts) -> None:
    """Raise `Problem` if a blob is invalid for a release of this name."""
    schema = blob.get("schema_version")
    if schema not in SERVED:
        raise Problem(400, f"schema_version {schema} is none that is served here")
    file = "desupport" if schema == DESUPPORT else f"apprelease-v{schema}"
    wrong = problems(f"balrog/blobs/{file}.json", blob)
    if schema == GROUPED:
        wrong += _wrong_groups(blob.get("updateLine", ()))
    if wrong:
        raise Problem(400, "Invalid blob! See 'exception' for details.", *wrong)
    if blob["name"] != name:
        raise Problem(400, f"the name of the release is {name}, that in its blob {blob['name']}")
    foreign = [url for url in _addresses(blob) if not hosts.allow(url, product_name)]
    if foreign:
        raise Problem(400, "Blob contains forbidden domain(s)", *foreign)


def _addresses(blob: Json) -> Iterator[str]:
    for kinds in blob.get("fileUrls", {}).values():
        for urls in kinds.values():
            yield from urls.values()
    for platform in blob.get("platforms", {}).values():
        for locale in platform.get("locales", {}).values():
            for kind in ("completes", "partials"):
                yield from (
                    patch["fileUrl"] for patch in locale.get(kind, ()) if "fileUrl" in patch
                )


def _wrong_groups(groups: list[Mapping[str, Any]]) -> list[str]:
    try:
        for group in groups:
            for text in group["for"].get("versions", ()):
                check_versions(text)
            for text in group["for"].get("buildIDs", ()):
                check_build_ids(text)
        return [
            f"Multiple values found for updateLine items: {', '.join(sorted(shared))}"
            for one, other in combinations(groups, 2)
            if one != other
            and (shared := one["fields"].keys() & other["fields"].keys())
            and _may_meet(one["for"], other["for"])
        ]
    except ValueError as error:
        return [str(error)]


def _may_meet(one: Json, other: Json) -> bool:
    """Whether a client may belong to both groups, as Balrog decides."""
    return all(
        any(overlap(left, right) for left, right in product(one[name], other[name]))
        for name, overlap in _OVERLAPS.items()
        if name in one and name in other
    )


def _channels_overlap(one: str, other: str) -> bool:
    return (
        one == other
        or matches_channel(one, other.rstrip("*"))
        or matches_channel(other, one.rstrip("*"))
    )


def _versions_overlap(one: str, other: str) -> bool:
    if one != other and _compares(one) != _compares(other):
        return matches_version(one, other) if _compares(one) else matches_version(other, one)
    return one == other or _edges_overlap(one, other, matches_version, _next_version)


def _build_ids_overlap(one: str, other: str) -> bool:
    def step(text: str, by: int) -> str:
        return str(int(text) + by)

    return one == other or _edges_overlap(one, other, matches_build_id, step)


def _edges_overlap(
    one: str,
    other: str,
    matches: Callable[[str, str], bool],
    step: Callable[[str, int], str],
) -> bool:
    """Whether two comparisons overlap: whether one accepts the last value that the other accepts.

    Raises ValueError for an invalid comparison: Balrog refuses two groups for different versions.
    """
    edges = []
    for text in (one, other):
        if not _compares(text):
            raise ValueError(f"no comparable value for one of {one}, {other}")
        edge = text.lstrip("<>=")
        by = 0 if "=" in text else -1 if text.startswith("<") else 1
        edges.append(step(edge, by) if by else edge)
    return matches(one, edges[1]) or matches(other, edges[0])


def _compares(text: str) -> bool:
    return text.startswith(("<", ">"))


def _next_version(text: str, by: int) -> str:
    """The version before or after one, in its last number; 999 comes before the next.

    Raises ValueError for a version with parts that are no numbers.
    """
    parts = [int(part) for part in text.split(".")]
    place = len(parts) - 1
    while by < 0 and place and parts[place] == 0:
        parts[place] = 999
        place -= 1
    if parts[place] + by < 0:
        raise ValueError(f"there is no version before {text}")
    parts[place] += by
    return ".".join(map(str, parts))


_OVERLAPS: Mapping[str, Callable[[str, str], bool]] = {
    "channels": _channels_overlap,
    "locales": lambda one, other: one == other,
    "versions": _versions_overlap,
    "buildIDs": _build_ids_overlap,
}
