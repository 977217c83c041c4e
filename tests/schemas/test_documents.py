"""What is read of documents from outside is what their shapes say, and they refuse the rest."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from relpro.schemas import documents
from relpro.schemas.shape import Shape

_ID = "DecisionQTaskOfAppAAAA"
_DATE = "2026-11-27T20:00:00.000Z"
_STATUS: dict[str, Any] = {
    "taskId": _ID,
    "taskGroupId": _ID,
    "schedulerId": "app-level-3",
    "state": "completed",
    "deadline": _DATE,
    "expires": _DATE,
    "runs": [{"scheduled": _DATE, "reasonCreated": "scheduled", "reasonResolved": "completed"}],
}
_DEFINITION: dict[str, Any] = {
    "taskGroupId": _ID,
    "schedulerId": "app-level-3",
    "scopes": ["assume:x"],
    "metadata": {"name": "build", "source": "https://example.com"},
    "created": _DATE,
    "deadline": _DATE,
    "expires": _DATE,
    "dependencies": [_ID],
    "routes": ["index.x"],
    "tags": {"kind": "build"},
    "priority": "low",
    "requires": "all-completed",
    "extra": {"parent": _ID},
}
_TASK: dict[str, Any] = {
    "kind": "build",
    "attributes": {"locale": "de"},
    "dependencies": {"build": "build-linux"},
    "soft_dependencies": ["other"],
    "task": {"scopes": ["x", {"task-reference": "<build>"}], "created": {"relative-datestamp": ""}},
}
RIGHT = {
    "CRON": {"jobs": [{"name": "nightly", "job": {"type": "decision-task"}}]},
    "CREATED": {"status": {"taskId": _ID}},
    "DEFINITION": _DEFINITION,
    "DEFINITIONS": {"tasks": [{"taskId": _ID, "task": _DEFINITION}], "continuationToken": "x"},
    "FOUND": {"taskId": _ID},
    "GROUP": {"taskGroupId": _ID},
    "GRAPH": {"build-linux": _TASK},
    "INDEXED": {"tasks": [{"namespace": "a.b", "taskId": _ID}]},
    "KINDS": {"build-linux": {"kind": "build"}},
    "LABELS": {"build-linux": _ID},
    "MEMBERS": {"tasks": [{"task": _DEFINITION, "status": _STATUS}]},
    "RECORDED_DEFINITIONS": {_ID: _DEFINITION},
    "RECORDED_INDEX": {"a.b": _ID},
    "RECORDED_STATUSES": {_ID: {name: _STATUS[name] for name in _STATUS if name != "deadline"}},
    "ROLES": {"roles": [{"roleId": "repo:x", "scopes": ["*"]}]},
    "SCOPES": {"scopes": ["*"]},
    "STATUS": {"status": _STATUS},
    "STATUSES": {"statuses": [{"taskId": _ID, "status": _STATUS}]},
}


def shape(name: str) -> Shape:
    found = getattr(documents, name)
    assert isinstance(found, Shape)
    return found


def test_each_shape_has_a_document() -> None:
    shapes = {name for name, value in vars(documents).items() if isinstance(value, Shape)}
    assert shapes == RIGHT.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_document_fits(name: str) -> None:
    assert tuple(shape(name).misfits(RIGHT[name])) == ()


def test_what_a_later_taskcluster_says_besides_is_no_misfit() -> None:
    later = {"status": {**_STATUS, "later": {"than": "us"}}, "more": 3}
    assert tuple(documents.STATUS.misfits(later)) == ()


def test_what_is_nested_too_deep_is_refused() -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"x": deep}
    assert len(tuple(documents.LABELS.misfits({"a": deep}))) == 1


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("wrong", [None, 3, [3], {"x": [3]}], ids=repr)
def test_a_value_of_another_type_is_refused_at_its_place(name: str, wrong: Any) -> None:
    for path, value in _parts(RIGHT[name]):
        changed = _with(RIGHT[name], path, wrong)
        said = [place for place, _ in shape(name).located(changed)]
        if said:
            assert all(place[: len(path)] == path[: len(place)] for place in said), path
        else:
            another_mapping = isinstance(value, dict) and isinstance(wrong, dict)
            assert another_mapping or _FREE.intersection(path), path


#: What may be null, and what is not read by name.
_FREE = {"continuationToken", "soft_dependencies", "attributes", "tags", "metadata", "scopes"}


def _parts(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*above, key), item
        if isinstance(item, dict | list):
            yield from _parts(item, (*above, key))


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = inner = copy.deepcopy(document)
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed
