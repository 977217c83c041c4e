"""Takes an absent label, gives the smallest change of the request that adds it.

The rule that removed the label suggests changes; a new generation shows whether one works.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.explain.conditions import RULE, alternatives, kinds_of
from relpro.explain.reasons import Fate, Reason, Reasons
from relpro.explain.recording import record_skipped
from relpro.graph.difference.changes import find_changes
from relpro.graph.difference.report import path_text, value_text
from relpro.model.config import EVERYWHERE
from relpro.model.decision import Decision
from relpro.model.parameters import COMMAND_LINE
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.pipeline import Pipeline
from relpro.transform.compiler import keyed_by
from relpro.transform.template import variable

#: The most generations that are tried for one label.
TRIES = 8
#: Characters that mark a text as a pattern; a dot usually belongs to a version.
_PATTERN = re.compile(r"[\\^$*+?{}()\[\]]")
#: The stages that can remove a label, in their order.
_STAGES = ("full", "target", "optimize")


@attrs.frozen
class Remedy:
    """A change of the request: parameters with new values, and fields of the goal.

    `before` has the previous values of parameters of which only a part changes.
    """

    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    goal: Mapping[str, Any] = attrs.field(factory=dict)
    before: Mapping[str, Any] = attrs.field(factory=dict, eq=False)

    def __bool__(self) -> bool:
        return bool(self.parameters or self.goal)

    def __or__(self, other: "Remedy") -> "Remedy":
        return Remedy(
            {**self.parameters, **other.parameters},
            {**self.goal, **other.goal},
            {**other.before, **self.before},
        )

    def apply(self, pipeline: Pipeline) -> Pipeline:
        """The pipeline for the changed request."""
        return attrs.evolve(
            pipeline,
            given=pipeline.given.replace(COMMAND_LINE, **self.parameters),
            goal=attrs.evolve(pipeline.goal, **self.goal),
        )


@attrs.frozen
class Search:
    """The remedy that was found; or the likeliest one with which generation fails, and the error.

    `fate` is the fate of the label with the remedy: it is created, or it exists already.
    """

    found: Remedy | None
    refused: tuple[Remedy, Diagnostic] | None = None
    fate: Fate = "created"


def seek_remedy(reasons: Reasons, label: str) -> Search:
    """Find a change that adds an absent label, by generating.

    A change that only lets the label reach a later stage is kept, and the search continues from
    there.
    """
    pipeline, reason = reasons.pipeline, reasons.of(label)
    found, tries, seen = Remedy(), 0, {(reason.decision.stage, reason.decision.rule)}
    refused: tuple[Remedy, Diagnostic] | None = None
    candidates = candidates_for(reasons, reason)
    while (candidate := next(candidates, None)) is not None and tries < TRIES:
        tries += 1
        now = _reason((found | candidate).apply(pipeline), label)
        if isinstance(now, Diagnostic):
            refused = refused or (found | candidate, now)
        if now is None or isinstance(now, Diagnostic):
            continue
        if now[1].fate != "absent":
            return Search(found | candidate, fate=now[1].fate)
        rule = (now[1].decision.stage, now[1].decision.rule)
        if rule not in seen and _stage(now[1]) >= _stage(reason):
            seen.add(rule)
            found, reason = found | candidate, now[1]
            candidates = candidates_for(*now)
    return Search(None, refused)


def _reason(pipeline: Pipeline, label: str) -> tuple[Reasons, Reason] | Diagnostic | None:
    """The label's fate with a reason, or the error if there is no graph."""
    try:
        reasons = Reasons(pipeline)
        return (reasons, reasons.of(label)) if label in reasons else None
    except RelproError as error:
        return error.diagnostics[0]


def _stage(reason: Reason) -> int:
    """The last stage that the label has passed."""
    stage = reason.decision.stage
    return _STAGES.index(stage) if stage in _STAGES else len(_STAGES)


def candidates_for(reasons: Reasons, reason: Reason) -> Iterator[Remedy]:
    """Changes that may add a label, the likeliest first."""
    yield from _of_rule(reasons.pipeline, reason)
    if reason.decision.stage == "target":
        kinds = set[str]()
        for task in reasons.pipeline.full.needed_by(reason.label):
            if task.kind not in kinds:
                kinds.add(task.kind)
                yield from _of_rule(reasons.pipeline, reasons.of(task.label))


def _of_rule(pipeline: Pipeline, reason: Reason) -> Iterator[Remedy]:
    """Changes that may get a label past the rule that removed it."""
    decision = reason.decision
    if decision.stage == "full":
        yield from _told_by_transform(pipeline, decision)
        yield from _conditions(pipeline, reason.label)
    elif decision.stage == "target" and decision.rule in _BY_FILTER:
        yield from _BY_FILTER[decision.rule](pipeline.full[reason.label], pipeline)
    elif decision.stage == "optimize":
        protected = [*pipeline.given["do_not_optimize"], reason.label]
        yield Remedy({"do_not_optimize": protected})


def _told_by_transform(pipeline: Pipeline, decision: Decision) -> Iterator[Remedy]:
    """The parameters with which the transform that skipped a task says it would make it."""
    if decision.rule == RULE:
        return
    for kind in kinds_of(pipeline, decision.label):
        for step, skipped in record_skipped(pipeline, kind):
            label = skipped.label_in(kind.name)
            if (step.name, label) == (decision.rule, decision.label) and skipped.parameters:
                given = {name: pipeline.given.get(name) for name in skipped.parameters}
                before = {
                    name: value for name, value in given.items() if isinstance(value, Mapping)
                }
                yield Remedy(skipped.parameters, before=before)


def _conditions(pipeline: Pipeline, label: str) -> Iterator[Remedy]:
    """Parameters with a value that some `only-when` of the label's kind requires."""
    seen: list[Remedy] = []
    for kind in kinds_of(pipeline, label):
        for entry in kind.entries:
            for name, wanted in entry.data.get(RULE, {}).items():
                for value in _values(wanted):
                    for remedy in _ways(pipeline, name, value):
                        if remedy not in seen:
                            seen.append(remedy)
                            yield remedy


def _ways(pipeline: Pipeline, name: str, value: object) -> Iterator[Remedy]:
    """Parameters with which a variable gets a value; patterns cannot be used."""
    if variable(name) in pipeline.given.values:
        yield Remedy({variable(name): value})
    elif found := alternatives(pipeline, name):
        key, values = found
        for word, inner in values.items():
            if inner == value and word != "default" and re.escape(word) == word:
                yield from _ways(pipeline, key, word)


def _values(wanted: object) -> Iterator[object]:
    """The values in a condition, including those in a pattern of plain alternatives."""
    if keyed_by(wanted) is not None or not isinstance(wanted, list):
        return
    for value in wanted:
        if not isinstance(value, str):
            yield value
        elif not _PATTERN.search(value):
            yield from value.split("|")


def _phase(task: Task, pipeline: Pipeline) -> Iterator[Remedy]:
    """The phase and the product of the task."""
    own = task.phase
    product = task.product or pipeline.product
    if own is not None and own is not pipeline.goal.phase:
        yield Remedy(goal={"phase": own, "product": product, "flavor": None})


def _product(task: Task, pipeline: Pipeline) -> Iterator[Remedy]:
    if task.product and pipeline.goal.phase is not None:
        yield Remedy(goal={"product": task.product, "flavor": None})
    elif task.product:
        yield Remedy({"release_product": task.product})


def _match_any(task: Task, pipeline: Pipeline) -> Iterator[Remedy]:
    method = pipeline.config.target_methods.get(pipeline.parameters["target_tasks_method"])
    for attribute, parameter in method.match_any.items() if method else ():
        if attribute in task.attributes:
            yield Remedy({parameter: task.attributes[attribute]})


def _signoffs(task: Task, pipeline: Pipeline) -> Iterator[Remedy]:
    asked, given = pipeline.given["required_signoffs"], pipeline.given["signoff_urls"]
    missing = [one for one in task.attributes["required_signoffs"] if one in asked]
    urls = {one: "https://example.com/" for one in missing if not given.get(one)}
    yield Remedy({"signoff_urls": {**given, **urls}})


def _run_on(attribute: str, parameter: str) -> Callable[[Task, Pipeline], Iterator[Remedy]]:
    def candidates(task: Task, pipeline: Pipeline) -> Iterator[Remedy]:
        aliases = pipeline.config.project_aliases if parameter == "project" else {}
        for named in task.attributes[attribute]:
            for value in aliases.get(named, (named,)):
                if value != EVERYWHERE:
                    yield Remedy({parameter: value})

    return candidates


#: Rule of the target stage -> changes that may get a task past it.
_BY_FILTER: Mapping[str, Callable[[Task, Pipeline], Iterator[Remedy]]] = {
    "phase": _phase,
    "shipping-phase": _phase,
    "product": _product,
    "match-any": _match_any,
    "missing-signoffs": _signoffs,
    "run-on-projects": _run_on("run_on_projects", "project"),
    "run-on-tasks-for": _run_on("run_on_tasks_for", "tasks_for"),
    "run-on-hg-branches": _run_on("run_on_hg_branches", "hg_branch"),
    "run-on-git-branches": _run_on("run_on_git_branches", "head_ref"),
}


def words_of(remedy: Remedy) -> str:
    """A remedy as command-line arguments."""
    words = [f"--{name} {_word(value)}" for name, value in remedy.goal.items() if value]
    for name, value in remedy.parameters.items():
        if name in remedy.before:
            changes = find_changes(remedy.before[name], value)
            said = [f"`{path_text(one.path)}` is {value_text(one.after, None)}" for one in changes]
            words.append(f"--param {name}=@FILE (the same, but {' and '.join(said)})")
        else:
            words.append(f"--param {name}={_word(value)}")
    return " ".join(words)


def _word(value: object) -> str:
    if isinstance(value, Phase):
        return value.value
    return value if isinstance(value, str) else f"'{json.dumps(value)}'"
