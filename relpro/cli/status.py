"""`relpro status`: what the tasks of a group are doing, and what waits for which sign-off."""

import gc
import os
import time
from collections.abc import Mapping

import click
import orjson

from relpro.cli import options
from relpro.cli.table import print_table
from relpro.model.counted import counted
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.submit.group import STATES, Gate, Group
from relpro.submit.patience import MOMENT, OUTAGE, Patience
from relpro.submit.queue import Queue


def open_queue(environ: Mapping[str, str], *, anonymous: bool, patience: float = MOMENT) -> Queue:
    """The queue of the environment; `patience` is for how long to try, in seconds."""
    access = Access.from_environment(environ, anonymous=anonymous)
    return Queue(Connection(access, Patience(patience)))


@click.command("status")
@click.argument("group", metavar="GROUP", callback=options.check_group)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--watch", is_flag=True, help="Print again what has changed, until all is done.")
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    metavar="SECONDS",
    help="How often to look, with --watch.",
)
def command(group: str, as_json: bool, watch: bool, every: float) -> None:
    """Show what the tasks of a task group are doing, by phase and kind.

    Below that stand the sign-off gates, with how many tasks each holds back.

    \b
    Examples:
      relpro status FNvWjXCmRVaC8tqNbBBYYQ
      relpro status FNvWjXCmRVaC8tqNbBBYYQ --watch
    """
    gc.enable()
    patience = OUTAGE if watch else MOMENT
    queue = open_queue(os.environ, anonymous=True, patience=patience)
    found = Group.of(group, queue.group_members(group))
    _print(found, as_json)
    while watch and found.is_active:
        time.sleep(every)
        # Not listed again: that takes the queue seconds for thousands of tasks.
        ids = [member.task_id for member in found.members]
        later = found.with_statuses(queue.statuses(ids))
        if later != found:
            click.echo()
            _print(later, as_json)
        found = later


def _print(group: Group, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(group.to_json(), option=orjson.OPT_INDENT_2).decode())
        return
    shown = [
        (phase or "-", kind or "-", *(str(counts[state] or ".") for state in STATES))
        for (phase, kind), counts in group.counts().items()
    ]
    totals = [sum(member.state == state for member in group.members) for state in STATES]
    print_table(("phase", "kind", *STATES), [*shown, ("", "total", *map(str, totals))], left=2)
    for gate in group.gates():
        click.echo(f"gate {gate.label}: {_told(gate)}")


def _told(gate: Gate) -> str:
    if gate.is_waiting:
        return f"waits for {gate.role}, holds {counted(len(gate.held))}"
    return f"{gate.role} has signed off" if gate.state == "completed" else f"is {gate.state}"
