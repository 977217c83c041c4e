"""Takes kinds, schemas, commands and docstrings, gives the pages of the reference made of them.

Run as a module, it writes the pages: `python -m tests.docs.generated`.
"""

import importlib
import inspect
import json
import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click
import voluptuous

import relpro.stock
from relpro.actions.action import Action
from relpro.actions.every import ACTIONS
from relpro.cli import COMMANDS, cli
from relpro.cli.kinds import reference
from relpro.model.config import Flavor
from relpro.optimize.offered import STRATEGIES
from relpro.parameters.known import PARAMETERS
from relpro.parameters.parameter import Parameter
from relpro.project import Project
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.values.expectation import expected, literal
from relpro.values.validators import Items
from relpro.verify.rules import FULL_RULES, RULES
from relpro.verify.scripts import SCRIPTS
from tests.docs.pages import DOCS
from tests.docs.version_names import RELEASES, parts

_NOTE = "<!-- Made by `make docs`: edit what it is made of. -->\n"

_EXIT_CODES = """\
Exit codes: 0 fine; 1 compared and different, checked and violated, or a task failed; 2 bad usage or
bad input; 3 Taskcluster or the network; 4 refused; 70 a bug.
"""

_NAMED_BY_MODULE = """\
A kind names a transform by its module, `relpro.stock.matrix`. Any value may be a
[template](templates.md).
"""

_BY_IMPLEMENTATION = """\
What stands under `worker` of a task, by the `implementation` of its worker alias. Any value may be
a [template](templates.md). `[]` is an item of a list, `<name>` a name of your own. A name with a
`*` is required.

In `upstream-artifacts`, `task` names an edge of the task, and `type` says what made the files:
`build`, `l10n`, `repackage`, `partials`, `signing`, `beetmover`, ... Scriptworkers check it by
Chain of Trust. In `artifact-map`, `task` names an edge, too.
"""

_BEYOND_SCHEMAS = """\
What the code of each script asks of a task and its JSON schema does not. A body must fit the schema
of its script, and these, before anything is created (G311). Sources are files and functions of
[scriptworker-scripts](https://github.com/mozilla-releng/scriptworker-scripts), as of August 2026.
Which formats a signing server has is said by the project: `policy.signing-formats` of its
[configuration](configuration.md).

Not among them is what scripts know of single products and of their own machines: names of products
and paths in bouncer (bouncerscript/constants.py), hosts of trees and files whose version may be
raised (`ALLOWED_BUMP_FILES` of landoscript and treescript), apps of stores, buckets and folders of
Maven by product, types of files by extension (beetmoverscript takes those of its system), and what
is inside of files.
"""

_PARAMETERS = """\
Parameters hold everything that a generation depends on besides the tree. They are one YAML or JSON
file (`-p FILE`, or a folder of decision artifacts), single values (`--param NAME=VALUE`), or both;
later ones win. What is not given comes from `kinds/config.yml`, from git, and last from the
defaults below. An unknown name is an error, unless the project declares it under
`parameters: inputs` or `parameters: pass-through`. Null, where it is allowed, becomes the default.

Beside files, `-p` takes what is elsewhere: `task-id=ID`, what a decision or action task recorded;
`project=NAME`, the same of the latest decision of a project; `index=PATH`, of the task there; and
an address of https. The Taskcluster is the one of `TASKCLUSTER_ROOT_URL`.

So that nobody types the same words again and again, `.relpro.yml` beside `kinds/` may have defaults
for what a command that generates leaves out: `parameters` (a list of what `-p` takes), `phase`,
`product`. So may `RELPRO_PARAMETERS` (with spaces between), `RELPRO_PHASE` and `RELPRO_PRODUCT`;
where one of them is set, the file is not read. What was used is told on standard error.
`relpro decision`, `action` and `apply` have no defaults.

Templates name them with dashes: `{build-number}`. Dates are seconds since 1970 unless said
otherwise. Keys of a mapping that may be missing end in `?`. A decision task is told of an event by
variables, of which the end of the name stands under "told by": `WIDGETS_HEAD_REV` with the prefix
of the project. What "input" tells is a field of the release-promotion action as well.

## Parameters of every project
"""

