import io
from typing import Any

import jsonschema_rs
import orjson
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from relpro.editor.decisions import decision_schema
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.parameters.known import DEFAULTS
from relpro.submit.artifacts import decision_artifacts
from relpro.submit.intended import Intended, intend
from relpro.yaml.document import parse
from tests.submit.graphs import CREATOR, GROUP, graph_of

EDGES = {"build": [], "signing": ["build"], "ship": ["signing"]}
DECISIONS = (
    Decision("build", "target", Verdict.NEEDED, "needed", needed_by="signing"),
    Decision("ship", "optimize", Verdict.REMOVED, "unused"),
)


def published(**changes: Any) -> dict[str, bytes]:
    graph, ids = graph_of(EDGES)
    submitted = intend(graph, ids, group=GROUP, creator=CREATOR)
    given: dict[str, Any] = {
        "parameters": Parameters({**DEFAULTS, "owner": "ré@example.com", "version": "1.0"}),
        "full": graph,
        "target": graph.restrict(["build", "signing"]),
        "morphed": graph,
        "label_to_taskid": {**ids, "reused": CREATOR},
        "submitted": submitted,
        "decisions": DECISIONS,
        **changes,
    }
    found = {}
    for name, write in decision_artifacts(**given):
        file = io.BytesIO()
        write(file)
        found[name] = file.getvalue()
    return found


def test_a_decision_publishes_what_is_promised() -> None:
    assert list(published()) == [
        "parameters.yml",
        "full-task-graph.json",
        "target-tasks.json",
        "task-graph.json",
        "label-to-taskid.json",
        "decisions.jsonl",
    ]
    assert orjson.loads(published(actions={"version": 1})["actions.json"]) == {"version": 1}


def test_bodies_of_the_task_graph_are_those_that_are_submitted() -> None:
    graph, ids = graph_of(EDGES)
    found = orjson.loads(published()["task-graph.json"])
    for task in intend(graph, ids, group=GROUP, creator=CREATOR):
        shown = found[task.task_id]
        assert shown["task"] == task.body
        assert (shown["label"], shown["kind"], shown["task_id"]) == (
            task.label,
            task.kind,
            task.task_id,
        )
    assert found[ids["build"]]["task"]["dependencies"] == [CREATOR]
    assert found[ids["build"]]["task"]["created"] == {"relative-datestamp": "0 seconds"}
    assert found[ids["ship"]]["dependencies"] == {"signing": ids["signing"]}


def test_targets_are_a_sorted_list_of_labels() -> None:
    assert orjson.loads(published()["target-tasks.json"]) == ["build", "signing"]


def test_files_are_the_same_bytes_every_time() -> None:
    assert published() == published()


def test_parameters_are_read_back_as_they_were() -> None:
    values = yaml.safe_load(published()["parameters.yml"])
    assert values == {**DEFAULTS, "owner": "ré@example.com", "version": "1.0"}


texts = st.text() | st.from_regex(r"[-+]?[0-9._]{0,4}[0-9eEox:.]{1,4}", fullmatch=True)


@given(texts)
@example("0018")
@example("1e3")
@example("")
def test_a_text_in_parameters_is_a_text_to_readers_of_every_yaml(text: str) -> None:
    content = published(parameters=Parameters({**DEFAULTS, "version": text}))["parameters.yml"]
    assert yaml.safe_load(content)["version"] == text
    assert parse(content, "parameters.yml").data["version"] == text


def test_decisions_are_one_a_line() -> None:
    lines = published()["decisions.jsonl"].splitlines()
    assert [orjson.loads(line) for line in lines] == [one.to_json() for one in DECISIONS]


def test_every_line_of_decisions_fits_its_schema() -> None:
    schema = jsonschema_rs.validator_for(decision_schema())
    said = [Decision("a", "target", verdict, "rule").to_json() for verdict in Verdict]
    because = Decision("a", "target", Verdict.KEPT, "rule", "cause", "b").to_json()
    assert all(map(schema.is_valid, (*said, because)))
    for key in ("label", "stage", "verdict", "rule"):
        assert not schema.is_valid({name: said[0][name] for name in said[0] if name != key})
    assert not schema.is_valid({**because, "verdict": "gone"})


def test_an_empty_graph_is_an_empty_object() -> None:
    none: tuple[Intended, ...] = ()
    tasks: tuple[Task, ...] = ()
    found = published(submitted=none, morphed=TaskGraph.of(tasks))
    assert orjson.loads(found["task-graph.json"]) == {}
