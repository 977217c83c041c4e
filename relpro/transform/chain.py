"""Takes a kind and its upstream tasks, gives the kind's tasks by running its transforms.

The engine runs the loops, so it always knows which transform failed on which task and line.
Expanders come first and work on drafts; then each draft is described; then transforms refine the
descriptions; last, every description is defined.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.model.decision import Decision, Verdict
from relpro.model.kind import Kind
from relpro.model.nearest import nearest
from relpro.model.task import Draft, Skipped, Task, TaskDescription
from relpro.python.failure import (
    FAILURES,
    SEE_TRACEBACK,
    NotImported,
    Relative,
    import_of,
    leave_debugger,
    place_of,
    words_of,
)
from relpro.transform.context import Context
from relpro.transform.describe import describe
from relpro.transform.section import Refusal, Section
from relpro.transform.step import Step
from relpro.transform.template import Unrenderable

Define = Callable[[Context, TaskDescription], Task]


@attrs.frozen(eq=False, repr=False)
class Chain:
    """The resolved transforms of a kind, in order."""

    kind: Kind
    steps: tuple[Step, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section that a transform of the chain owns."""
        return tuple(section for step in self.steps for section in step.sections)

    @property
    def expanders(self) -> tuple[Step, ...]:
        """The transforms that work on drafts."""
        return tuple(step for step in self.steps if step.mode == "expand")

    @property
    def refiners(self) -> tuple[Step, ...]:
        """The transforms that work on descriptions."""
        return tuple(step for step in self.steps if step.mode != "expand")


@attrs.frozen(eq=False, repr=False)
class KindTasks:
    """The result of a kind: its tasks, and the reasons for tasks that were not made."""

    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]


def resolve_chain(kind: Kind, implied: Sequence[Step] = ()) -> Chain:
    """Find the transforms that a kind names; `implied` ones run last. Raises K207 and K208."""
    problems: list[Diagnostic] = []
    steps: list[Step] = []
    for place, name in enumerate(kind.transforms):
        origin = kind.locations.origin("transforms", place)
        found = _import_steps(name)
        if isinstance(found, str):
            problems.append(Diagnostic("K207", found, (origin,), f"kind `{kind.name}`"))
            continue
        late = [step for step in found if step.mode == "expand"]
        if late and any(step.mode != "expand" for step in steps):
            what = f"`{name}` makes tasks, but stands after transforms that describe them"
            remedy = f"move `{name}` up in `transforms`"
            problems.append(Diagnostic("K208", what, (origin,), remedy=remedy))
        steps += found
    if problems:
        raise RelproError(*problems)
    return Chain(kind, (*steps, *implied))


def _import_steps(name: str) -> tuple[Step, ...] | str:
    try:
        module = import_of(name)
    except NotImported as error:
        if error.is_absent(name):
            return f"no module `{name}`{_alternative(name)}"
        if error.missing:
            return f"transform `{name}` imports `{error.missing}`, which is not installed"
        return f"module `{name}` cannot be imported: {error}"
    steps = getattr(module, "transforms", None)
    if not isinstance(steps, tuple) or not all(isinstance(step, Step) for step in steps):
        return f"module `{name}` has no tuple `transforms` of transforms"
    return steps


def _alternative(name: str) -> str:
    package, _, last = name.rpartition(".")
    try:
        parent = importlib.import_module(package) if package else None
    except ModuleNotFoundError:
        parent = None
    close = nearest(last, _modules_in(getattr(parent, "__path__", ())))
    return f"; did you mean `{package}.{close}`?" if close else ""


def _modules_in(paths: Iterable[str]) -> list[str]:
    import pkgutil  # noqa: PLC0415 - only for the message of an error

    return sorted(module.name for module in pkgutil.iter_modules(list(paths)))


def run_chain(
    chain: Chain, contexts: Sequence[Context], define: Define, relative: Relative
) -> KindTasks:
    """Run a chain over all entries of its kind; `contexts` has one context for each entry.

    Raises one `RelproError` with the errors of all entries and tasks.
    """
    run = _Run(chain, define, relative)
    described = [pair for ctx in contexts for pair in run.describe_entry(ctx)]
    for step in chain.refiners:
        described = run.refine(step, described)
    defined = [run.define_one(ctx, description) for ctx, description in described]
    tasks = tuple(task for task in defined if task is not None)
    if run.problems:
        raise RelproError(*run.problems)
    return KindTasks(tasks, tuple(run.decisions))


_Described = tuple[Context, TaskDescription]
_Made = TypeVar("_Made", Draft, TaskDescription)


class _WrongResult(Exception):
    """A transform returned something that it should not."""


def _every(given: Any, wanted: type[_Made]) -> list[_Made | Skipped]:
    """All results of a transform. Raises `_WrongResult` for one of a wrong type."""
    results = list(given) if isinstance(given, Iterable) else [given]
    for result in results:
        if not isinstance(result, (wanted, Skipped)):
            words = "nothing" if result is None else f"a {type(result).__name__}"
            raise _WrongResult(f"gave {words}, not a {wanted.__name__}")
    return results


class _Run:
    """One run of a chain: collects problems and skipped tasks while tasks pass through."""

    def __init__(self, chain: Chain, define: Define, relative: Relative) -> None:
        self.chain = chain
        self.define = define
        self.relative = relative
        self.problems: list[Diagnostic] = []
        self.decisions: list[Decision] = []

    def describe_entry(self, ctx: Context) -> Iterator[_Described]:
        entry = ctx.entry.entry
        drafts = [Draft(entry.name, entry.origin(), {}, {}, {})]
        for step in self.chain.expanders:
            drafts = [made for draft in drafts for made in self.expand_one(step, ctx, draft)]
        for draft in drafts:
            try:
                given = describe(self.chain.kind, ctx.entry, draft, ctx.scope(draft))
            except FAILURES as error:  # attributed, then reported with all others
                self.fail(error, "describe", draft.name, ctx)
                continue
            if isinstance(given, Skipped):
                self.skip(given, "only-when")
            else:
                yield ctx, given

    def expand_one(self, step: Step, ctx: Context, draft: Draft) -> list[Draft]:
        try:
            given = _every(step.function(ctx, draft), Draft)
        except FAILURES as error:  # attributed, then reported with all others
            self.fail(error, step.name, draft.name, ctx)
            return []
        if not given:
            given = [Skipped(draft.name, f"it gives nothing for entry `{ctx.entry.entry.name}`")]
        for skipped in given:
            if isinstance(skipped, Skipped):
                self.skip(skipped, step.name)
        return [made for made in given if isinstance(made, Draft)]

    def refine(self, step: Step, described: list[_Described]) -> list[_Described]:
        if step.mode == "whole":
            return self.refine_whole(step, described)
        kept: list[_Described] = []
        for ctx, description in described:
            try:
                (given,) = _every([step.function(ctx, description)], TaskDescription)
            except FAILURES as error:  # attributed, then reported with all others
                self.fail(error, step.name, description.name, ctx)
                continue
            if isinstance(given, Skipped):
                self.skip(given, step.name)
            else:
                kept.append((ctx, given))
        return kept

    def refine_whole(self, step: Step, described: list[_Described]) -> list[_Described]:
        if not described:
            return []
        ctx = described[0][0]
        contexts = {description.origin: ctx for ctx, description in described}
        try:
            every = [description for _, description in described]
            given = _every(step.function(ctx, every), TaskDescription)
        except FAILURES as error:  # attributed, then reported with all others
            self.fail(error, step.name, "", ctx)
            return []
        for skipped in given:
            if isinstance(skipped, Skipped):
                self.skip(skipped, step.name)
        return [(contexts[g.origin], g) for g in given if isinstance(g, TaskDescription)]

    def define_one(self, ctx: Context, description: TaskDescription) -> Task | None:
        try:
            return self.define(ctx, description)
        except FAILURES as error:  # attributed, then reported with all others
            self.fail(error, "define", description.name, ctx)
            return None

    def skip(self, skipped: Skipped, rule: str) -> None:
        label = skipped.label_in(self.chain.kind.name)
        self.decisions.append(Decision(label, "full", Verdict.SKIPPED, rule, skipped.reason))

    def fail(self, error: BaseException, step: str, name: str, ctx: Context) -> None:
        leave_debugger(error)
        entry = ctx.entry.entry
        kind = f"kind `{self.chain.kind.name}`"
        context = f"task `{name}` of {kind}" if name else kind
        match error:
            case _WrongResult():
                what = f"transform `{step}` {error}"
                remedy = "return the task, changed or as it was, or `Skipped`"
                where = (entry.origin(),)
                self.problems.append(Diagnostic("T410", what, where, context, remedy=remedy))
            case RelproError():
                self.problems += error.diagnostics
            case Unrenderable():
                where = (entry.origin(*error.path),)
                self.problems.append(
                    Diagnostic(error.code, error.what, where, context, remedy=error.remedy)
                )
            case Refusal():
                where = (entry.origin(*error.path),)
                self.problems.append(
                    Diagnostic("T411", error.what, where, context, remedy=error.remedy)
                )
            case _:
                frame = place_of(error, self.relative)
                what = f"transform `{step}` failed: {words_of(error)}"
                places = (entry.origin(), frame)
                self.problems.append(
                    Diagnostic("T410", what, places, context, remedy=SEE_TRACEBACK, raised=error)
                )
