"""Takes a task of a generation, gives what each transform of its chain did to it.

The chain of the task's kind is run again with every transform wrapped; normal runs have no
overhead.
"""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from relpro.model.kind import Kind
from relpro.model.task import Draft, Skipped, Task, TaskDescription
from relpro.pipeline import Pipeline
from relpro.stock.body import Making
from relpro.stock.chain import compile_kind
from relpro.stock.define import Definer
from relpro.transform.chain import Chain, run_chain
from relpro.transform.context import Context, OnceMade, Upstream
from relpro.transform.data_file import DataFiles
from relpro.transform.describe import describe
from relpro.transform.step import Step


@attrs.frozen
class Expanded:
    """A transform and a draft that it made from another."""

    step: Step
    before: Draft
    after: Draft


@attrs.frozen
class Passed:
    """A transform and its result for a description."""

    step: Step
    before: TaskDescription
    after: TaskDescription


@attrs.frozen
class History:
    """How a task was made.

    `expanded` are the transforms that made its draft. `ctx` and `draft` are the inputs of its
    templates, `described` is the rendered description, `passed` the transforms that changed it,
    `making` the inputs of its body, `task` the result.
    """

    ctx: Context
    expanded: tuple[Expanded, ...]
    draft: Draft
    described: TaskDescription
    passed: tuple[Passed, ...]
    making: Making
    task: Task

    @property
    def last(self) -> TaskDescription:
        """The description from which the task was defined."""
        return self.passed[-1].after if self.passed else self.described


@attrs.frozen
class _Record:
    expanded: list[Expanded] = attrs.field(factory=list)
    drafts: list[tuple[Context, Draft]] = attrs.field(factory=list)
    passed: list[Passed] = attrs.field(factory=list)
    skipped: list[tuple[Step, Skipped]] = attrs.field(factory=list)
    defined: dict[str, tuple[Making, Task]] = attrs.field(factory=dict)

    def left_out(self, step: Step, given: Iterable[object]) -> None:
        self.skipped.extend((step, one) for one in given if isinstance(one, Skipped))

    def draft(self, ctx: Context, draft: Draft) -> Iterable[Draft]:
        self.drafts.append((ctx, draft))
        return (draft,)

    def expand(self, step: Step) -> Step:
        @functools.wraps(step.function)
        def recorded(ctx: Context, draft: Draft) -> list[Any]:
            given = step.function(ctx, draft)
            every = list(given) if isinstance(given, Iterable) else [given]
            self.left_out(step, every)
            for after in every:
                if isinstance(after, Draft) and after is not draft:
                    self.expanded.append(Expanded(step, draft, after))
            return every

        return attrs.evolve(step, function=recorded)

    def each(self, step: Step) -> Step:
        @functools.wraps(step.function)
        def recorded(ctx: Context, description: TaskDescription) -> TaskDescription | Skipped:
            given: TaskDescription | Skipped = step.function(ctx, description)
            self.left_out(step, (given,))
            if isinstance(given, TaskDescription) and given is not description:
                self.passed.append(Passed(step, description, given))
            return given

        return attrs.evolve(step, function=recorded)

    def whole(self, step: Step) -> Step:
        @functools.wraps(step.function)
        def recorded(ctx: Context, descriptions: Sequence[TaskDescription]) -> list[Any]:
            given = list(step.function(ctx, descriptions))
            self.left_out(step, given)
            before = {(one.name, one.origin): one for one in descriptions}
            for after in given:
                if not isinstance(after, TaskDescription):
                    continue
                known = before.get((after.name, after.origin))
                if known is not None and known is not after:
                    self.passed.append(Passed(step, known, after))
            return given

        return attrs.evolve(step, function=recorded)

    def wrapped(self, chain: Chain) -> Chain:
        expanders = map(self.expand, chain.expanders)
        refiners = (self.each(s) if s.mode == "each" else self.whole(s) for s in chain.refiners)
        return Chain(chain.kind, (*expanders, Step("expand", self.draft), *refiners))


def record(pipeline: Pipeline, label: str) -> History:
    """The history of a task of the full graph."""
    return _history(_run(pipeline, pipeline.kinds[pipeline.full[label].kind]), label)


def record_skipped(pipeline: Pipeline, kind: Kind) -> tuple[tuple[Step, Skipped], ...]:
    """Tasks that transforms skipped in a kind, each with the transform."""
    return tuple(_run(pipeline, kind).skipped)


def _run(pipeline: Pipeline, kind: Kind) -> _Record:
    """A second run of the chain of a kind."""
    pipeline.project.import_transforms()
    compiled = compile_kind(kind, pipeline.config)
    files = DataFiles(pipeline.project.data)
    upstream = Upstream(kind, _by_kind(pipeline, kind.dependencies))
    tree = pipeline.project.tree
    known = (pipeline.parameters, pipeline.config, pipeline.release)
    shared = (*known, upstream, files, tree, OnceMade())
    contexts = [Context(kind, entry, *shared) for entry in compiled.entries]
    found = _Record()
    definer = Definer.of(pipeline.config, pipeline.parameters, pipeline.release)

    def define(ctx: Context, description: TaskDescription) -> Task:
        made = definer(ctx, description)
        found.defined[made.label] = (definer.making(ctx, description), made)
        return made

    run_chain(found.wrapped(compiled.chain), contexts, define, pipeline.project.relative)
    return found


def _by_kind(pipeline: Pipeline, kinds: Iterable[str]) -> Mapping[str, tuple[Task, ...]]:
    tasks: dict[str, list[Task]] = {kind: [] for kind in kinds}
    for task in pipeline.full:
        if task.kind in tasks:
            tasks[task.kind].append(task)
    return {kind: tuple(found) for kind, found in tasks.items()}


def _history(found: _Record, label: str) -> History:
    making, task = found.defined[label]
    ctx, description = making.ctx, making.description
    passed: list[Passed] = []
    for one in reversed(found.passed):
        if one.after is description:
            passed.append(one)
            description = one.before
    draft = next(
        draft for own, draft in found.drafts if own is ctx and _describes(own, draft, description)
    )
    expanded = tuple(_lineage(found, draft))
    return History(ctx, expanded, draft, description, tuple(reversed(passed)), making, task)


def _lineage(found: _Record, draft: Draft) -> Iterator[Expanded]:
    """The transforms that made a draft, in order."""
    made = next((one for one in found.expanded if one.after is draft), None)
    if made is not None:
        yield from _lineage(found, made.before)
        yield made


def _describes(ctx: Context, draft: Draft, description: TaskDescription) -> bool:
    """Whether a description was rendered from this draft."""
    if draft.upstream is not description.upstream:
        return False
    given = describe(ctx.kind, ctx.entry, draft, ctx.scope(draft))
    return isinstance(given, TaskDescription) and given.label == description.label
