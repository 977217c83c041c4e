"""Takes `run-task` of the configuration, gives its values for the release."""

from collections.abc import Mapping

import attrs
import voluptuous

from relpro.errors import Diagnostic, RelproError
from relpro.load.run_task import KEYED
from relpro.model.run_task import RunTaskSettings
from relpro.stock.settings import for_release
from relpro.transform.context import Context
from relpro.transform.misfit import fits
from relpro.values.wording import shown

_STRICT: Mapping[str, voluptuous.Schema] = {
    key: voluptuous.Schema(schema) for key, schema in KEYED.items()
}


def run_task_settings(ctx: Context) -> RunTaskSettings:
    """How to start run-task in this release. Raises `RelproError` (T401 to T403)."""
    return ctx.once_for_kind(_rendered, ctx.config.run_task)


def _rendered(ctx: Context, said: RunTaskSettings) -> RunTaskSettings:
    values = {}
    for key, schema in _STRICT.items():
        field = key.replace("-", "_")
        written = getattr(said, field)
        if written == attrs.fields_dict(RunTaskSettings)[field].default:
            continue
        origin = ctx.config.locations.origin("run-task", key)
        value = for_release(f"run-task.{key}", written, ctx.release, origin)
        if not fits(schema, value):
            what = f"`run-task.{key}` is rendered to {shown(value)}"
            raise RelproError(Diagnostic("T403", what, (origin,)))
        values[field] = value
    return attrs.evolve(said, **values)
