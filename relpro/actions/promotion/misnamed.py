"""Takes the input of a promotion, finds names in it that the project does not have."""

from collections.abc import Iterator

from relpro.actions.action_input import Input
from relpro.errors import Diagnostic
from relpro.model.nearest import meant
from relpro.pipeline import Pipeline


def misnamed(given: Input, pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Configured names may belong to several projects, and automation sends them unchanged."""
    # What is configured may be of several projects, and is sent as it is by whoever takes it over.
    kinds, configured = pipeline.kinds, pipeline.config.rebuild_kinds
    for at, name in enumerate(given["rebuild_kinds"]):
        if name not in kinds and name not in configured:
            what = f"`rebuild_kinds` names `{name}`, which is not a kind"
            remedy = meant(name, kinds, "`relpro kinds` lists them")
            yield given.refused("rebuild_kinds", at, what=what, remedy=remedy)
    yield from _unasked_sign_offs(given, pipeline)
    for at, label in enumerate(given.get("do_not_optimize", ())):
        if label not in pipeline.full:
            what = f"`do_not_optimize` names `{label}`, which is not a task"
            remedy = meant(label, pipeline.full.labels, "`relpro graph --stage full` lists them")
            yield given.refused("do_not_optimize", at, what=what, remedy=remedy)


def _unasked_sign_offs(given: Input, pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Sign-offs for which no task waits: what was to be held back would be made without one."""
    required = [
        (("required_signoffs", at), name)
        for at, name in enumerate(given.get("required_signoffs", ()))
    ]
    asked = [*required, *((("signoff_urls", name), name) for name in given.get("signoff_urls", ()))]
    known = {
        name
        for task in (pipeline.full if asked else ())
        for name in task.attributes.get("required_signoffs", ())
    }
    for place, name in asked:
        if name not in known:
            what = f"`{place[0]}` names `{name}`, for which no task waits"
            fallback = f"there are: {', '.join(sorted(known))}" if known else ""
            yield given.refused(*place, what=what, remedy=meant(name, sorted(known), fallback))
