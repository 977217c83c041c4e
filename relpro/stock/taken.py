"""Takes a rendered part of an entry, holds it against a schema that depends on what it says."""

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
    said: Mapping[str, Any],
    path: Sequence[str],
    context: str,
) -> Mapping[str, Any]:
    """What is `said` at a path of the entry, where it is what the schema holds.

    Raises one `RelproError` (K201 to K203) for all that is wrong in what is said.
    """
    entry = ctx.entry.entry

    def origin_of(*inner: str | int) -> Origin:
        return entry.origin(*path, *inner)

    raise_all(check(schema, said, origin_of, context))
    return said


def schema_of(module: str, role: Role) -> voluptuous.Schema:
    """The `SCHEMA` of a module of the project, which was imported for a function of that role.

    Raises `RelproError` (the code of the role) where it has none.
    """
    if (schema := _compiled(import_of(module))) is not None:
        return schema
    what = f"`{module}` does not say what it takes"
    remedy = f"write a mapping `SCHEMA` in `{module}`"
    raise RelproError(Diagnostic(role.code, what, (role.where,), remedy=remedy))


@lru_cache  # of the latest: a module that changed is imported anew, and is another
def _compiled(module: ModuleType) -> voluptuous.Schema | None:
    schema = vars(module).get("SCHEMA")
    return voluptuous.Schema(schema) if isinstance(schema, Mapping) else None
