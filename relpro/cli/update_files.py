"""`relpro updates make-mar` and `relpro updates verify`: update files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from relpro.cli.extras import needed
from relpro.errors import Diagnostic, Origin, RelproError

if TYPE_CHECKING:
    from relpro.updates.trees import Tree

_FOLDER = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("make-mar")
@click.argument("folder", type=_FOLDER)
@click.option("--output", "-o", type=_FILE, required=True, help="The MAR to write.")
@click.option(
    "--from", "old", type=_FOLDER, metavar="FOLDER", help="Make a partial one, from this."
)
@click.option(
    "--channel", required=True, help="The channel; only clients that accept it install the MAR."
)
@click.option("--version", default="", help="By default that of its application.ini.")
@click.option("--sign", type=_FILE, metavar="FILE", help="Sign it with this private key (PEM).")
def make_mar(
    folder: Path, output: Path, old: Path | None, channel: str, version: str, sign: Path | None
) -> None:
    """Make a MAR of an unpacked program: complete, or from an earlier one partial.

    \b
    Examples:
      relpro updates make-mar widget-2.0 --channel widget-release -o widget-2.0.complete.mar
      relpro updates make-mar widget-2.0 --from widget-1.0 --channel widget-release -o partial.mar
    """
    with needed("relpro updates make-mar", "rehearsal"):
        from relpro.updates.making import Marked, make_complete, make_partial  # noqa: PLC0415
    new = _tree(folder)
    marked = Marked(version or _version(new, folder), channel, sign.read_bytes() if sign else None)
    if old is None:
        make_complete(new, output, marked)
    else:
        make_partial(_tree(old), new, output, marked)
    click.echo(f"{output}: {output.stat().st_size} bytes")


@click.command("verify")
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option("--server", required=True, metavar="URL", help="The update server to ask.")
@click.option("--product", required=True, help="Product of the client.")
@click.option(
    "--platform", required=True, help="Platform of the client, such as `linux64`, or its target."
)
@click.option("--locale", default="en-US", help="Locale of the client.", show_default=True)
@click.option("--channel", default="release", help="Channel of the client.", show_default=True)
@click.option("--trust", type=_FILE, metavar="FILE", help="The public key that must have signed.")
def verify(
    old: Path,
    new: Path,
    server: str,
    product: str,
    platform: str,
    locale: str,
    channel: str,
    trust: Path | None,
) -> None:
    """Install the update that a server offers to OLD, and compare the result with NEW.

    Every offered file is downloaded, compared with its size and digest, installed over a copy of
    OLD in memory, and compared with NEW byte by byte (exit code 1, U812).

    \b
    Examples:
      relpro updates verify widget-1.0 widget-2.0 --server http://127.0.0.1:8000 \\
        --product Widget --platform linux64 --locale de
    """
    with needed("relpro updates verify", "rehearsal"):
        from relpro.updates.verifying import verify_update  # noqa: PLC0415
    from relpro.updates.platforms import targets_of  # noqa: PLC0415
    from relpro.updates.request import Request  # noqa: PLC0415
    from relpro.updates.sweep import Violated  # noqa: PLC0415

    installed, wanted = _tree(old), _tree(new)
    version, build_id = _build(installed, old)
    request = Request(product, version, build_id, targets_of(platform)[0], locale, channel)
    key = trust.read_bytes() if trust else None
    found = list(verify_update(server, request, installed, wanted, key))
    if not found:
        what = f"{product} {version} is offered no update"
        raise Violated(Diagnostic("U812", what, why="ask why with `relpro updates simulate`"))
    for one in found:
        click.echo(f"{'wrong' if one.problems else 'right'}: {one.kind} {one.url}")
    wrong = [
        Diagnostic("U812", f"the {one.kind} update {one.url}: {problem}")
        for one in found
        for problem in one.problems
    ]
    if wrong:
        raise Violated(*wrong)


def _tree(folder: Path) -> "Tree":
    from relpro.updates.trees import read_tree  # noqa: PLC0415

    tree = read_tree(folder)
    if not tree:
        raise _unreadable(folder, f"there is no installation in `{folder}`")
    return tree


def _version(tree: "Tree", folder: Path) -> str:
    version, _ = _build(tree, folder)
    if not version:
        raise click.UsageError("the build does not say its version: name it by --version")
    return version


def _build(tree: "Tree", folder: Path) -> tuple[str, str]:
    from relpro.updates.trees import build_of  # noqa: PLC0415

    try:
        return build_of(tree)
    except ValueError as error:
        raise _unreadable(folder, f"the build in `{folder}` cannot be read: {error}") from None


def _unreadable(folder: Path, what: str) -> RelproError:
    remedy = "name the folder into which a package was unpacked"
    return RelproError(Diagnostic("U805", what, (Origin(str(folder)),), remedy=remedy))
