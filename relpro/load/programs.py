"""Takes `programs` of the configuration, gives the known sources of programs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import voluptuous
from voluptuous import Optional

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.ordinary import demand_ordinary
from relpro.model.programs import Programs
from relpro.values import check, list_of
from relpro.values.check import OriginOf
from relpro.values.names import named, repository_prefix, some_text
from relpro.yaml.document import Reader

_patterns = list_of(some_text)

#: The schema of `programs`.
SCHEMA = {
    Optional("known"): _patterns,
    Optional("provided"): {named: _patterns},
    Optional("entry-points"): some_text,
    Optional("to-come"): {named: some_text},
}

#: The schema of the file of entry points: prefix of a repository -> path in it -> source.
ENTRY_POINTS = voluptuous.Schema({repository_prefix: {named: some_text}})


def programs_of(data: Mapping[str, Any], root: Path, read: Reader, origin_of: OriginOf) -> Programs:
    """The known sources of programs.

    Raises `RelproError`: K245 if the file of entry points does not exist, and everything that is
    wrong in the file.
    """
    name = data.get("entry-points")
    return Programs(
        tuple(data.get("known", ())),
        {pattern: tuple(some) for pattern, some in data.get("provided", {}).items()},
        _entry_points(root, name, read, origin_of("programs", "entry-points")) if name else {},
        dict(data.get("to-come", {})),
        origin_of("programs"),
    )


def _entry_points(
    root: Path, name: str, read: Reader, where: Origin
) -> Mapping[str, Mapping[str, str]]:
    shown = f"kinds/{name}"
    path = root / "kinds" / name
    demand_ordinary(root, path, shown)
    if not path.is_file():
        what = f"there is no file `{shown}`"
        remedy = "write it: prefix of a repository -> path in it -> where that was read"
        raise RelproError(Diagnostic("K245", what, (where,), remedy=remedy))
    document = read(path, shown)
    raise_all(check(ENTRY_POINTS, document.data, document.locations.origin, ""))
    found: Mapping[str, Mapping[str, str]] = document.data
    return found
