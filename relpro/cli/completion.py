"""`relpro completion`: the script that teaches a shell relpro's commands and options."""

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the shell completion script.

    \b
    Example:
      relpro completion bash > ~/.local/share/bash-completion/completions/relpro
    """
    from relpro.cli import cli  # noqa: PLC0415 - the group imports its commands, not they it

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "relpro", "_RELPRO_COMPLETE").source())