_STRATEGIES = """\
A task that need not run says so by `optimization`: `{NAME: ARGUMENT}`, or a combination,
`{any: [...]}`, `{all: [...]}` or `{not: {...}}`, of such mappings. A project names combinations
and functions of its own under `optimization-strategies` of its [configuration](configuration.md).
Patterns are those of [files that change](configuration.md#files-that-change).
"""

_RULES = """\
Every graph is held against these rules, before anything is created. What a rule finds is an
[error](errors.md) with its code, at the line of the culprit. A project has rules of its own under
`verifications` of its [configuration](configuration.md).
"""

_ACTIONS = """\
What people and services can ask of a task group: `relpro actions` prints `actions.json`, and
`relpro action NAME --dry-run` shows on a desk what one would do. A project settles who has which,
and adds its own, under `actions` of its [configuration](configuration.md).
"""

_FLAVORS = """\
## Flavors of this project

A flavor is what `release-promotion` is asked for, as `release_promotion_flavor` of its input: a
phase of a product. They stand under `release-promotion: flavors` of `kinds/config.yml`.
"""

_VERSION_NAMES = """\
What is made of a version in tasks that releases create: tags, blobs, folders, files, products and
aliases of the download service, pages, arguments, subjects of mail. All of them are here: they are
found in the definitions of these releases, as texts, or parts of paths, in which the version stands
in whatever form. Where several names have one form, the first is shown; of a nightly there
are its builds. No index path, route or worker is named by a version.

`{version}` is the release's own, `{app-version}` what the application says of itself, without `b3`
or `esr`. Letters of a version are never changed: a beta is `153.0b3` everywhere, and `153_0b3` in a
tag. The right values stand, by hand, in `tests/kinds/test_version_names.py`.
"""

#: Modules of `relpro.stock` that no kind names, and yet are part of what one writes.
SHARED = ("candidates", "download_entries", "grouping", "upload_manifest")


def kinds_page() -> str:
    """Every kind of this project, by phase."""
    project = Project.find(DOCS)
    return (
        f"# Kinds\n\n{_NOTE}\n"
        "What this project releases, by phase. `relpro kinds --markdown` prints the same of any\n"
        "project.\n\n" + reference(project.kinds)
    )


def parameters_page() -> str:
    """Every parameter of the engine, by name."""
    rows = "".join(
        f"| `{row.name}` | {row.words} | `{json.dumps(row.default)}` | {row.meaning} "
        f"| {' or '.join(_told_by(row))} |\n"
        for row in PARAMETERS
    )
    head = "| name | holds | default | meaning | told by |\n| --- | --- | --- | --- | --- |\n"
    return f"# Parameters\n\n{_NOTE}\n{_PARAMETERS}\n{head}{rows}"


def _told_by(row: Parameter) -> Iterator[str]:
    if row.variable:
        yield f"`{row.variable}`"
    if row.field:
        yield "input"


def strategies_page() -> str:
    """Every optimization strategy of the engine."""
    rows = "".join(f"| `{row.name}` | {row.argument} | {row.meaning} |\n" for row in STRATEGIES)
    head = "| name | argument | what it does |\n| --- | --- | --- |\n"
    return f"# Optimization strategies\n\n{_NOTE}\n{_STRATEGIES}\n{head}{rows}"


def rules_page() -> str:
    """What every graph is held against."""
    sorts = ((FULL_RULES, "the full graph"), (RULES, "what would be created"))
    seen = {rule: sort for rules, sort in reversed(sorts) for rule in rules}
    rows = "".join(f"| {_linked(_sentence(rule))} | {seen[rule]} |\n" for rule in RULES)
    head = "| rule | looks at |\n| --- | --- |\n"
    return f"# Rules\n\n{_NOTE}\n{_RULES}\n{head}{rows}"


