"""Takes a task with patterns in its artifact map, gives each file with its destinations.

Source: beetmoverscript, script.py, get_concrete_artifact_map_from_globbed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from relpro.workers.errand import Errand, Failed, Input

#: Matches files that no other pattern matches.
_REST = "*"

#: Folders of artifacts that are not part of a key.
_STRIPPED = ("public/build/", "public/logs/")


def globbed(errand: Errand) -> list[tuple[str, Input]]:
    """(key, input) of all uploads. Raises `Failed` if patterns or keys conflict."""
    found = [
        (_key(destination, one.path), one)
        for item in errand.payload["artifactMap"]
        for one in errand.inputs
        if one.task_id == item["taskId"]
        for destination in _destinations(item["paths"], one.path)
    ]
    often = [key for key, count in Counter(key for key, _ in found).items() if count > 1]
    if often:
        names = ", ".join(f"`{key}`" for key in often)
        raise Failed(f"{names} would be written more than once")
    return found


def _destinations(paths: Mapping[str, Any], path: str) -> Iterator[str]:
    matched = [one for one in paths if one != _REST and fnmatchcase(path, one)]
    if len(matched) > 1:
        names = ", ".join(f"`{one}`" for one in matched)
        raise Failed(f"`{path}` is matched by {names}")
    (one,) = matched or [_REST]
    yield from paths.get(one, {}).get("destinations", ())


def _key(destination: str, path: str) -> str:
    if not destination.endswith("/"):
        return destination
    prefix = next((one for one in _STRIPPED if path.startswith(one)), "")
    return destination + path.removeprefix(prefix)
