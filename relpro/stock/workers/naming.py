"""Takes keys as people write them, gives the spelling of the queue or of a script."""

from collections.abc import Collection, Mapping
from typing import Any


def snake(name: str) -> str:
    """`release-name` -> `release_name`."""
    return name.replace("-", "_")


def camel(name: str) -> str:
    """`live-log` -> `liveLog`."""
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)


def handed_on(schema: Mapping[object, object], *read: str) -> tuple[str, ...]:
    """The schema keys that the payload has unchanged: all except those that the builder reads."""
    return tuple(str(key) for key in schema if str(key) not in read)


def snaked(mapping: Mapping[str, object]) -> dict[str, Any]:
    """A copy of a mapping with its top-level keys in snake_case; values are shared."""
    return {key.replace("-", "_"): value for key, value in mapping.items()}


def picked(worker: Mapping[str, object], names: Collection[str]) -> dict[str, object]:
    """Those of the keys `names` that `worker` has, in snake_case."""
    return {snake(name): worker[name] for name in names if name in worker}


def deeply_snaked(value: object, untouched: Collection[str] = ()) -> object:
    """A copy of a nested value with every key in snake_case.

    The values of keys in `untouched` are not changed: their keys are data, not names.
    """
    if isinstance(value, Mapping):
        return {
            snake(key): item if key in untouched else deeply_snaked(item, untouched)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [deeply_snaked(item, untouched) for item in value]
    return value
