"""Takes a task of a generation, gives what each transform of its chain made of it.

The chain of the task's kind is run once more, every transform of it wrapped. Where nobody asks,
nothing is wrapped, and nothing is slower.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from relpro.model.task import Draft, Skipped, Task, TaskDescription
from relpro.pipeline import Pipeline
from relpro.stock.chain import compile_kind
from relpro.stock.define import Definer
from relpro.transform.chain import Chain, run_chain
from relpro.transform.context import Context, DataFiles, Upstream
from relpro.transform.describe import describe
from relpro.transform.step import Step


@attrs.frozen
class Passed:
    """One transform and what it made of a description."""

    step: Step
    before: TaskDescription
    after: TaskDescription


@attrs.frozen
class History:
    """How a task came about.

    `ctx` and `draft` are what its templates were rendered for, `described` is what they gave,
    `passed` the transforms that changed it since, `task` the end of it.
    """

    ctx: Context
    draft: Draft
    described: TaskDescription
    passed: tuple[Passed, ...]
    task: Task

    @property
    def last(self) -> TaskDescription:
        """The description from which the task was defined."""
        return self.passed[-1].after if self.passed else self.described


@attrs.frozen
class _Record:
    drafts: list[tuple[Context, Draft]] = attrs.field(factory=list)
    passed: list[Passed] = attrs.field(factory=list)
    defined: dict[str, tuple[Context, TaskDescription, Task]] = attrs.field(factory=dict)

    def draft(self, ctx: Context, draft: Draft) -> Iterable[Draft]:
        self.drafts.append((ctx, draft))
        return (draft,)

    def each(self, step: Step) -> Step:
        @functools.wraps(step.function)
        def recorded(ctx: Context, description: TaskDescription) -> TaskDescription | Skipped:
            given: TaskDescription | Skipped = step.function(ctx, description)
            if isinstance(given, TaskDescription) and given is not description:
                self.passed.append(Passed(step, description, given))
            return given

        return attrs.evolve(step, function=recorded)

    def whole(self, step: Step) -> Step:
        @functools.wraps(step.function)
        def recorded(ctx: Context, descriptions: Sequence[TaskDescription]) -> list[Any]:
            given = list(step.function(ctx, descriptions))
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
        refiners = (self.each(s) if s.mode == "each" else self.whole(s) for s in chain.refiners)
        return Chain(chain.kind, (*chain.expanders, Step("expand", self.draft), *refiners))


def record(pipeline: Pipeline, label: str) -> History:
    """The history of a task of the full graph."""
    task = pipeline.full[label]
    kind = pipeline.kinds[task.kind]
    pipeline.project.import_transforms()
    compiled = compile_kind(kind, pipeline.config)
    files = DataFiles(pipeline.project.data)
    upstream = Upstream(kind, _by_kind(pipeline, kind.dependencies))
    shared = (pipeline.parameters, pipeline.config, pipeline.release, upstream, files)
    contexts = [Context(kind, entry, *shared) for entry in compiled.entries]
    found = _Record()
    definer = Definer.of(pipeline.config, pipeline.parameters, pipeline.release)

    def define(ctx: Context, description: TaskDescription) -> Task:
        made = definer(ctx, description)
        found.defined[made.label] = (ctx, description, made)
        return made

    run_chain(found.wrapped(compiled.chain), contexts, define, pipeline.project.relative)
    return _history(found, label)


def _by_kind(pipeline: Pipeline, kinds: Iterable[str]) -> Mapping[str, tuple[Task, ...]]:
    tasks: dict[str, list[Task]] = {kind: [] for kind in kinds}
    for task in pipeline.full:
        if task.kind in tasks:
            tasks[task.kind].append(task)
    return {kind: tuple(found) for kind, found in tasks.items()}


def _history(found: _Record, label: str) -> History:
    ctx, description, task = found.defined[label]
    passed: list[Passed] = []
    for one in reversed(found.passed):
        if one.after is description:
            passed.append(one)
            description = one.before
    draft = next(
        draft for own, draft in found.drafts if own is ctx and _describes(own, draft, description)
    )
    return History(ctx, draft, description, tuple(reversed(passed)), task)


def _describes(ctx: Context, draft: Draft, description: TaskDescription) -> bool:
    """Whether a description was rendered for this draft."""
    if draft.upstream is not description.upstream:
        return False
    given = describe(ctx.kind, ctx.entry, draft, ctx.scope(draft))
    return isinstance(given, TaskDescription) and given.label == description.label
