"""Payload builders and their results."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import attrs
import orjson
import voluptuous
from voluptuous import Optional, Required

from relpro.model.place import NO_EFFECTS, Effects
from relpro.model.task import Json, TaskDescription
from relpro.schemas.shape import Shape
from relpro.transform.context import Context
from relpro.transform.misfit import fits
from relpro.values import templated

#: The schema of a mapping to values of any sort.
_MAPPING = voluptuous.Schema({str: object})


@attrs.frozen
class Payload:
    """What a payload builder contributes to the body of a task.

    `artifacts` are the names of the task's artifacts; a name that ends in `/` is a folder.
    `dependencies` are names -> labels of tasks that the worker itself needs, each under the name of
    the key that requests it; `extra` is merged into the body's `extra`. `worker_tag` is the tag by
    which Chain of Trust identifies the worker: `docker-worker`, `generic-worker`, `scriptworker`,
    or empty for tasks that Chain of Trust never verifies. `effects` are what the script does
    besides the task's artifacts, as far as the payload shows it.
    """

    payload: Mapping[str, Json]
    worker_tag: str = "scriptworker"
    scopes: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = attrs.field(factory=dict)
    extra: Mapping[str, Json] = attrs.field(factory=dict)
    effects: Effects = NO_EFFECTS


#: Makes a payload. It reads `kind`, `worker_type` and `worker` of a description and nothing else:
#: tasks with the same values share their payload. Raises `Refusal` for invalid values.
Build = Callable[[Context, TaskDescription], Payload]


@attrs.frozen(eq=False, repr=False, slots=False)
class Implementation:
    """A worker implementation: the keys of a task's `worker`, and the builder that reads them.

    `keys` is a voluptuous schema. `schema`, which checks an entry as written, requires no key, as
    transforms may add keys; the finished task must have those that are `required`, and only those
    that are `known`. `body` is a JSON schema of its payloads, if a project's own implementation has
    one.
    """

    keys: Mapping[Any, Any]
    build: Build
    body: Mapping[str, Any] | None = None
    schema: Mapping[Any, Any] = attrs.field(init=False)
    required: frozenset[str] = attrs.field(init=False)
    known: frozenset[str] = attrs.field(init=False)
    _taken: set[tuple[str, bytes]] = attrs.field(factory=set, init=False)

    @schema.default
    def _relax(self) -> Mapping[object, object]:
        return {Optional(str(key)): value for key, value in self.keys.items()}

    @required.default
    def _require(self) -> frozenset[str]:
        return frozenset(str(key) for key in self.keys if isinstance(key, Required))

    @known.default
    def _know(self) -> frozenset[str]:
        return frozenset(str(key) for key in self.keys)

    @cached_property
    def _schemas(self) -> Mapping[str, voluptuous.Schema]:
        """Key -> the schema of its rendered value, compiled when first used."""
        return {
            str(key): _MAPPING if value == {str: object} else voluptuous.Schema(value)
            for key, value in self.keys.items()
        }

    @cached_property
    def checker(self) -> voluptuous.Schema:
        """The schema in which any value may be a template or keyed, compiled when first used."""
        return voluptuous.Schema(templated(self.schema))

    @cached_property
    def shape(self) -> Shape | None:
        """The JSON schema of its payloads, beyond the engine's own schemas of workers."""
        return Shape(self.body) if self.body is not None else None

    def takes(self, key: str, value: Json) -> bool:
        """Whether a rendered value fits a key of the worker.

        Most values are one of a few, so results are cached. A refused alternative in voluptuous
        leaves a reference cycle of errors and stack frames, which would hold the task.
        """
        if self._schemas[key] is _MAPPING:
            return type(value) is dict or isinstance(value, Mapping)
        try:
            said = (key, orjson.dumps(value))
        except TypeError:  # not JSON: the schema reports that
            return fits(self._schemas[key], value)
        if said in self._taken:
            return True
        held = fits(self._schemas[key], value)
        if held:
            self._taken.add(said)
        return held
