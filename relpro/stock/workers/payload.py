"""What a payload builder is, and what it gives."""

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


@attrs.frozen
class Payload:
    """What a worker implementation adds to a task body.

    `artifacts` are the names the task will publish, one that ends in `/` being a folder.
    `dependencies` are names -> labels of tasks that the worker itself needs, each under the name of
    the key that asks for it; `extra` goes into the body's `extra`. `worker_tag` is the tag by
    which Chain of Trust knows the worker: `docker-worker`, `generic-worker`, `scriptworker`, or
    empty for what it never sees. `effects` are what the script does outside of the task's
    artifacts, as far as the payload tells it.
    """

    payload: Mapping[str, Json]
    worker_tag: str = "scriptworker"
    scopes: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    dependencies: Mapping[str, str] = attrs.field(factory=dict)
    extra: Mapping[str, Json] = attrs.field(factory=dict)
    effects: Effects = NO_EFFECTS


#: Makes a payload from a description's `kind`, `worker_type` and `worker`, and from nothing else of
#: it: tasks of which these are the same share their payload. Raises `Refusal` for what cannot be.
Build = Callable[[Context, TaskDescription], Payload]


@attrs.frozen(eq=False, repr=False, slots=False)
class Implementation:
    """A worker implementation: the keys of a task's `worker`, and the builder that reads them.

    `keys` is written as for voluptuous. As transforms may add keys, `schema`, by which an entry is
    checked as it is written, asks for none; in the end a task must have those that are `required`
    and none but those that are `known`. `body` is a JSON schema of its payloads, where one of the
    project's own has it.
    """

    keys: Mapping[Any, Any]
    build: Build
    body: Mapping[str, Any] | None = None
    schema: Mapping[Any, Any] = attrs.field(init=False)
    required: frozenset[str] = attrs.field(init=False)
    known: frozenset[str] = attrs.field(init=False)
    _taken: set[tuple[str, bytes]] = attrs.field(factory=set, init=False)

    @schema.default
    def _relax(self) -> Mapping[Any, Any]:
        return {Optional(str(key)): value for key, value in self.keys.items()}

    @required.default
    def _require(self) -> frozenset[str]:
        return frozenset(str(key) for key in self.keys if isinstance(key, Required))

    @known.default
    def _know(self) -> frozenset[str]:
        return frozenset(str(key) for key in self.keys)

    @cached_property
    def strict(self) -> Mapping[str, voluptuous.Schema]:
        """Key -> the schema of its value once that is rendered, for those that hold not just any.

        Compiled when first used.
        """
        return {
            str(key): voluptuous.Schema(value)
            for key, value in self.keys.items()
            if value != {str: object}
        }

    @cached_property
    def checker(self) -> voluptuous.Schema:
        """The schema in which any value may be a template or keyed, compiled when first used."""
        return voluptuous.Schema(templated(self.schema))

    @cached_property
    def shape(self) -> Shape | None:
        """What its payloads must be, besides what the engine knows of workers."""
        return Shape(self.body) if self.body is not None else None

    def takes(self, key: str, value: Json) -> bool:
        """Whether a key of the worker, one of `strict`, holds a value once that is rendered.

        Most are one of a few: each of those is looked at once. What voluptuous refuses on its way
        to the alternative that fits leaves a circle of errors and frames, which hold the task.
        """
        try:
            said = (key, orjson.dumps(value))
        except TypeError:  # no JSON: its schema tells
            return fits(self.strict[key], value)
        if said in self._taken:
            return True
        held = fits(self.strict[key], value)
        if held:
            self._taken.add(said)
        return held
