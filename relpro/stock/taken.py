"""Takes a rendered part of an entry, holds it against a schema that depends on what it says."""

from collections.abc import Mapping, Sequence
from typing import Any

import voluptuous

from relpro.errors import raise_all
from relpro.transform.context import Context
from relpro.values.check import check


def taken(
    ctx: Context, schema: Any, said: Mapping[str, Any], path: Sequence[str], context: str
) -> Mapping[str, Any]:
    """What is `said` at a path of the entry, where it is what the schema holds.

    Raises one `RelproError` (K201 to K203) for all that is wrong in it.
    """
    entry = ctx.entry.entry

    def origin_of(*inner: str | int) -> Any:
        return entry.origin(*path, *inner)

    compiled = schema if isinstance(schema, voluptuous.Schema) else voluptuous.Schema(schema)
    raise_all(check(compiled, said, origin_of, context))
    return said
