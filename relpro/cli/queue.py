"""`relpro queue`: a Taskcluster for this machine, to try submissions and actions."""

import gc

import click

from relpro.cli.extras import needed


@click.command("queue")
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
    "--at-once", is_flag=True, help="Do background work at once, without the delays of a real one."
)
def command(port: int, path: str, at_once: bool) -> None:
    """Serve a Taskcluster on 127.0.0.1 until Ctrl-C: queue, index, hooks, secrets and auth.

    Prints the environment variables with which relpro and the Taskcluster clients find it. Like a
    real one, it starts dependents up to 5 s after their dependencies, and indexes tasks after a
    second.

    \b
    Examples:
      relpro queue
      relpro queue --at-once
      relpro queue --port 8080 --path taskcluster.sqlite
    """
    gc.enable()
    with needed("relpro queue", "embedded"):
        from relpro.embedded import EmbeddedTaskcluster, Settings, serve  # noqa: PLC0415 - an extra

    def tell(service: EmbeddedTaskcluster) -> None:
        click.echo("# a Taskcluster serves until Ctrl-C; in another shell, use it by")
        for name, value in service.environment().items():
            click.echo(f"export {name}={value}")

    settings = Settings.at_once() if at_once else Settings()
    serve(port, path, settings=settings, ready=tell)
