"""`relpro rehearse`: a whole release on this machine."""

import gc
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click

from relpro.cli import options
from relpro.cli.extras import needed
from relpro.rehearsal.faults import FAULTS

#: States of tasks that are printed, in order.
_STATES = ("running", "pending", "unscheduled")


@click.command("rehearse")
@options.root
@click.option("--product", metavar="NAME", help="The product, if the project has several.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to use; by default one for this project in the cache of this machine.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    type=click.Choice(list(FAULTS)),
    help="Let this go wrong: the release ships all the same, or is stopped. Repeatable.",
)
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C, to look around.")
def command(
    root: str, product: str | None, folder: Path | None, faults: tuple[str, ...], keep: bool
) -> None:
    """Release this project on this machine: push, promote, push to releases, ship.

    A Taskcluster, a storage, an update server and workers are started on loopback. Every task is
    run: commands as processes of this machine, scripts by stand-ins with throw-away keys. Gates are
    signed off by their roles. At the end, installations of the previous release update to the new
    one, as configured in `kinds/rehearsal.yml`. Uncommitted changes are included. All services are
    stopped at the end, also by Ctrl-C.

    Exits with 1 if a task failed or an installation had an unexpected result.

    \b
    Examples:
      relpro rehearse
      relpro rehearse --root docs/examples/postcard --keep
      relpro rehearse --fault worker-killed
    """
    with needed("relpro rehearse", "embedded,rehearsal"):
        from relpro.rehearsal import report  # noqa: PLC0415 - an extra
        from relpro.rehearsal.rehearse import rehearsed  # noqa: PLC0415
    gc.freeze()  # what was imported stays
    gc.enable()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    top = options.open_project(root).root
    place = (folder or _cache(top)).resolve()
    wrong = tuple(FAULTS[one] for one in faults)
    with rehearsed(top, place, product, _teller(), _say, wrong) as (here, one):
        path = report.write(one)
        click.echo(report.markdown(one))
        click.echo(f"the report: {path}")
        if keep:
            click.echo("# everything runs until Ctrl-C; in another shell, use it by")
            told = {**here.service.environment(), "http_proxy": here.proxy}
            for name, value in told.items():
                click.echo(f"export {name}={value}")
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                return


def _interrupted(*_: object) -> NoReturn:
    """End as with Ctrl-C, so that all services are stopped."""
    raise KeyboardInterrupt


def _cache(root: Path) -> Path:
    """The cache folder of a project, always the same."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "relpro" / "rehearsals" / str(root).strip("/").replace("/", "-")


def _say(text: str) -> None:
    click.echo(text, err=True)


def _teller() -> Callable[[str, "Counter[str]"], None]:
    """Prints the progress of a phase: on a terminal in one changing line, else at its end."""
    told: dict[str, str] = {}
    terminal = sys.stderr.isatty()

    def tell(phase: str, counts: "Counter[str]") -> None:
        total, done = counts.total(), counts["completed"]
        rest = ", ".join(f"{counts[state]} {state}" for state in _STATES if counts[state])
        line = f"{phase}: {done} of {total} tasks" + (f" ({rest})" if rest else "")
        if told.get(phase) == line or not (terminal or (total and done == total)):
            return
        told[phase] = line
        end = "\n" if done == total else ""
        click.echo(f"\r\x1b[K{line}{end}" if terminal else line, err=True, nl=not terminal)

    return tell
