"""Takes keys as people write them, gives them as the queue or a script spells them."""

from collections.abc import Collection, Mapping
from typing import Any


def snake(name: str) -> str:
    """`release-name` -> `release_name`."""
    return name.replace("-", "_")


def camel(name: str) -> str:
    """`live-log` -> `liveLog`."""
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)


def handed_on(schema: Mapping[Any, Any], *read: str) -> tuple[str, ...]:
    """The keys of a builder's schema that its payload has as they are: all but those it `read`s."""
    return tuple(str(key) for key in schema if str(key) not in read)


def snaked(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a mapping with its own keys in snake_case; values are shared as they are."""
    return {key.replace("-", "_"): value for key, value in mapping.items()}


def picked(worker: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Those of the keys `names` that `worker` has, in snake_case."""
    return {snake(name): worker[name] for name in names if name in worker}


def deeply_snaked(value: Any, untouched: Collection[str] = ()) -> Any:
    """A copy of a nested value with every key in snake_case.

    What stands under a key of `untouched` is left alone: its keys are data, not names.
    """
    if isinstance(value, Mapping):
        return {
            snake(key): item if key in untouched else deeply_snaked(item, untouched)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [deeply_snaked(item, untouched) for item in value]
    return value
