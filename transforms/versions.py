"""Read the versions of Gecko products: releases, betas, nightlies, ESRs."""

from collections.abc import Iterator, Mapping
from typing import Any

from mozilla_version.gecko import GeckoVersion

#: The number that increases from one release to the next.
_COUNTED_OF_ESR = ("patch_number", "minor_number")
_COUNTED = (*_COUNTED_OF_ESR, "major_number")

#: The newest ESR that every supported version of the library knows.
_LISTED = 153


def facts(version: str) -> Mapping[str, Any]:
    """The facts of a version.

    `major_version` as text, `beta_number` or None, `is_esr`, and what the engine compares:
    `version_type` (`nightly`, `beta`, `release`, `dot-release` or `esr`), `version_order` and
    `next_versions`.
    Raises ValueError for what is not a version of a Gecko product.
    """
    try:
        parsed, is_new = _parsed(version)
    except ValueError as error:
        raise ValueError(
            "versions look like 140.0, 140.0.1, 140.0b3, 140.0esr or 140.0a1"
        ) from error
    return {
        "major_version": str(parsed.major_number),
        "beta_number": parsed.beta_number,
        "is_esr": parsed.is_esr or is_new,
        "version_type": "esr" if is_new else _type(parsed),
        "version_order": _order(parsed),
        "next_versions": [*_next_of_esr(parsed)] if is_new else [*_next(parsed)],
    }


def _parsed(version: str) -> tuple[GeckoVersion, bool]:
    """A version, and whether it is an ESR that is newer than those of the library.

    Those are read as the release with the same numbers. Raises ValueError.
    """
    numbers = version.removesuffix("esr")
    try:
        return GeckoVersion.parse(version), False
    except ValueError:
        if numbers == version:
            raise
        parsed = GeckoVersion.parse(numbers)
        if parsed.major_number <= _LISTED or not parsed.is_release:
            raise
        return parsed, True


def _type(version: GeckoVersion) -> str:
    if version.is_nightly:
        return "nightly"
    if version.is_beta:
        return "beta"
    if version.is_esr:
        return "esr"
    numbers = (version.minor_number, version.patch_number or 0)
    return "dot-release" if any(numbers) else "release"


def _order(version: GeckoVersion) -> list[int]:
    # A beta or nightly comes before its release.
    rank = 0 if version.is_nightly else 1 if version.is_beta else 2
    numbers = (version.major_number, version.minor_number, version.patch_number or 0)
    return [*numbers, rank, version.beta_number or 0]


def _next(version: GeckoVersion) -> Iterator[str]:
    """The versions that can follow: after a beta the next beta; none for a nightly.

    An ESR has its own branch, on which its major version does not change.
    """
    if version.is_nightly:
        return
    fields = ("beta_number",) if version.is_beta else _COUNTED
    for field in _COUNTED_OF_ESR if version.is_esr else fields:
        yield str(version.bump(field))


def _next_of_esr(version: GeckoVersion) -> Iterator[str]:
    """The same for an ESR that the library does not know."""
    return (f"{version.bump(field)}esr" for field in _COUNTED_OF_ESR)
