"""Takes two mappings, gives one of both."""

from collections.abc import Mapping
from typing import Any


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both mappings in one, and mappings inside them; `second` wins. Neither is changed."""
    result = {**first, **second}
    for key in first.keys() & second.keys():
        if isinstance(first[key], Mapping) and isinstance(second[key], Mapping):
            result[key] = merged(first[key], second[key])
    return result
