"""`relpro new`: writes the files and rows of something new, and a test that fails at first."""

import click

from relpro.cli import options
from relpro.model.phase import PHASES
from relpro.starter.scaffold import BY_NAME, NAME, scaffold
from relpro.starter.template import write_over


@click.command("new")
@click.argument("thing", type=click.Choice(tuple(BY_NAME)))
@click.argument("name")
@options.root
@click.option(
    "--phase", type=click.Choice(PHASES), default=PHASES[0], help="The phase of a new kind."
)
def command(thing: str, name: str, root: str, phase: str) -> None:
    """Write the files of a new THING, and a test that fails until you complete them.

    Kinds and transforms belong to the project. Rules and strategies belong to relpro itself: their
    rows are added to its lists, and their sections to its pages.

    \b
    Examples:
      relpro new kind release-sbom --phase promote
      relpro new transform checksums
      relpro new strategy skip-if-docs-only
    """
    if not NAME.fullmatch(name):
        raise click.BadParameter(
            "a name consists of small letters, digits and dashes", param_hint="NAME"
        )
    project = options.open_project(root)
    for file in scaffold(BY_NAME[thing], name, phase, project.root, project.config):
        write_over(project.root, file)
        click.echo(f"wrote {file.path}")
    click.echo(BY_NAME[thing].then)