def _sentence(function: Callable[..., Any]) -> str:
    """The first sentence of a docstring, in one line."""
    text = inspect.getdoc(function)
    assert text, function
    return text.partition("\n\n")[0].replace("\n", " ")


def _linked(text: str) -> str:
    """The text, in which codes of errors lead to their sections."""
    return re.sub(r"\b[A-Z]\d{3}\b", lambda code: f"[{code[0]}](errors.md#{code[0].lower()})", text)


def actions_page() -> str:
    """Every action of the engine, and the flavors of this project."""
    actions = "".join(
        f"| `{one.cb_name}` | {one.title} | {one.description} | {_offered_on(one)} |\n"
        for one in ACTIONS
    )
    flavors = "".join(
        f"| `{one.name}` | {one.phase.value} | {one.product} | `{one.target_tasks_method}` "
        f"| {', '.join(_asks_for(one))} |\n"
        for one in Project.find(DOCS).config.flavors.values()
    )
    of_actions = _head("name", "title", "what it does", "asked of")
    of_flavors = _head("flavor", "phase", "product", "target method", "besides")
    tables = f"{_ACTIONS}\n{of_actions}{actions}\n{_FLAVORS}\n{of_flavors}{flavors}"
    return f"# Actions\n\n{_NOTE}\n{tables}"


def _head(*names: str) -> str:
    return f"| {' | '.join(names)} |\n{'| --- ' * len(names)}|\n"


def _offered_on(action: Action) -> str:
    if not action.context:
        return "a group"
    return " or ".join(
        ", ".join(f"`{key}: {value}`" for key, value in tags.items()) or "a task"
        for tags in action.context
    )


def _asks_for(flavor: Flavor) -> Iterator[str]:
    if flavor.version_bump:
        yield "needs `next_version`"
    if flavor.partial_updates:
        yield "makes partial updates"
    if flavor.is_rc:
        yield "is of a candidate"
    yield from (f"`{name}: {json.dumps(value)}`" for name, value in flavor.parameters.items())


def cli_page() -> str:
    """The help of every command."""
    parts = [
        "# Command line\n",
        _NOTE,
        _EXIT_CODES,
        *(_help(name) for name in COMMANDS),
    ]
    return "\n".join(parts)


def _help(name: str) -> str:
    above = click.Context(cli, info_name="relpro", terminal_width=90, **cli.context_settings)
    command = cli.get_command(above, name)
    assert command is not None
    return "\n".join(_helps(command, f"relpro {name}", above))


def _helps(command: click.Command, path: str, above: click.Context) -> Iterator[str]:
    """The help of a command, and below it of those that it holds."""
    shown = click.Context(command, parent=above, info_name=path.rpartition(" ")[2])
    yield f"## {path}\n\n```text\n{command.get_help(shown)}\n```\n"
    for name, inner in getattr(command, "commands", {}).items():
        yield from _helps(inner, f"{path} {name}", shown)


def stock_page() -> str:
    """What each stock transform reads and gives, from its module."""
    own = [name for name, module in stock_modules() if hasattr(module, "transforms")]
    return "\n".join(
        (
            "# Stock transforms\n",
            _NOTE,
            _NAMED_BY_MODULE,
            *(_module(name, f"relpro.stock.{name}") for name in own),
            *(_module(name, f"Shared: {name}") for name in SHARED),
        )
    )


def stock_modules() -> Iterator[tuple[str, Any]]:
    """Name and module of everything in `relpro.stock`, in alphabetical order."""
    for found in sorted(pkgutil.iter_modules(relpro.stock.__path__), key=lambda one: one.name):
        yield found.name, importlib.import_module(f"relpro.stock.{found.name}")


def _module(name: str, heading: str) -> str:
    text = inspect.getdoc(importlib.import_module(f"relpro.stock.{name}"))
    assert text, f"relpro.stock.{name} does not say what it does"
    return f"## {heading}\n\n{text}\n"


