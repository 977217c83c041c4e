"""`relpro schema`: the JSON schema of a file, for editors."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click
import orjson

from relpro.cli import options
from relpro.editor.decisions import decision_schema
from relpro.editor.json_schema import JsonSchema, document
from relpro.editor.kinds import kind_schema, tasks_schema
from relpro.editor.parameters import parameters_schema
from relpro.load.config_schema import SCHEMA as CONFIG
from relpro.parameters.read import rows
from relpro.plan.shape import shape_of_plan
from relpro.project import Project
from relpro.schemas.documents import GRAPH


def _parameters(project: Project) -> JsonSchema:
    return parameters_schema(rows(project.config).values())


#: Name -> the function that makes the JSON schema for a project.
DOCUMENTS: Final[Mapping[str, Callable[[Project], JsonSchema]]] = {
    "kind": kind_schema,
    "tasks": tasks_schema,
    "config": lambda _: document(CONFIG),
    "parameters": _parameters,
    "plan": lambda _: document(shape_of_plan()),
    "graph": lambda _: dict(GRAPH.schema),
    "decision": lambda _: decision_schema(),
}


@click.command("schema")
@options.root
@click.argument("name", type=click.Choice(tuple(DOCUMENTS)))
def command(root: str, name: str) -> None:
    """Print the JSON schema of a file, for editors that complete and check while you type.

    NAME is the file of a kind; tasks, a file that `tasks-from` names; config, kinds/config.yml;
    parameters, a file of them; plan or graph, what `relpro plan` and `relpro graph` write;
    decision, a line of the artifact decisions.jsonl.

    \b
    Examples:
      relpro schema kind > .kind.schema.json
      relpro schema config --root widget
    """
    made = DOCUMENTS[name](Project.find(Path(root)))
    titled = {"$schema": "http://json-schema.org/draft-07/schema#", "title": name, **made}
    click.echo(orjson.dumps(titled, option=orjson.OPT_INDENT_2))
