"""`relpro status`: the state of a group's tasks, and of its sign-off gates."""

import gc
import os
import time
from collections.abc import Mapping, Sequence
from functools import cache

import click
import orjson

from relpro.cli import options
from relpro.cli.table import print_table
from relpro.compare.group import graph_of_group
from relpro.errors import SHOWN, RelproError
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.group import STATES, Group
from relpro.submit.patience import MOMENT, OUTAGE, Patience
from relpro.submit.queue import Queue
from relpro.submit.report import Report
from relpro.submit.unwritten import NOTHING_KNOWN, Known


def open_queue(environ: Mapping[str, str], *, anonymous: bool, patience: float = MOMENT) -> Queue:
    """The queue in the environment; `patience` is how long to retry, in seconds."""
    access = Access.from_environment(environ, anonymous=anonymous)
    return Queue(Connection(access, Patience(patience)))


@click.command("status")
@click.argument("group", metavar="GROUP", callback=options.check_group)
@click.option("--failed", "only_failed", is_flag=True, help="Print only what failed, all of it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--html", "as_html", is_flag=True, help="Print a page that opens offline.")
@click.option("--watch", is_flag=True, help="Print again what has changed, until all is done.")
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    metavar="SECONDS",
    help="How often to look, with --watch.",
)
def command(
    group: str, only_failed: bool, as_json: bool, as_html: bool, watch: bool, every: float
) -> None:
    """Show failed tasks of a task group, and the states of all.

    Failed tasks come first: the reason, the log, the number of tasks that each blocks, the places
    that are not written because of it, and what to do. Then come the sign-off gates, with the
    number of tasks that each holds back, and the number of tasks in each state, by phase and kind.
    The exit code is 1 if a task failed.

    The page of --html has every task with its state, waiting time and duration, and the critical
    path: the chain of tasks that determined when the group ended.

    \b
    Examples:
      relpro status FNvWjXCmRVaC8tqNbBBYYQ
      relpro status FNvWjXCmRVaC8tqNbBBYYQ --watch
      relpro status FNvWjXCmRVaC8tqNbBBYYQ --failed --json
      relpro status FNvWjXCmRVaC8tqNbBBYYQ --html > group.html
    """
    if as_html and (as_json or watch or only_failed):
        raise click.UsageError("--html goes with none of --json, --watch and --failed")
    gc.enable()
    patience = OUTAGE if watch else MOMENT
    queue = open_queue(os.environ, anonymous=True, patience=patience)
    entries = tuple(queue.group_members(group))
    found = Group.of(group, entries)
    # Requested once, after a failure: for a real release it has some 20 MB.
    known = cache(lambda: _known(queue, group))

    def tell(shown: Group) -> None:
        does = known() if shown.is_failed else NOTHING_KNOWN
        _print(Report(shown, queue.connection.access.root_url, does), as_json, only_failed)

    if as_html:
        _print_page(group, entries)
    else:
        tell(found)
    while watch and found.is_active:
        time.sleep(every)
        # Not listed again: for thousands of tasks that takes the queue seconds.
        ids = [member.task_id for member in found.members]
        later = found.with_statuses(queue.statuses(ids))
        if later != found:
            click.echo()
            tell(later)
        found = later
    if found.is_failed:
        raise SystemExit(1)


def _known(queue: Queue, group: str) -> Known:
    try:
        graph = graph_of_group(queue, group)
    except RelproError as error:
        return Known(lacking=error.diagnostics[0].what)
    return Known({task.label: task.effects for task in graph if task.effects})


def _print_page(group: str, entries: Sequence[Mapping[str, object]]) -> None:
    # Imported only here, since other commands make no pages.
    from relpro.page.document import page_of  # noqa: PLC0415
    from relpro.page.group import of_group  # noqa: PLC0415

    shown = of_group(group, entries)
    click.echo(page_of(shown.title, [shown]), nl=False)


def _print(report: Report, as_json: bool, only_failed: bool) -> None:
    if as_json:
        told = report.failed_json() if only_failed else report.to_json()
        click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for line in report.failed_lines(None if only_failed else SHOWN):
        click.echo(line)
    if only_failed:
        return
    for line in report.gate_lines():
        click.echo(line)
    print_table(("phase", "kind", *STATES), report.rows(), left=2)
