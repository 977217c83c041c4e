"""Tell a localization task which revisions of which locales it repacks."""

import attrs
from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text
from transforms._run import run_of

L10N = Section("l10n", {Required("revisions"): {str: text}}, required=True)


def add_locales(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The section `run` with one option `locale=code:revision` for each locale.

    If the build has a stub installer, each locale gets one.
    """
    revisions = task.sections["l10n"]["revisions"]
    options = [f"locale={locale}:{revision}" for locale, revision in revisions.items()]
    run = {**run_of(task), "options": options}
    task = attrs.evolve(task, sections={**task.sections, "run": run})
    if not task.attributes.get("stub_installer"):
        return task
    return task.with_worker(env={**task.worker.get("env", {}), "USE_STUB_INSTALLER": "1"})


transforms = (each(add_locales, L10N),)
