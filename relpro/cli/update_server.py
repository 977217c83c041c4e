"""`relpro update-server`: an update server for this machine, with the rules of a real one."""

import gc
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from relpro.updates.server import Handle

#: The parameters in the URL that an updater requests.
_ASKED = (
    "/update/6/%PRODUCT%/%VERSION%/%BUILD_ID%/%BUILD_TARGET%/%LOCALE%/%CHANNEL%/%OS_VERSION%"
    "/%SYSTEM_CAPABILITIES%/%DISTRIBUTION%/%DISTRIBUTION_VERSION%/update.xml"
)


@click.command("update-server")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port; by default any that is free.",
)
@click.option(
    "--path",
    default=":memory:",
    metavar="FILE",
    help="Keep all data in this file; by default they are lost at the end.",
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Serve by HTTPS with the certificate and key of this PEM file.",
)
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Offer the MARs of this folder to every client, without rules.",
)
@click.option("--version", default="", help="Version of the MARs, instead of theirs.")
@click.option("--build-id", default="", help="Build id of the MARs, instead of theirs.")
def command(
    port: int, path: str, certificate: Path | None, folder: Path | None, version: str, build_id: str
) -> None:
    """Serve an update server on 127.0.0.1 until Ctrl-C: rules, releases, and update.xml.

    Rules and API are those of Balrog. The token that a caller sends is taken as the caller's name.
    With --from there is one rule, for every client, which offers the current files of the folder:
    MARs in PLATFORM/LOCALE/ only to those clients.

    \b
    Examples:
      relpro update-server
      relpro update-server --port 8080 --path updates.sqlite
      relpro update-server --port 8000 --from mars
    """
    from relpro.updates.server import UpdateServer  # noqa: PLC0415 - only when it is served

    gc.enable()
    with ExitStack() as stack:
        if folder is None:
            handle = _by_tables(path, stack)
            lines = ["its API is at /api, for clients of Balrog"]
        else:
            handle, lines = _by_folder(folder, version, build_id)
        server = stack.enter_context(UpdateServer(handle, port, certificate))
        click.echo(f"# an update server serves until Ctrl-C at {server.address}")
        for line in lines:
            click.echo(f"# {line}")
        if folder is not None:
            click.echo(server.address + _ASKED)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


def _by_tables(path: str, stack: ExitStack) -> "Handle":
    """The service for the tables of a database."""
    from relpro.updates.service import Service  # noqa: PLC0415
    from relpro.updates.store import Store  # noqa: PLC0415

    store = Store(path)
    stack.callback(store.close)
    return Service(store).handle


def _by_folder(path: Path, version: str, build_id: str) -> "tuple[Handle, list[str]]":
    """The service for a folder, and its content."""
    from relpro.updates.folder import Folder  # noqa: PLC0415
    from relpro.updates.folder_service import FolderService  # noqa: PLC0415

    folder = Folder(path, build_id, version)
    return FolderService(folder).handle, [str(one) for one in folder.archives()]
