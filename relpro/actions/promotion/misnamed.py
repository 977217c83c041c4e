"""Takes the input of a promotion, tells what it names that the project does not have."""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.actions.action_input import refused
from relpro.errors import Diagnostic
from relpro.model.nearest import meant
from relpro.pipeline import Pipeline


def misnamed(given: Mapping[str, Any], pipeline: Pipeline) -> Iterator[Diagnostic]:
    """What the input names and the project does not have: nothing of that would be made anew."""
    # What is configured may be of several projects, and is sent as it is by whoever takes it over.
    kinds, configured = pipeline.kinds, pipeline.config.rebuild_kinds
    for name in given["rebuild_kinds"]:
        if name not in kinds and name not in configured:
            remedy = meant(name, kinds, "`relpro kinds` lists them")
            yield refused(f"`rebuild_kinds` names `{name}`, which is not a kind", remedy=remedy)
    yield from _unasked_sign_offs(given, pipeline)
    for label in given.get("do_not_optimize", ()):
        if label not in pipeline.full:
            remedy = meant(label, pipeline.full.labels, "`relpro graph --stage full` lists them")
            yield refused(f"`do_not_optimize` names `{label}`, which is not a task", remedy=remedy)


def _unasked_sign_offs(given: Mapping[str, Any], pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Sign-offs for which no task waits: what was to be held back would be made without one."""
    asked = [
        (field, name)
        for field in ("required_signoffs", "signoff_urls")
        for name in given.get(field, ())
    ]
    known = {
        name
        for task in (pipeline.full if asked else ())
        for name in task.attributes.get("required_signoffs", ())
    }
    for field, name in asked:
        if name not in known:
            what = f"`{field}` names `{name}`, for which no task waits"
            fallback = f"there are: {', '.join(sorted(known))}" if known else ""
            yield refused(what, remedy=meant(name, sorted(known), fallback))
