"""Takes two mappings, gives their merge."""

from collections.abc import Mapping
from typing import Any


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings merged, at every depth; values of `second` win. Neither is changed."""
    result = {**first, **second}
    for key in first.keys() & second.keys():
        if isinstance(first[key], Mapping) and isinstance(second[key], Mapping):
            result[key] = merged(first[key], second[key])
    return result
