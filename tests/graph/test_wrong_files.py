"""A graph file whose tasks hold values of another type is refused, and never trusted."""

import json
from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.graph.files import read_json

TASK: dict[str, Any] = {
    "kind": "a",
    "description": "A.",
    "attributes": {},
    "dependencies": {},
    "soft_dependencies": [],
    "if_dependencies": [],
    "task": {},
}
OPTIONAL = {"description", "soft_dependencies", "if_dependencies"}


@pytest.mark.parametrize("key", TASK)
@pytest.mark.parametrize("value", [None, 3, True, "x", ["a"], [3], {"a": "b"}, {"a": 3}])
def test_a_value_of_another_type_is_refused(key: str, value: Any) -> None:
    fits = isinstance(value, type(TASK[key])) or (value is None and key in OPTIONAL)
    if fits and not (key.endswith("dependencies") and 3 in [*(value or ()), *_values(value)]):
        read_json(json.dumps({"a-b": {**TASK, key: value}}).encode(), "g.json")
        return
    with pytest.raises(RelproError, match=rf"G308.*`a-b\.{key}"):
        read_json(json.dumps({"a-b": {**TASK, key: value}}).encode(), "g.json")


def _values(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []
