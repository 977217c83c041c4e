"""Takes a rendered part of an entry, checks it against a schema that depends on its content."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any

import voluptuous

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.python.failure import import_of
from relpro.python.functions import Role
from relpro.transform.context import Context
from relpro.values.check import check


def taken(
    ctx: Context,
    schema: voluptuous.Schema,
    said: Mapping[str, object],
    path: Sequence[str],
    context: str,
) -> Mapping[str, Any]:
    """The value `said` at a path of the entry, if it fits the schema.

    Raises one `RelproError` (K201 to K203) for everything that does not fit.
    """
    entry = ctx.entry.entry

    def origin_of(*inner: str | int) -> Origin:
        return entry.origin(*path, *inner)

    raise_all(check(schema, said, origin_of, context))
    return said


def schema_of(module: str, role: Role) -> voluptuous.Schema:
    """The `SCHEMA` of a module of the project that was imported for a role.

    Raises `RelproError` (with the code of the role) if it has none.
    """
    if (schema := _compiled(import_of(module))) is not None:
        return schema
    what = f"`{module}` does not say what it takes"
    remedy = f"write a mapping `SCHEMA` in `{module}`"
    raise RelproError(Diagnostic(role.code, what, (role.where,), remedy=remedy))


@lru_cache  # of the latest import: a changed module is imported again, as another object
def _compiled(module: ModuleType) -> voluptuous.Schema | None:
    schema = vars(module).get("SCHEMA")
    return voluptuous.Schema(schema) if isinstance(schema, Mapping) else None
