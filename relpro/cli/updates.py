"""`relpro updates simulate`: which client would be offered which update, and why."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relpro.cli.update_files import make_mar, verify

if TYPE_CHECKING:
    from relpro.updates.answer import Answer, Tables
    from relpro.updates.request import Request
    from relpro.updates.sweep import Swept


@click.group("updates")
def command() -> None:
    """Show who would be offered which update, by the rules of an update server.

    \b
    Examples:
      relpro updates simulate --path updates.sqlite --client 112.0/win64/de/release
    """


command.add_command(make_mar)
command.add_command(verify)


@command.command("simulate")
@click.option("--server", metavar="URL", help="Read rules and releases from this server.")
@click.option("--path", metavar="FILE", help="Read them from a file of `relpro update-server`.")
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="VERSION/PLATFORM/LOCALE/CHANNEL",
    help="Tell what this client is offered. Repeatable.",
)
@click.option("--sweep", "sweeps", is_flag=True, help="Ask for every client that has a release.")
@click.option("--product", default="", help="Product of the clients; needed if there are several.")
@click.option(
    "--build-id", default="", help="Build id of the client; by default that of its version."
)
@click.option(
    "--channel",
    "channels",
    multiple=True,
    help="Sweep clients on this channel; by default on all that rules name. Repeatable.",
)
@click.option(
    "--files",
    "folders",
    multiple=True,
    metavar="URL=FOLDER",
    help="Addresses with this prefix are files of this folder. Repeatable.",
)
def simulate(
    server: str | None,
    path: str | None,
    clients: tuple[str, ...],
    sweeps: bool,
    product: str,
    build_id: str,
    channels: tuple[str, ...],
    folders: tuple[str, ...],
) -> None:
    """Show what clients are offered, by which rule, and where that leads.

    With --sweep, every client with one of the releases is checked: each platform, locale and
    channel. No client may be downgraded, stranded below the newest release for it, or get an error,
    and every offered file must exist, with its size and digest (exit code 1, U811). In a partial
    rollout, each client has a cohort that does not change as the rate grows.

    \b
    Examples:
      relpro updates simulate --path updates.sqlite --client 112.0/win64/de/release
      relpro updates simulate --server http://127.0.0.1:8000 --sweep
      relpro updates simulate --path updates.sqlite --sweep --files https://host/pub/=releases
    """
    from relpro.updates.clients import read_client  # noqa: PLC0415 - only when it is asked
    from relpro.updates.files import Files  # noqa: PLC0415
    from relpro.updates.sweep import raise_faults, sweep  # noqa: PLC0415

    tables = _tables(server, path, product)
    requests = [read_client(text, tables, product, build_id) for text in clients]
    for request in requests:
        click.echo("\n".join(_told(tables, request)))
    if not sweeps:
        return
    swept = sweep(tables, Files(dict(_folders(folders))), channels)
    click.echo("\n".join(_summary(swept)))
    sys.stdout.flush()
    raise_faults(swept)


def _tables(server: str | None, path: str | None, product: str) -> "Tables":
    from relpro.updates.offer import Hosts  # noqa: PLC0415
    from relpro.updates.remote import read_tables  # noqa: PLC0415
    from relpro.updates.store import Store  # noqa: PLC0415

    if server is not None and path is None:
        return read_tables(server, product)
    if path is None or server is not None:
        raise click.UsageError("name either a server or a file: --server or --path")
    if not Path(path).is_file():
        raise click.UsageError(f"there is no file {path}")
    store = Store(path)
    try:
        return store.load().tables(Hosts())
    finally:
        store.close()


def _folders(texts: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    for text in texts:
        url, sign, folder = text.rpartition("=")
        if not sign or not Path(folder).is_dir():
            raise click.UsageError(f"--files {text}: it is no URL=FOLDER")
        yield url, Path(folder)


def _told(tables: "Tables", request: "Request") -> Iterator[str]:
    """What one client is offered, by its random number, and where that leads."""
    from relpro.updates.clients import cohort, written  # noqa: PLC0415
    from relpro.updates.following import follow, shares  # noqa: PLC0415

    yield f"{written(request)} (build {request.build_id}, cohort {cohort(request)})"
    for share in shares(tables, request):
        whom = "everybody" if share.percent == 100 else f"cohorts {share.first} to {share.last}"
        yield f"  {whom}: {_answer(share.answer)}"
        for patch in share.answer.offer.patches if share.answer.offer else ():
            yield f"    {patch.kind} {patch.url} ({patch.size} bytes)"
    steps = list(follow(tables, request))
    versions = " -> ".join(step.request.version for step in steps)
    yield f"  who looks for updates: {versions}, then {_answer(steps[-1].answer)}"


def _answer(given: "Answer") -> str:
    by = f", by rule {given.rule.alias or given.rule.rule_id}" if given.rule else ""
    if given.refusal is not None:
        return f"HTTP {given.refusal.status}: {given.refusal.text}"
    if given.offer is None:
        return f"nothing{by}: {given.reason}"
    told = dict(given.offer.attributes)
    return f"{told.get('appVersion', 'no more updates')} ({given.offer.release}){by}"


def _summary(swept: "Swept") -> Iterator[str]:
    yield f"{swept.clients} clients"
    for what, count in sorted(swept.offered.items()):
        yield f"  {count} ({100 * count / swept.clients:.1f} %) are offered {what}"
    looked = f", {swept.unknown} where nobody could look" if swept.unknown else ""
    yield f"{swept.files} offered files looked at{looked}"
