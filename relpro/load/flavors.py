"""The flavors of release-promotion: a key of theirs is one row, from which schema and value follow.

What a key means is said in docs/reference/configuration.md, which lists every key of the schema.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from voluptuous import Optional, Required

from relpro.model.config import MAY_DIFFER, Flavor
from relpro.model.phase import PHASES, Phase
from relpro.values import OneOf, flag, list_of, text
from relpro.values.names import a_name
from relpro.values.placeholders import plain
from relpro.yaml.document import Document

#: For a key that every flavor needs.
_NEEDED: Any = object()


def _as_written(value: object) -> object:
    return value


@attrs.frozen
class Key:
    """A key of a flavor: `name` as in the file, what it `holds`, as a schema has it.

    `default` is what a flavor without the key says. `make` gives the attribute of the same name
    of `Flavor`; None for what only people read.
    """

    name: str
    holds: Any
    default: Any = _NEEDED
    make: Callable[[Any], Any] | None = _as_written

    @property
    def marker(self) -> Required | Optional:
        """The key as a schema has it."""
        return Required(self.name) if self.default is _NEEDED else Optional(self.name)


KEYS: tuple[Key, ...] = (
    Key("description", text, "", None),
    Key("phase", OneOf(*PHASES), make=Phase),
    Key("product", a_name),
    Key("target-tasks-method", a_name),
    Key("version-bump", flag, default=False),
    Key("partial-updates", flag, default=False),
    Key("is-rc", flag, default=False),
    Key("rebuild-kinds", list_of(a_name), (), tuple),
    Key("do-not-optimize", list_of(a_name), (), tuple),
    Key("may-differ", list_of(OneOf(*MAY_DIFFER)), (), tuple),
    Key("parameters", {str: object}, {}, plain),
)

SCHEMA = {key.marker: key.holds for key in KEYS}


def flavors_of(document: Document) -> Mapping[str, Flavor]:
    """Name -> flavor, as a checked `kinds/config.yml` has them."""
    said = document.data.get("release-promotion", {}).get("flavors", {})
    return {
        name: Flavor(
            name=name,
            origin=document.locations.origin("release-promotion", "flavors", name),
            **_attributes(flavor),
        )
        for name, flavor in said.items()
    }


def _attributes(said: Mapping[str, object]) -> Mapping[str, Any]:
    return {
        key.name.replace("-", "_"): key.make(said.get(key.name, key.default))
        for key in KEYS
        if key.make
    }
