from io import BytesIO

import pytest
import yaml

from relpro.graph.files import texts_of
from relpro.graph.render import FORMATS, write
from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_task


def rendered(style: str, graph: TaskGraph) -> str:
    file = BytesIO()
    write(style, graph, texts_of(graph), file)
    return file.getvalue().decode()


GRAPH = TaskGraph.build(
    [
        make_task("sign-b", "build-b", kind="sign", phase="promote"),
        make_task("build-b", kind="build", phase="build"),
        make_task("build-a", kind="build", phase="build", soft_dependencies=["lint"]),
        make_task("lint", kind="lint"),
    ]
)

TEXTS = {
    "labels": """\
build-a
build-b
lint
sign-b
""",
    "table": """\
phase    kind   tasks
-        lint       1
build    build      2
promote  sign       1
         total      4
""",
    "mermaid": """\
flowchart LR
  t0["sign-b"]
  t1["build-b"]
  t2["build-a"]
  t3["lint"]
  t1 --> t0
  t3 -.-> t2
""",
    "dot": """\
digraph tasks {
  rankdir=LR;
  "sign-b";
  "build-b";
  "build-a";
  "lint";
  "build-b" -> "sign-b";
  "lint" -> "build-a" [style=dashed];
}
""",
}


@pytest.mark.parametrize("style", TEXTS)
def test_a_graph_reads_as_expected(style: str) -> None:
    assert rendered(style, GRAPH) == TEXTS[style]


def test_yaml_says_what_json_says() -> None:
    assert yaml.safe_load(rendered("yaml", GRAPH)) == yaml.safe_load(rendered("json", GRAPH))
    assert "&" not in rendered("yaml", GRAPH)


@pytest.mark.parametrize("style", FORMATS)
def test_an_empty_graph_can_be_printed(style: str) -> None:
    text = rendered(style, TaskGraph.build([]))
    assert style not in {"json", "yaml"} or yaml.safe_load(text) == {}
