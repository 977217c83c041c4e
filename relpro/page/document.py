"""Takes a generation, a plan or differences, gives the document that the page shows.

The document is one JSON value. It has the tasks of each graph as in graph files, and data that
these files do not have: the fate of each task, and the reason. `frontend/src/document.ts` reads it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import orjson

from relpro.explain.reasons import Reasons
from relpro.explain.report import reason_lines
from relpro.graph.difference.changes import MISSING, Found
from relpro.graph.difference.difference import Changed, Difference
from relpro.graph.difference.report import Line, make_report, path_text, value_text
from relpro.graph.difference.risks import PUBLISHING
from relpro.graph.files import Texts, text_of
from relpro.graph.taskgraph import TaskGraph
from relpro.model.counted import counted
from relpro.model.phase import PHASES
from relpro.model.task import Json, Task
from relpro.page.html import make_page, pack
from relpro.pipeline import Pipeline
from relpro.plan.plan import Plan
from relpro.plan.summary import head_lines, rule_lines

#: The most characters shown of one value of a change.
WIDTH = 4000


@attrs.frozen
class GraphShown:
    """One graph of the page.

    `texts` are labels with their tasks as in a graph file, `about` has by label what such a file
    does not have, `sections` are headings with lines about several tasks.
    """

    title: str
    texts: Mapping[str, bytes] = attrs.field(repr=False)
    about: Mapping[str, Mapping[str, Json]] = attrs.field(repr=False)
    sections: tuple[tuple[str, tuple[Line, ...]], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The graph as part of the document."""
        return {
            "title": self.title,
            "phases": PHASES,
            "tasks": {label: orjson.Fragment(text) for label, text in self.texts.items()},
            "about": self.about,
            "sections": [
                {"heading": heading, "lines": [attrs.asdict(line) for line in lines]}
                for heading, lines in self.sections
            ],
        }


def make_document(title: str, graphs: Iterable[GraphShown]) -> bytes:
    """The document with some graphs, packed, for a page that is already open."""
    shown = [graph.to_json() for graph in graphs]
    return pack(orjson.dumps({"format": 1, "title": title, "graphs": shown}))


def page_of(title: str, graphs: Iterable[GraphShown]) -> bytes:
    """The page with some graphs, as a file."""
    return make_page(title, make_document(title, graphs))


def title_of(pipeline: Pipeline) -> str:
    """The title of a generation: `promote of widget, 3.0 build 1`."""
    goal, parameters = pipeline.goal, pipeline.parameters
    phase = f"{goal.phase.value} of {pipeline.product}" if goal.phase else ""
    purpose = goal.flavor or phase or f"target method {parameters['target_tasks_method']}"
    return f"{purpose}, {parameters['version']} build {parameters['build_number']}"


def of_tasks(title: str, graph: TaskGraph, texts: Texts) -> GraphShown:
    """A graph of an early stage, whose tasks have no fate yet."""
    about = {task.label: _about_task(task) for task in graph}
    return GraphShown(title, dict(texts), about)


def beside(pipeline: Pipeline) -> TaskGraph:
    """Selected tasks that are not created: they are reused, or not needed."""
    optimized = pipeline.optimized
    return pipeline.target.graph.restrict((*optimized.replaced, *optimized.removed))


def of_generation(
    title: str, pipeline: Pipeline, graph: TaskGraph, texts: Texts, others: TaskGraph
) -> GraphShown:
    """The tasks that a generation creates, and `others` that it reuses or drops."""
    reasons = Reasons(pipeline)
    shown = {**dict(texts), **{task.label: text_of(task) for task in others}}
    about = {
        task.label: {**_about_task(task), **_fate(reasons, task.label)}
        for task in (*graph, *others)
    }
    sections = (("What is published, by scope", tuple(_published(graph))),)
    return GraphShown(title, dict(sorted(shown.items())), about, sections)


def of_plan(title: str, pipeline: Pipeline, plan: Plan) -> GraphShown:
    """What a plan creates, reuses and drops.

    Labels that were never made are listed in a section.
    """
    morphed, full = pipeline.morphed, pipeline.full
    others = full.restrict(label for label in (*plan.reuse, *plan.drop) if label in full)
    shown = of_generation(title, pipeline, morphed.unresolved, morphed.texts.items(), others)
    head = tuple(Line("", line.strip(), ()) for line in (*head_lines(plan), *rule_lines(plan)))
    dropped = ("Dropped", tuple(_dropped(plan)))
    return attrs.evolve(shown, sections=(("Plan", head), *shown.sections, dropped))


def of_difference(title: str, after: TaskGraph, difference: Difference) -> GraphShown:
    """Both graphs as one: added, removed and changed tasks, with the risks first."""
    every = (*after, *difference.removed)
    texts = {task.label: text_of(task) for task in sorted(every, key=lambda task: task.label)}
    about: dict[str, dict[str, Json]] = {task.label: {"fate": "same"} for task in after}
    about |= {task.label: {"fate": "added"} for task in difference.added}
    about |= {task.label: {"fate": "removed"} for task in difference.removed}
    about |= {one.after.label: _about_changed(one) for one in difference.changed}
    report = make_report(difference, title)
    lines = (
        *((("Places", report.places),) if report.places else ()),
        (f"Risks {len(report.risks)}", report.risks),
        ("All changes", report.lines),
    )
    return GraphShown(title, texts, about, ((report.headline, ()), *lines))


def _published(graph: TaskGraph) -> Iterator[Line]:
    """The scopes with which tasks publish something, each with its tasks."""
    by_scope: dict[str, list[str]] = {}
    for task in graph:
        for scope in task.definition.get("scopes", ()):
            if isinstance(scope, str) and PUBLISHING.search(scope):
                by_scope.setdefault(scope, []).append(task.label)
    for scope, labels in sorted(by_scope.items()):
        yield Line("", f"{scope}: {counted(len(labels))}", tuple(sorted(labels)))


def _fate(reasons: Reasons, label: str) -> dict[str, Json]:
    reason = reasons.of(label)
    fate = "dropped" if reason.fate == "absent" else reason.fate
    why = [line.strip() for line in reason_lines(reasons, reason)]
    chain = {"chain": reason.chain} if len(reason.chain) > 1 else {}
    return {"fate": fate, "why": why, **chain}


def _about_task(task: Task) -> dict[str, Json]:
    artifacts = {"artifacts": task.artifacts} if task.artifacts else {}
    return {"place": str(task.origin), **artifacts}


def _about_changed(changed: Changed) -> dict[str, Json]:
    was = {"was": changed.before.label} if changed.renamed else {}
    changes = [
        {"path": path_text(one.path), **_side("before", one.before), **_side("after", one.after)}
        for one in changed.changes
    ]
    return {"fate": "changed", "changes": changes, **was}


def _side(name: str, value: Found) -> dict[str, str]:
    return {} if value is MISSING else {name: value_text(value, WIDTH)}


def _dropped(plan: Plan) -> Iterator[Line]:
    by_reason: dict[str, list[str]] = {}
    for label, reason in plan.drop.items():
        by_reason.setdefault(reason, []).append(label)
    for reason in sorted(by_reason, key=lambda one: (-len(by_reason[one]), one)):
        labels = by_reason[reason]
        yield Line("", f"{len(labels)} by {reason}", tuple(labels))