def workers_page() -> str:
    """The keys of `worker` for each implementation."""
    parts = [
        "# Workers\n",
        _NOTE,
        _BY_IMPLEMENTATION,
        *(worker_section(name) for name in IMPLEMENTATIONS),
    ]
    return "\n".join(parts)


def worker_section(name: str) -> str:
    """The keys of `worker` for one implementation."""
    implementation = IMPLEMENTATIONS[name]
    text = inspect.getdoc(inspect.getmodule(implementation.build))
    rows = "".join(f"| `{key}` | {holds} |\n" for key, holds in schema_rows(implementation.keys))
    keys = f"| key | holds |\n| --- | --- |\n{rows}" if rows else "It has no keys.\n"
    return f"## {name}\n\n{text}\n\n{keys}"


def worker_rules_page() -> str:
    """What each script demands beyond its schema."""
    rows = "".join(
        f"| {name.removeprefix('scriptworker-')} | {', '.join(demand.actions) or 'all'} "
        f"| {demand.says} | {demand.source} |\n"
        for name, script in SCRIPTS.items()
        for demand in script.demands
    )
    heading = "| script | action | rule | source |\n| --- | --- | --- | --- |\n"
    return f"# Worker rules\n\n{_NOTE}\n{_BEYOND_SCHEMAS}\n{heading}{rows}"


def version_names_page() -> str:
    """Every name that is made of a version."""
    return "\n".join(["# Names made of versions\n", _NOTE, _VERSION_NAMES, *_parts()])


def _parts() -> Iterator[str]:
    titles = [release.title for release in RELEASES]
    head = f"| name | {' | '.join(titles)} | kinds |\n{'| --- ' * (len(titles) + 2)}|\n"
    for part, names in parts():
        rows = "".join(
            f"| {' | '.join((_cell(one.form), *map(_cell, map(one.values.get, titles))))} "
            f"| {', '.join(one.kinds[:3])}{', ...' if one.kinds[3:] else ''} |\n"
            for one in names
        )
        source = textwrap.fill(f"Source: {part.source}.", 100, break_on_hyphens=False)
        yield f"## {part.title}\n\n{source}\n\n{head}{rows}"


def _cell(name: str | None) -> str:
    return f"`{name}`" if name else ""


def schema_rows(schema: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(dotted key, what it holds) for every key of a schema and of those inside it."""
    for key, value in schema.items():
        name = literal(key) if isinstance(literal(key), str) else "<name>"
        required = "*" if isinstance(key, voluptuous.Required) else ""
        path = f"{prefix}{name}"
        yield f"{path}{required}", holds(value)
        yield from _inner_rows(value, path)


def _inner_rows(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            yield from schema_rows(value, f"{path}.")
        case [item]:
            yield from _inner_rows(item, f"{path}[]")
        case Items():
            yield from _inner_rows(value.item, f"{path}[]")
        case voluptuous.Any():
            for part in value.validators:
                yield from _inner_rows(part, path)


def holds(schema: Any) -> str:
    """What a value may be, in words."""
    match schema:
        case [item]:
            return f"a list ({holds(item)})"
        case Items():
            return f"a list ({holds(schema.item)})"
        case voluptuous.Any() if not any(isinstance(part, str | int) for part in schema.validators):
            return " or ".join(dict.fromkeys(holds(part) for part in schema.validators))
        case voluptuous.Any():
            return ", ".join(
                f"`{part}`" if isinstance(part, str | int) else holds(part)
                for part in schema.validators
            )
        case None:
            return "null"
        case type() if schema is object:
            return "anything"
    return expected([schema])


PAGES: Mapping[str, Callable[[], str]] = {
    "kinds.md": kinds_page,
    "stock-transforms.md": stock_page,
    "workers.md": workers_page,
    "worker-rules.md": worker_rules_page,
    "cli.md": cli_page,
    "parameters.md": parameters_page,
    "strategies.md": strategies_page,
    "rules.md": rules_page,
    "actions.md": actions_page,
    "version-names.md": version_names_page,
}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (DOCS / "reference" / name).write_text(make(), encoding="utf-8")
