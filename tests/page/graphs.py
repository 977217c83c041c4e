"""Graphs to look at, made for tests."""

import base64
import json
import re
from collections.abc import Mapping
from gzip import decompress
from pathlib import Path
from typing import Any

from relpro.graph.files import texts_of
from relpro.graph.taskgraph import TaskGraph
from relpro.model.phase import PHASES
from relpro.page.document import of_tasks, page_of
from relpro.testing.factories import make_task

#: Kinds of a made graph; each needs two that are before it.
KINDS = 25
LOCALES = ("de", "fr", "ja", "pt-BR", "sv-SE")


def made_graph(tasks: int) -> TaskGraph:
    """A graph of as many tasks, in `KINDS` kinds of all phases, with bodies of a usual size."""
    payload = {
        "command": ["/bin/bash", "-c", "make release && publish " + "--with-much " * 40],
        "env": {f"VARIABLE_{at}": f"value {at}" for at in range(20)},
        "maxRunTime": 3600,
    }
    return TaskGraph.build(
        make_task(
            _label(at),
            *dict.fromkeys(_label(at - back) for back in (KINDS - 1, KINDS + 2) if at >= back),
            kind=_kind(at),
            phase=PHASES[at % KINDS * len(PHASES) // KINDS],
            product="widget",
            attributes={"build_platform": f"os{at % 3}", "locale": LOCALES[at % len(LOCALES)]},
            definition={"payload": payload, "scopes": [f"use:{_kind(at)}", "use:all"]},
            soft_dependencies=[_label(at - 2 * KINDS)] if at % 7 == 0 and at >= 2 * KINDS else [],
        )
        for at in range(tasks)
    )


def _kind(at: int) -> str:
    return f"kind{at % KINDS:02}"


def _label(at: int) -> str:
    return f"{_kind(at)}-{LOCALES[at % len(LOCALES)]}-{at}/opt"


def edges_of(graph: TaskGraph) -> int:
    return sum(map(len, graph.waits))


def write_page(graph: TaskGraph, folder: Path, title: str = "made graph") -> str:
    """The address of a page with a graph, in a file."""
    shown = of_tasks(title, graph, texts_of(graph))
    path = folder / "page.html"
    path.write_bytes(page_of(title, [shown]))
    return path.as_uri()


def document_in(page: bytes) -> Mapping[str, Any]:
    """The document that a page holds."""
    (packed,) = re.findall(rb'id="document">([A-Za-z0-9+/=]*)</script>', page)
    document: Mapping[str, Any] = json.loads(decompress(base64.b64decode(packed)))
    return document
