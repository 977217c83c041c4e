"""`relpro new`: the files and rows of something to add, and its test, which fails at first."""

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
    """Write the files of a new THING, and a test of it that fails until it is what it is to be.

    A kind and a transform are of the project. A rule and a strategy are of relpro itself: their
    rows are put into its lists, and their sections into its pages.

    \b
    Examples:
      relpro new kind release-sbom --phase promote
      relpro new transform checksums
      relpro new strategy skip-if-docs-only
    """
    if not NAME.fullmatch(name):
        raise click.BadParameter("it has small letters, digits and dashes", param_hint="NAME")
    project = options.open_project(root)
    for file in scaffold(BY_NAME[thing], name, phase, project.root, project.config):
        write_over(project.root, file)
        click.echo(f"wrote {file.path}")
    click.echo(BY_NAME[thing].then)
