"""Takes a version, gives what it says: the facts about it that templates may name."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from relpro.errors import Diagnostic, RelproError
from relpro.model.config import GraphConfig
from relpro.python.functions import Role, project_function

Facts = Mapping[str, Any]
#: Gives the facts of a version. Raises ValueError for what is no version.
Parser = Callable[[str], Facts]


def version_facts(version: str, config: GraphConfig) -> Facts:
    """The facts of a version by the project's own parser, or by the engine's.

    Raises `RelproError`: P501 when the version does not parse, K211 when the parser is not found,
    T410 when it fails.
    """
    name = config.version_parser
    parse = _project_parser(name, config) if name else plain_facts
    try:
        return parse(version)
    except ValueError as error:
        what = f"parameter `version` is `{version}`, which is no version of this project"
        why = str(error).partition("\n")[0]
        raise RelproError(Diagnostic("P501", what, why=why)) from None


def plain_facts(version: str) -> Facts:
    """`major_version`, and `beta_number` of a version such as `1.2b3`; None for any other."""
    beta = re.fullmatch(r"\d+(?:\.\d+)*b(\d+)", version)
    return {
        "major_version": version.partition(".")[0],
        "beta_number": int(beta[1]) if beta else None,
    }


def _project_parser(name: str, config: GraphConfig) -> Parser:
    where = config.locations.origin("version-parser")
    role = Role("`version-parser`", where, "K211", "version", Mapping, expected=(ValueError,))
    return project_function(name, role)
