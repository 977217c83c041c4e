"""`relpro sign-off`: lists the sign-off gates of a task group, or signs one off."""

import os

import click

from relpro.cli import options
from relpro.cli.status import open_queue
from relpro.cli.table import print_table
from relpro.submit.group import Gate, Group

#: State of a gate -> its meaning; others are printed unchanged.
_MEANING = {"unscheduled": "waiting", "completed": "signed"}


@click.command("sign-off")
@click.argument("group", metavar="GROUP", callback=options.check_group)
@click.option("--role", metavar="ROLE", help="Sign off the gate of this role.")
@click.option("--gate", "label", metavar="LABEL", help="Which gate, where a role has several.")
def command(group: str, role: str | None, label: str | None) -> None:
    """List the sign-off gates of a task group; with --role, sign one off.

    Signing off starts the gate's task, which requires the scope
    `queue:schedule-task-in-project:signoff/ROLE`.

    \b
    Examples:
      relpro sign-off FNvWjXCmRVaC8tqNbBBYYQ
      relpro sign-off FNvWjXCmRVaC8tqNbBBYYQ --role releng
    """
    queue = open_queue(os.environ, anonymous=not (role or label))
    gates = Group.of(group, queue.group_members(group)).gates()
    if not (role or label):
        if gates:
            _print(gates)
        else:
            click.echo(f"task group {group} has no sign-off gates", err=True)
        return
    gate = _chosen(gates, role, label)
    if not gate.is_waiting:
        click.echo(f"{gate.label} is {_meaning(gate)} already")
        return
    state = queue.schedule_task(gate.task_id)["state"]
    click.echo(f"signed off {gate.label} as {gate.role}: it is {state}")


def _chosen(gates: tuple[Gate, ...], role: str | None, label: str | None) -> Gate:
    found = [gate for gate in gates if role in {None, gate.role} and label in {None, gate.label}]
    waiting = [gate for gate in found if gate.is_waiting] or found
    if not found:
        roles = ", ".join(sorted({f"`{gate.role}`" for gate in gates})) or "none"
        raise click.UsageError(f"there is no such gate; roles with a gate: {roles}")
    if len(waiting) > 1 and waiting[0].is_waiting:
        labels = ", ".join(f"`{gate.label}`" for gate in waiting)
        raise click.UsageError(f"several gates wait, choose one by --gate: {labels}")
    return waiting[0]


def _print(gates: tuple[Gate, ...]) -> None:
    rows = [(gate.label, gate.role, _meaning(gate), str(len(gate.held))) for gate in gates]
    print_table(("gate", "role", "state", "holds"), rows, left=3)


def _meaning(gate: Gate) -> str:
    return _MEANING.get(gate.state, gate.state)
