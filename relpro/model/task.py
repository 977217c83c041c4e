"""A task, before and after it is defined.

A `Draft` has a name, attributes, upstream tasks, and the entry's templates, not yet rendered. A
`TaskDescription` is rendered and typed. A `Task` is final: a node of the graph with its body.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypedDict, TypeVar, Unpack

import attrs

from relpro.errors import Origin
from relpro.model.label import label_of
from relpro.model.phase import PHASE_OF, Phase
from relpro.model.place import NO_EFFECTS, Effects, joined

Json = Any  # as others wrote it: a schema says what it holds, no type does
_Copied = TypeVar("_Copied")


def _replaced(value: _Copied, changes: Mapping[str, object]) -> _Copied:
    """A copy of a frozen, slotless attrs value with some fields changed.

    `attrs.evolve` runs the constructor, which costs ten times as much; transforms copy a
    description at every step.
    """
    fields = {**value.__dict__, **changes}
    if len(fields) > len(value.__dict__):
        unknown = sorted(changes.keys() - value.__dict__.keys())
        raise TypeError(f"{type(value).__name__} has no field {', '.join(unknown)}")
    copy = object.__new__(type(value))
    object.__setattr__(copy, "__dict__", fields)
    return copy


def _underscored(names: Mapping[str, Json]) -> Mapping[str, Json]:
    """The mapping with underscores in its names; people write them with dashes."""
    return {name.replace("-", "_"): value for name, value in names.items()}


class _Withheld(Mapping[str, Json]):
    """A withheld body. Reading it raises `LookupError`."""

    def _refuse(self, *_key: object) -> NoReturn:
        why = "the body of an upstream task is not shown: look at its attributes and artifacts"
        raise LookupError(why)

    __getitem__ = __iter__ = __len__ = _refuse
    __eq__ = object.__eq__
    __hash__ = object.__hash__


#: The definition of every task that a kind sees of another kind.
WITHHELD: Mapping[str, Json] = _Withheld()


@attrs.frozen
class Task:
    """One node of the graph.

    `dependencies` maps names of edges to labels of upstream tasks; `soft_dependencies` are labels,
    `if_dependencies` names among `dependencies`. `definition` is the body for `queue.createTask`,
    without `dependencies`, and with unresolved references and relative dates. `artifacts` are the
    names of the task's artifacts; one that ends in `/` is a folder whose content is unknown.
    `effects` are what its worker does besides them.
    """

    label: str
    kind: str
    name: str
    description: str
    attributes: Mapping[str, Json]
    dependencies: Mapping[str, str]
    definition: Mapping[str, Json] = attrs.field(repr=False)
    origin: Origin = attrs.field(repr=False)
    soft_dependencies: tuple[str, ...] = ()
    if_dependencies: tuple[str, ...] = ()
    optimization: Mapping[str, Json] | None = None
    artifacts: tuple[str, ...] = attrs.field(default=(), repr=False)
    implementation: str = ""
    effects: Effects = attrs.field(default=NO_EFFECTS, repr=False)

    @property
    def phase(self) -> Phase | None:
        """The shipping phase, or None for a task that belongs to no release."""
        name = self.attributes.get("shipping_phase")
        return PHASE_OF[name] if name else None

    @property
    def product(self) -> str | None:
        """The shipping product, or None for a task that serves every product."""
        product: str | None = self.attributes.get("shipping_product")
        return product

    def makes(self, artifact: str) -> bool:
        """Whether this task publishes `artifact`."""
        return artifact in self.artifacts or any(
            folder.endswith("/") and artifact.startswith(folder) for folder in self.artifacts
        )

    def is_of_earlier_phase(self, other: "Task") -> bool:
        """Whether its phase is before that of another; false if one of them has none."""
        first, then = self.phase, other.phase
        return first is not None and then is not None and first < then

    def with_definition(
        self,
        definition: Mapping[str, Json],
        origin: Origin | None = None,
        effects: Effects | None = None,
    ) -> "Task":
        """A copy with another body and, if given, another origin and other effects."""
        return Task(
            self.label,
            self.kind,
            self.name,
            self.description,
            self.attributes,
            self.dependencies,
            definition,
            self.origin if origin is None else origin,
            self.soft_dependencies,
            self.if_dependencies,
            self.optimization,
            self.artifacts,
            self.implementation,
            self.effects if effects is None else effects,
        )

    def as_upstream(self) -> "Task":
        """The task as later kinds see it: without its body, and with only the file of its origin.

        So an edit of a body, or of lines above it, changes no other kind.
        """
        return self.with_definition(WITHHELD, Origin(self.origin.file), NO_EFFECTS)

    def to_json(self) -> dict[str, Json]:
        """The task as in a graph file; the same format as taskgraph's artifacts."""
        return {
            "kind": self.kind,
            "label": self.label,
            "description": self.description,
            "attributes": self.attributes,
            "dependencies": self.dependencies,
            "soft_dependencies": self.soft_dependencies,
            "if_dependencies": self.if_dependencies,
            "optimization": self.optimization,
            "task": self.definition,
        }


class DraftChanges(TypedDict, total=False):
    """The fields that an expander may set on a draft."""

    name: str
    attributes: Mapping[str, Json]
    variables: Mapping[str, Json]
    upstream: Mapping[str, Task]


