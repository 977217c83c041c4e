"""`relpro update-server`: an update server for this machine, by the rules of a real one."""

import gc
import threading
from pathlib import Path

import click


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
    help="Keep everything in this file; by default nothing outlasts the command.",
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Serve by HTTPS with the certificate and key of this PEM file.",
)
def command(port: int, path: str, certificate: Path | None) -> None:
    """Serve an update server on 127.0.0.1 until Ctrl-C: rules, releases, and update.xml.

    Rules and the calls to change them are those of Balrog. Whoever calls is known by the token that
    is sent, which is taken for a name.

    \b
    Examples:
      relpro update-server
      relpro update-server --port 8080 --path updates.sqlite
    """
    from relpro.updates.server import UpdateServer  # noqa: PLC0415 - only when it is served
    from relpro.updates.service import Service  # noqa: PLC0415
    from relpro.updates.store import Store  # noqa: PLC0415

    gc.enable()
    with UpdateServer(Service(Store(path)), port, certificate) as server:
        click.echo(f"# an update server serves until Ctrl-C at {server.address}")
        click.echo(f"# its API is at {server.address}/api, for clients of Balrog")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return
