"""Takes a version, gives facts about it for templates."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.python.functions import Role, project_function

Facts = Mapping[str, Any]
#: The fewest numbers of a version that are compared; missing ones count as 0.
_LENGTH = 6

#: Returns the facts of a version. Raises ValueError for text that is not a version.
Parser = Callable[[str], Facts]


def version_facts(version: str, config: GraphConfig) -> Facts:
    """The facts of a version by the project's own parser, or by the engine's.

    Raises `RelproError`: P501 if the version does not parse, K211 if the parser is not found, T410
    if it fails.
    """
    try:
        return parser_of(config)(version)
    except ValueError as error:
        what = f"parameter `version` is `{version}`, which is not a version of this project"
        why = str(error).partition("\n")[0]
        raise RelproError(Diagnostic("P501", what, why=why)) from None


def parser_of(config: GraphConfig) -> Parser:
    """The parser of versions: the project's own, or the engine's. Raises `RelproError` (K211).

    Of the facts that it returns, the engine itself reads `version_type` (text), `version_order` (a
    list of numbers, compared like Python lists) and `next_versions` (a list of text, the versions
    that can follow). A parser may omit them; then there is no comparison.
    """
    name = config.version_parser
    return _project_parser(name, config) if name else plain_facts


def known_facts(version: str, config: GraphConfig) -> Facts:
    """The facts of a version; none of one that cannot be read. Raises like `parser_of`."""
    try:
        return parser_of(config)(version)
    except ValueError:
        return {}


def plain_facts(version: str) -> Facts:
    """The facts of versions such as `1.2` and `1.2b3`.

    `major_version` (text), `beta_number` (None except for a beta), and the facts that the engine
    compares, which are omitted for versions of any other form.
    """
    plain = re.fullmatch(r"(\d+(?:\.\d+)*)(?:b(\d+))?", version)
    beta = int(plain[2]) if plain and plain[2] else None
    facts = {"major_version": version.partition(".")[0], "beta_number": beta}
    if plain is None:
        return facts
    # A release comes after its betas; `1.2` and `1.2.0` are equal.
    numbers = [int(number) for number in plain[1].split(".")]
    padded = [*numbers, *[0] * (_LENGTH - len(numbers))]
    return {
        **facts,
        "version_type": "release" if beta is None else "beta",
        "version_order": [*padded, 1 if beta is None else 0, beta or 0],
    }


def contradiction(tag: str, version: str, config: GraphConfig) -> Iterator[Diagnostic]:
    """A diagnostic (P501) if a tag's version differs from the version of the tree.

    Versions with equal order, such as `1.2` and `1.2.0`, are the same.
    """
    match = re.fullmatch(config.version_tags, tag) if config.version_tags else None
    if not match or not version or match[1] == version:
        return
    try:
        facts = parser_of(config)(match[1])
    except ValueError:
        facts = {}
    order = facts.get("version_order")
    if order and order == version_facts(version, config).get("version_order"):
        return
    what = f"tag `{tag}` stands on version {version}, and not on {match[1]}"
    remedy = (
        "tag the commit of that version; where tags mean something else, say `version-tags: null`"
    )
    yield Diagnostic("P501", what, (_said_at(config),), remedy=remedy)


def _said_at(config: GraphConfig) -> Origin:
    """The file or source of the tree's version."""
    said = config.inputs.get("version")
    return config.origin if said is None else said.origin


def _project_parser(name: str, config: GraphConfig) -> Parser:
    where = config.locations.origin("version-parser")
    role = Role("`version-parser`", where, "K211", "version", Mapping, expected=(ValueError,))
    return project_function(name, role)
