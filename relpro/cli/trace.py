"""`relpro trace`: the sources of a file, back to builds and tests."""

import re
from pathlib import Path

import click

from relpro.cli.extras import needed
from relpro.cli.verify import statement_options
from relpro.errors import Diagnostic, RelproError

_SHA256 = re.compile(r"[0-9a-f]{64}")


@click.command("trace")
@click.argument("asked", metavar="FILE|SHA256")
@statement_options
def command(asked: str, statements: Path | None, key: Path | None) -> None:
    """Print the sources of a file: the tasks that made, tested and promoted it.

    FILE is identified by its content. The trace goes back to the revision from which it was built.
    Statements that are not signed by the key are ignored.

    \b
    Examples:
      relpro trace widget-2.0.tar.xz --statements provenance --key key.pub
      relpro trace 4999b5c901a7c3cd8e26fe859376ca9268cfa0038414c1028066fc90eb772587
    """
    with needed("relpro trace", "rehearsal"):
        from relpro.provenance.folder import KEY, contents, found_above, read  # noqa: PLC0415
        from relpro.provenance.statements import read_key  # noqa: PLC0415
        from relpro.provenance.tracing import Trace, names_of  # noqa: PLC0415
        from relpro.workers import stores  # noqa: PLC0415
    path = Path(asked)
    is_digest = bool(_SHA256.fullmatch(asked))
    if not is_digest and not path.is_file():
        raise click.UsageError(f"`{asked}` is neither a file nor a SHA-256 in hex")
    digest = asked if is_digest else stores.digest(path)
    beside, _ = found_above(Path.cwd() if is_digest else path)
    source = statements or beside or Path("provenance")
    releases = read(contents(source), read_key(key or source / KEY))
    found = names_of(releases, digest)
    if not found:
        remedy = "name the statements of the release that it is of: `--statements DIR`"
        raise RelproError(
            Diagnostic("U818", f"nothing is stated of sha256 {digest}", remedy=remedy)
        )
    for name in found:
        for line in Trace(releases).lines(name):
            click.echo("  " * line.depth + line.text)
