"""The command line: each command is a module, imported only when it is run."""

import atexit
import gc
import importlib
import os
import sys
from typing import NoReturn

import click

from relpro.cli.plain import plain_streams
from relpro.errors import Diagnostic, RelproError

#: Command -> its description. The module of a command has the same name.
COMMANDS = {
    "init": "Write the files that a project starts with.",
    "new": "Write the files of a kind, transform, rule or strategy, and its test.",
    "import-taskgraph": "Write a project that makes the graph of a taskgraph configuration.",
    "graph": "Print the tasks that a phase or a push would create.",
    "effects": "Show what a phase writes and reads outside of its own artifacts.",
    "parameters": "Show parameters: their values, and where these come from.",
    "kinds": "List the kinds by phase, with what they depend on.",
    "serve": "Show graphs on a local page, updated after every save.",
    "diff": "Show what an edit does to every graph.",
    "watch": "Show what each save does to the graphs, at once.",
    "show": "Print a task: what it needs, its whole body.",
    "query": "Print the tasks that a query on the graph selects.",
    "why": "Explain why a label is in the graph, or what set one of its values.",
    "why-not": "Explain why a label is not in the graph.",
    "schema": "Print the JSON schema of a file, for editors.",
    "explain": "Explain an error code, or list all codes.",
    "plan": "Save, show and check what a phase would create.",
    "apply": "Create the tasks of a saved plan.",
    "decision": "Run the decision task of a push, in CI.",
    "actions": "Print actions.json.",
    "hooks": "Print the hooks and roles that actions run with.",
    "scopes": "Print the scopes that a Taskcluster must grant.",
    "action": "Run an action, in CI or on a desk.",
    "sign-off": "List the sign-off gates of a task group, or force one.",
    "status": "Show what the tasks of a group are doing.",
    "queue": "Serve a Taskcluster for this machine.",
    "worker": "Run tasks of a queue on this machine.",
    "keys": "Make throw-away keys for a rehearsal.",
    "rehearse": "Rehearse a release of this project on this machine.",
    "verify": "Check published files against what was stated of them.",
    "trace": "Trace a file back to its builds and tests.",
    "run": "Run the command of a task on this machine.",
    "image": "Build images of the tree, or load those that tasks have built.",
    "update-server": "Serve an update server for this machine.",
    "updates": "Say who would be offered which update.",
    "completion": "Print the shell completion script.",
}

#: The variable with which a shell requests completions; click's script sets it.
_COMPLETE = "_RELPRO_COMPLETE"


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


def script() -> NoReturn:
    """The program `relpro`: runs the command line, and skips the cleanup of the process.

    Nearly all objects of a command live until its end. Collecting garbage in a large graph would
    take up to 30 % of the time, freeing it 5 %. Long-running commands must enable collection.
    """
    gc.disable()
    _made = main()  # it must not be freed before the process ends
    os._exit(0)


def main() -> object:
    """Run the command line; returns the command's result, to keep it alive.

    Exit codes: 0 fine, 1 violated, 2 bad input, 3 network, 4 refused, 70 a bug; like in shells, 130
    interrupted, and 141 if the output pipe is closed.
    """
    # The process ends anyway: freeing memory takes as long as a small run.
    atexit.register(gc.freeze)
    with plain_streams():
        try:
            return _run()
        except click.exceptions.Exit as stop:
            sys.exit(stop.exit_code)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - all become a message
            from relpro.cli.ending import tell  # noqa: PLC0415 - only when something is wrong

            sys.exit(tell(error))


def _run() -> object:
    """Like `click.Group.main`, but with other messages for some errors."""
    if asked := os.environ.get(_COMPLETE):
        from click.shell_completion import shell_complete  # noqa: PLC0415 - only for a shell

        sys.exit(shell_complete(cli, {}, "relpro", _COMPLETE, asked))
    if sys.stdout is None:
        remedy = "send it to a file, or to `/dev/null`"
        raise RelproError(Diagnostic("Q711", "standard output is closed", remedy=remedy))
    with cli.make_context("relpro", sys.argv[1:]) as context:
        made: object = cli.invoke(context)
    sys.stdout.flush()
    return made