@attrs.frozen(slots=False)
class Draft:
    """A future task, before rendering.

    `attributes` become those of the task; `variables` can only be used by its templates; `upstream`
    maps names of edges to tasks of earlier kinds, the primary one first.
    """

    name: str
    origin: Origin
    attributes: Mapping[str, Json]
    variables: Mapping[str, Json]
    upstream: Mapping[str, Task]

    def replace(self, **changes: Unpack[DraftChanges]) -> "Draft":
        """A copy with some fields changed."""
        return _replaced(self, changes)

    def with_attributes(self, **attributes: Json) -> "Draft":
        """A copy with attributes added or changed; dashes stand for underscores."""
        return _replaced(self, {"attributes": {**self.attributes, **_underscored(attributes)}})

    def with_variables(self, **variables: Json) -> "Draft":
        """A copy with template variables added or changed; dashes stand for underscores."""
        return _replaced(self, {"variables": {**self.variables, **_underscored(variables)}})


class Changes(TypedDict, total=False):
    """The fields that a transform may set on a task description."""

    label: str
    description: str
    attributes: Mapping[str, Json]
    upstream: Mapping[str, Task]
    dependencies: Mapping[str, str]
    soft_dependencies: tuple[str, ...]
    if_dependencies: tuple[str, ...]
    requires: str
    worker_type: str
    worker: Mapping[str, Json]
    scopes: tuple[str, ...]
    routes: tuple[str, ...]
    extra: Mapping[str, Json]
    tags: Mapping[str, str]
    treeherder: Mapping[str, Json] | None
    index: Mapping[str, Json] | None
    priority: str | None
    deadline_after: str | None
    expires_after: str | None
    retries: int | None
    project_id: str | None
    optimization: Mapping[str, Json] | None
    effects: Mapping[str, Json]
    sections: Mapping[str, Json]


@attrs.frozen(slots=False)
class TaskDescription:
    """A task as a release engineer would describe it: rendered and typed, not yet a body.

    `upstream` maps names of edges to tasks of earlier kinds; `dependencies` adds names -> labels of
    other tasks. `worker` is the input of the payload builder, `effects` what the payload does not
    show: keys of places, by kind, below `writes`, `reads` and `outside`. `sections` are the
    rendered keys that transforms own, by section name. `project_id` is the queue's, by which scopes
    over a task can be granted. Durations are texts like `1 day`.
    """

    kind: str
    name: str
    label: str
    description: str
    origin: Origin
    attributes: Mapping[str, Json]
    worker_type: str
    upstream: Mapping[str, Task] = attrs.field(factory=dict)
    dependencies: Mapping[str, str] = attrs.field(factory=dict)
    soft_dependencies: tuple[str, ...] = ()
    if_dependencies: tuple[str, ...] = ()
    requires: str = "all-completed"
    worker: Mapping[str, Json] = attrs.field(factory=dict)
    scopes: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    extra: Mapping[str, Json] = attrs.field(factory=dict)
    tags: Mapping[str, str] = attrs.field(factory=dict)
    treeherder: Mapping[str, Json] | None = None
    index: Mapping[str, Json] | None = None
    priority: str | None = None
    deadline_after: str | None = None
    expires_after: str | None = None
    retries: int | None = None
    project_id: str | None = None
    optimization: Mapping[str, Json] | None = None
    effects: Mapping[str, Json] = attrs.field(factory=dict)
    sections: Mapping[str, Json] = attrs.field(factory=dict)

    def replace(self, **changes: Unpack[Changes]) -> "TaskDescription":
        """A copy with some fields changed."""
        return _replaced(self, changes)

    def filled_in(self, fields: Mapping[str, object]) -> "TaskDescription":
        """A copy with any fields changed.

        Only for the engine: a task keeps kind, name and origin.
        """
        return _replaced(self, fields)

    def with_attributes(self, **attributes: Json) -> "TaskDescription":
        """A copy with attributes added or changed; dashes stand for underscores."""
        return _replaced(self, {"attributes": {**self.attributes, **_underscored(attributes)}})

    def with_worker(self, **keys: Json) -> "TaskDescription":
        """A copy with keys of `worker` added or changed; underscores stand for dashes."""
        dashed = {key.replace("_", "-"): value for key, value in keys.items()}
        return _replaced(self, {"worker": {**self.worker, **dashed}})

    def with_effects(self, **parts: Mapping[str, Sequence[str]]) -> "TaskDescription":
        """A copy with further keys of places, by kind, in `writes`, `reads` or `outside`."""
        return _replaced(self, {"effects": joined(self.effects, parts)})

    def with_extra(self, **keys: Json) -> "TaskDescription":
        """A copy with keys of `extra` added or changed."""
        return _replaced(self, {"extra": {**self.extra, **keys}})


@attrs.frozen
class Skipped:
    """Returned by a transform in place of a task that this release does not need, with the reason.

    `label` is the task's label, if it is not the kind's name and its own. `parameters` are changed
    ones with which a release would need the task, each complete, as far as the transform knows.
    """

    name: str
    reason: str
    label: str = ""
    parameters: Mapping[str, Json] = attrs.field(factory=dict, repr=False)

    def label_in(self, kind: str) -> str:
        """The label that the task would have in the kind of a name."""
        return self.label or label_of(kind, self.name)
