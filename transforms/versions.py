"""Read the versions of Gecko products: releases, betas, nightlies, ESRs."""

from collections.abc import Mapping
from typing import Any

from mozilla_version.gecko import GeckoVersion


def facts(version: str) -> Mapping[str, Any]:
    """`major_version` as text, `beta_number` or None, and `is_esr`.

    Raises ValueError for what is no version of a Gecko product.
    """
    try:
        parsed = GeckoVersion.parse(version)
    except ValueError as error:
        raise ValueError(
            "versions look like 140.0, 140.0.1, 140.0b3, 140.0esr or 140.0a1"
        ) from error
    return {
        "major_version": str(parsed.major_number),
        "beta_number": parsed.beta_number,
        "is_esr": parsed.is_esr,
    }
