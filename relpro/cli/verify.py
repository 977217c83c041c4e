"""`relpro verify`: checks published files against statements."""

from collections.abc import Callable
from pathlib import Path

import click

from relpro.cli.extras import needed
from relpro.model.phase import Phase

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def statement_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options for the statements, and for the trusted key."""
    for option in (
        click.option(
            "--key",
            type=_FILE,
            help="Public key of who made them, in PEM; by default key.pub of their folder.",
        ),
        click.option(
            "--statements",
            type=_FOLDER,
            help="Folder of statements; by default `provenance` of the rehearsal that left DIR.",
        ),
    ):
        command = option(command)
    return command


@click.command("verify")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@statement_options
@click.option(
    "--at",
    "place",
    metavar="BUCKET/PATH",
    help="What DIR is a copy of; by default what its path says.",
)
@click.option(
    "--phase",
    type=click.Choice([phase.value for phase in Phase]),
    default=Phase.SHIP.value,
    show_default=True,
    help="How far releases must have come: there is a promotion of each phase up to it.",
)
def command(
    folder: Path, statements: Path | None, key: Path | None, place: str | None, phase: str
) -> None:
    """Check a folder of published files against provenance statements, offline.

    Every file must be one that a task published, byte by byte, and be traceable to a revision.
    Promotions must list every statement, and every listed statement must exist. The default key is
    the one in the folder of statements: name your own with --key, unless you trust the folder.

    Exits with 1 if a file or a statement is missing, altered or unknown.

    \b
    Examples:
      relpro verify build/rehearsal/latest/published
      relpro verify 1.1.0 --at release/pub/postcard/releases/1.1.0 --statements stated --key key.pub
    """
    with needed("relpro verify", "rehearsal"):
        from relpro.provenance.folder import (  # noqa: PLC0415 - an extra
            KEY,
            contents,
            found_above,
            read,
        )
        from relpro.provenance.statements import read_key  # noqa: PLC0415
        from relpro.provenance.verifying import (  # noqa: PLC0415
            Unproven,
            digests_in,
            wrong_files,
            wrong_statements,
        )
    beside, where = found_above(folder)
    source = statements or beside or folder / "provenance"
    envelopes = contents(source)
    releases = read(envelopes, read_key(key or source / KEY))
    files = digests_in(folder)
    at = where if place is None else place
    if wrong := [*wrong_statements(releases, phase), *wrong_files(releases, files, at)]:
        raise Unproven(*wrong)
    count = sum(len(some) for some in releases.values())
    click.echo(f"{len(files)} files are as stated, and all {count} statements hold")
