"""Takes the options of a command that generates, fills in missing ones.

    RELPRO_PARAMETERS, RELPRO_PHASE, RELPRO_PRODUCT    of the environment, or else
    .relpro.yml                                        {parameters: [...], phase: ..., product: ...}

The file is at the root of a project, and paths in it are relative to that. Used defaults are
printed on standard error. Commands for CI have no defaults: they use only the event.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import voluptuous
from voluptuous import Optional

from relpro.cli.sources import fetched, is_elsewhere
from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.phase import PHASES
from relpro.project import Project
from relpro.values import list_of, one_of, text
from relpro.values.check import check
from relpro.yaml.document import read

FILE = ".relpro.yml"
_PARAMETERS, _PHASE, _PRODUCT = "RELPRO_PARAMETERS", "RELPRO_PHASE", "RELPRO_PRODUCT"

_SCHEMA = voluptuous.Schema(
    {
        Optional("parameters"): list_of(text),
        Optional("phase"): one_of(PHASES),
        Optional("product"): text,
    }
)

Command = TypeVar("Command", bound=Callable[..., Any])


def filled(command: Command) -> Command:
    """The command, called with the project's defaults for missing options."""

    @wraps(command)
    def with_defaults(*args: object, **options: object) -> object:
        return command(*args, **_filled(options))

    return with_defaults  # type: ignore[return-value]


def _filled(options: dict[str, Any]) -> dict[str, Any]:
    known, source = _known(Path(options["root"]))
    phase = "phases" if "phases" in options else "phase"
    used: dict[str, Any] = {}
    if not options["parameter_files"] and (files := known.get("parameters")):
        used["parameter_files"] = tuple(files)
    if not options["flavor"]:
        if not options[phase] and (said := known.get("phase")):
            used[phase] = (said,) if phase == "phases" else said
        if not options["product"] and (options[phase] or phase in used) and "product" in known:
            used["product"] = known["product"]
    if not used:
        return options
    words = " ".join(_words(used, phase))
    click.echo(f"as {source} has it: {words}", err=True)
    if "parameter_files" in used:
        context = click.get_current_context()
        used["parameter_files"] = fetched(context, used["parameter_files"], options["root"])
    return {**options, **used}


def _words(used: Mapping[str, Any], phase: str) -> Iterator[str]:
    yield from (f"-p {name}" for name in used.get("parameter_files", ()))
    if said := used.get(phase):
        yield f"--phase {said if isinstance(said, str) else said[0]}"
    if product := used.get("product"):
        yield f"--product {product}"


def _known(root: Path) -> tuple[Mapping[str, Any], str]:
    """The defaults, and their source. Raises `RelproError` (K..., Y...) for an invalid file.

    If the environment has any, the file is ignored, so that values of two releases are never mixed.
    """
    said = {
        "parameters": tuple(os.environ.get(_PARAMETERS, "").split()),
        "phase": os.environ.get(_PHASE, ""),
        "product": os.environ.get(_PRODUCT, ""),
    }
    if any(said.values()):
        raise_all(_faults(said))
        return {name: value for name, value in said.items() if value}, "the environment"
    try:
        folder = Project.find(root).root
    except RelproError:  # the command itself reports that, if it needs a project
        return {}, ""
    path = folder / FILE
    if not path.is_file():
        return {}, ""
    document = read(path, FILE)
    raise_all(check(_SCHEMA, document.data, document.locations.origin, ""))
    said_files = document.data.get("parameters", ())
    files = (word if is_elsewhere(word) else str(folder / word) for word in said_files)
    return {**document.data, "parameters": tuple(files)}, f"`{FILE}`"


def _faults(said: Mapping[str, object]) -> Iterator[Diagnostic]:
    phase = said["phase"]
    if phase and phase not in PHASES:
        what = f"`{_PHASE}` is `{phase}`, which is not a phase"
        yield Diagnostic("P501", what, remedy=f"there are: {', '.join(PHASES)}")
