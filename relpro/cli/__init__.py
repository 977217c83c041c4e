"""The command line: one command a module, imported only when it is run."""

import atexit
import gc
import importlib
import os
import sys
from pathlib import Path

import click

from relpro.errors import RelproError, render

#: Command -> what it does. A command stands in the module of its name.
COMMANDS = {
    "graph": "Print the tasks that a phase or a push would create.",
    "kinds": "List the kinds by phase, with what they depend on.",
    "diff": "Show what an edit does to every graph.",
    "why": "Explain why a label is in the graph, or what set a value of it.",
    "why-not": "Explain why a label is not in the graph.",
    "plan": "Save, show and check what a phase would create.",
    "apply": "Create the tasks of a saved plan.",
    "decision": "Run the decision task of a push, in CI.",
    "actions": "Print actions.json.",
    "action": "Run an action, in CI or on a desk.",
    "sign-off": "List the sign-off gates of a task group, or force one.",
    "status": "Show what the tasks of a group are doing.",
    "queue": "Serve a Taskcluster for this machine.",
    "completion": "Print the shell completion script.",
}

_BUG = """
This is a bug in relpro, or in a transform that it could not name. Please report it with the lines
above and with the output of `relpro --version`."""


class _LazyGroup(click.Group):
    """A group that imports a command when it is run, not when it is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        del ctx
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"relpro.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="relpro")
def cli() -> None:
    """Declarative task graphs for release promotion on Taskcluster.

    \b
    Start with:
      relpro kinds
      relpro graph --phase promote --format table
    """


def main() -> None:
    """Run the command line.

    Exit codes: 0 fine, 1 violated, 2 bad input, 3 network, 4 refused, 70 a bug.
    """
    # What is left goes with the process: looking for garbage in it takes as long as a small run.
    atexit.register(gc.freeze)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except RelproError as error:
        click.echo(_rendered(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception:  # noqa: BLE001 - the last resort: a bug is told apart from a user's mistake
        import traceback  # noqa: PLC0415 - only when there is one

        traceback.print_exc()
        click.echo(_BUG, err=True)
        sys.exit(70)


def _rendered(error: RelproError) -> str:
    from relpro.load.yaml import read_line  # noqa: PLC0415 - only when something is wrong
    from relpro.project import Project  # noqa: PLC0415

    try:
        root = Project.find(Path(_root_argument())).root
    except RelproError:
        root = Path.cwd()
    return render(error.diagnostics, read_line(root))


def _root_argument() -> str:
    words = sys.argv[1:]
    for place, word in enumerate(words):
        if word in {"--root", "-r"} and place + 1 < len(words):
            return words[place + 1]
        if word.startswith("--root="):
            return word.removeprefix("--root=")
    return "."
