"""Adds the targets of partners' download names that contain no version."""

from string import Template

from relpro.model.task import TaskDescription
from relpro.stock.bouncer_aliases import BOUNCER_ALIASES
from relpro.stock.download_entries import ALIASES
from relpro.transform.context import Context
from relpro.transform.step import each
from transforms.push_to_release import released_partners


def add_aliases(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The aliases of the task, and those of partners on the site."""
    manifest = ctx.data(task.sections["bouncer-aliases"]["products"], task, ALIASES)
    aliases = dict(task.worker.get("aliases-entries", {}))
    for partner in released_partners(ctx, task):
        called = partner.replace("/", "-")
        for alias, name in manifest["partner-aliases"].items():
            said = Template(alias).substitute(partner=called)
            aliases[said] = Template(name).substitute(partner=called)
    return task.with_worker(aliases_entries=aliases)


transforms = (each(add_aliases, BOUNCER_ALIASES),)
