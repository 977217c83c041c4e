from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.embedded import EmbeddedTaskcluster
from relpro.graph.files import encode
from relpro.submit.compare import difference, differences
from relpro.submit.dates import Dates, to_text
from relpro.submit.intended import encode_bodies
from tests.submit.graphs import GROUP, body, changed, now_of, queue_of, tasks

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, UTC)
ID = "AAAAAAAAQACAAAAAAAAAAA"


def existing(**changes: Any) -> dict[str, Any]:
    sent: dict[str, Any] = orjson.loads(Dates(NOW).resolve(encode(body("build", ()))))
    return {**sent, "taskGroupId": GROUP, "retries": 5, "tags": {}, **changes}


def intended(**changes: Any) -> dict[str, Any]:
    return {**body("build", ()), "taskGroupId": GROUP, **changes}


def test_what_the_queue_keeps_is_equal_to_what_was_sent_whenever_that_was(
    service: EmbeddedTaskcluster,
) -> None:
    (task,) = tasks({"build": []}, tags={"kind": "build"}, extra={"index": {"rank": 5}})
    queue = queue_of(service)
    for moved in (0, 0.0015, 500.25):
        one = changed(task, metadata={**task.body["metadata"], "name": f"build-{moved}"})
        task_id = f"{int(moved * 10000):08}QACAAAAAAAAAAA"
        (sent,) = encode_bodies([one], now_of(service) + timedelta(seconds=moved))
        assert queue.create_task(task_id, sent).is_good
        assert differences(task_id, one.body, queue.definition(task_id)) == ()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (
            {"created": "2020-01-01T00:00:00.000Z", "payload": {}},
            ["payload.artifacts", "payload.env"],
        ),
        ({"priority": "high"}, ["priority"]),
        ({"scopes": ["a"]}, ["scopes"]),
        ({"routes": ["a"]}, ["routes"]),
        ({"taskGroupId": "other"}, ["taskGroupId"]),
        ({"workerType": "windows"}, ["taskQueueId"]),
        ({"retries": 4}, ["retries"]),
        ({"tags": {"a": "b"}}, ["tags.a"]),
        ({"extra": {"a": [1, {"b": 2}]}}, ["extra.a"]),
        ({"dependencies": [ID]}, ["dependencies"]),
    ],
)
def test_every_field_that_differs_is_named(changes: dict[str, Any], fields: list[str]) -> None:
    assert list(differences(ID, intended(), existing(**changes))) == fields


def test_places_in_lists_are_named() -> None:
    meant = intended(extra={"a": [1, {"b": True}, 3]})
    found = existing(extra={"a": [1, {"b": 1}, 4]})
    assert differences(ID, meant, found) == ("extra.a[1].b", "extra.a[2]")


def test_own_dates_and_the_order_of_dependencies_do_not_matter() -> None:
    meant = intended(dependencies=["a", "b"])
    late = {"deadline": "2026-03-05T00:00:00.000Z", "expires": "2030-01-01T00:00:00.000Z"}
    assert differences(ID, meant, existing(dependencies=["b", "a"], **late)) == ()


def test_a_date_of_an_artifact_must_be_as_far_from_creation_as_is_meant() -> None:
    meant = intended()
    meant["payload"]["artifacts"][0]["expires"] = {"relative-datestamp": "29 days"}
    assert differences(ID, meant, existing()) == ("payload.artifacts[0].expires",)


def test_a_message_names_at_most_twenty_fields() -> None:
    (task,) = tasks({"build": []})
    found = {**existing(), "tags": {f"tag-{number:02}": "x" for number in range(30)}}
    problem = difference(task, {**found, "dependencies": task.body["dependencies"]})
    assert problem is not None
    assert "`tags.tag-19` and 10 more" in problem.what


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_only_relative_dates_change_whatever_else_a_payload_holds(value: Any) -> None:
    payload = {"a": value, "b": {"relative-datestamp": "2 hours"}, "c": [value]}
    resolved = orjson.loads(Dates(NOW).resolve(encode(payload)))
    expected = to_text(NOW + timedelta(hours=2))
    assert resolved == {**payload, "b": expected}
    assert expected == "2026-03-01T14:00:00.123Z"


def test_text_that_looks_like_a_relative_date_is_text() -> None:
    text = '{"relative-datestamp":"1 day"}'
    payload = {"command": text, text: text, "more": [f"x{{{text}", '{"', "relative-datestamp"]}
    assert orjson.loads(Dates(NOW).resolve(encode(payload))) == payload
