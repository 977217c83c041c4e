"""`relpro explain`: the section of the errors page about a code, offline."""

import re
from importlib.resources import files

import click

from relpro.codes import CATALOGUE
from relpro.model.nearest import meant

#: A link to another page; a terminal can only show its text.
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def known_code(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A callback: the code in capitals, as in `error[K203]`; a usage error for an unknown one."""
    if value is None:
        return None
    code = value.upper().removeprefix("ERROR").strip("[]:")
    if code not in CATALOGUE:
        remedy = meant(code, CATALOGUE, "`relpro explain` lists the codes")
        raise click.BadParameter(f"no error has the code `{value}`: {remedy}")
    return code


@click.command("explain")
@click.argument("code", required=False, callback=known_code)
def command(code: str | None) -> None:
    """Explain an error code, or list all codes.

    CODE is in brackets at the start of a message: `error[K203]`.

    \b
    Examples:
      relpro explain
      relpro explain K203
    """
    if code is None:
        click.echo("\n".join(f"{one}  {meaning}" for one, meaning in CATALOGUE.items()))
    else:
        click.echo(explanation(code))


def explanation(code: str) -> str:
    """The section of the errors page about a code, as Markdown."""
    page = files("relpro.cli").joinpath("errors.md").read_text(encoding="utf-8")
    # From its own heading to the next anchor or heading.
    section = re.search(rf"^### ({code}: .*?)(?=^<a id|^##|\Z)", page, re.MULTILINE | re.DOTALL)
    assert section is not None, "a test holds the page against the catalogue"
    return _LINK.sub(r"\1", section[1]).rstrip()
