"""`relpro keys`: throw-away keys for a rehearsal."""

from pathlib import Path

import click

from relpro.cli.extras import needed


@click.command("keys")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--certificate",
    "certificates",
    multiple=True,
    metavar="NAME",
    help="Keys to sign with by this name in scopes (`...:signing:cert:NAME`); repeatable.",
)
def command(folder: Path, certificates: tuple[str, ...]) -> None:
    """Make keys for a rehearsal: those of workers, which sign artifacts, and of certificates.

    Existing keys are kept. They protect nothing: anyone who can read the folder can sign.

    \b
    Examples:
      relpro keys keys --certificate dep-signing
    """
    with needed("relpro keys", "rehearsal"):
        from relpro.workers.keys import make_keys  # noqa: PLC0415
    made = make_keys(folder, certificates).folder
    click.echo("\n".join(str(path) for path in sorted(made.rglob("*")) if path.is_file()))
