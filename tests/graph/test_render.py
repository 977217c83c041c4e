from io import BytesIO

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from relpro.graph.files import texts_of
from relpro.graph.outline import reduced
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
    "mermaid-tasks": """\
flowchart LR
  t0["sign-b"]
  t1["build-b"]
  t2["build-a"]
  t3["lint"]
  t1 --> t0
  t3 -.-> t2
""",
    "dot-tasks": """\
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


KINDS = TaskGraph.build(
    [
        make_task("build-a", kind="build", phase="build", soft_dependencies=["lint"]),
        make_task("build-b", kind="build", phase="build"),
        make_task("sign-a", "build-a", kind="sign", phase="promote"),
        make_task("push-a", "sign-a", "build-a", "build-b", kind="push", phase="push"),
        make_task("lint", kind="lint"),
    ]
)

#: `push` needs `build` by way of `sign`: that arrow is left out.
PICTURES = {
    "mermaid": """\
flowchart LR
  subgraph p0["no phase"]
    k0["lint (1)"]
  end
  style p0 fill:#e8e8e8
  subgraph p1["build"]
    k1["build (2)"]
  end
  style p1 fill:#cfe3f7
  subgraph p2["promote"]
    k2["sign (1)"]
  end
  style p2 fill:#d3efd0
  subgraph p3["push"]
    k3["push (1)"]
  end
  style p3 fill:#fdeab5
  k1 --> k2
  k2 --> k3
  k0 -.-> k1
""",
    "dot": """\
digraph kinds {
  rankdir=LR;
  node [shape=box, style=filled, fillcolor=white, fontname="sans-serif"];
  subgraph cluster_0 {
    label="no phase"; style=filled; color="#e8e8e8";
    "lint" [label="lint (1)"];
  }
  subgraph cluster_1 {
    label="build"; style=filled; color="#cfe3f7";
    "build" [label="build (2)"];
  }
  subgraph cluster_2 {
    label="promote"; style=filled; color="#d3efd0";
    "sign" [label="sign (1)"];
  }
  subgraph cluster_3 {
    label="push"; style=filled; color="#fdeab5";
    "push" [label="push (1)"];
  }
  "build" -> "sign";
  "sign" -> "push";
  "lint" -> "build" [style=dashed];
}
""",
}


@pytest.mark.parametrize("style", PICTURES)
def test_a_picture_shows_kinds_by_phase_and_no_arrow_that_others_imply(style: str) -> None:
    assert rendered(style, KINDS) == PICTURES[style]


@given(st.sets(st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"))))
def test_what_can_be_reached_stays_so_and_nothing_can_be_left_out(
    edges: set[tuple[str, str]],
) -> None:
    edges = {(one, other) for one, other in edges if one < other}
    left = reduced(edges)
    assert left <= edges
    assert closure(left) == closure(edges)
    assert all(closure(left - {edge}) != closure(edges) for edge in left)


@given(st.sets(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"))))
def test_circles_of_kinds_lose_nothing_that_can_be_reached(edges: set[tuple[str, str]]) -> None:
    edges = {(one, other) for one, other in edges if one != other}
    assert closure(reduced(edges)) == closure(edges)


def closure(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    found = set(edges)
    while more := {(a, d) for a, b in found for c, d in found if b == c} - found:
        found |= more
    return found


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
