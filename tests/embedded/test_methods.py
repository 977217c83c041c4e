"""The rows of the methods against what the real clients know of each service."""

import re

import pytest
import taskcluster

from relpro.embedded.methods import PAGED, SCHEMAS, SERVICES
from relpro.embedded.routes import PAGE_ARGUMENTS, find_route
from tests.embedded.bodies import new_id

#: Values of the parameters of paths that have a pattern; the others can be any word.
_SAMPLES = {"taskId": new_id(), "taskGroupId": new_id(), "runId": "0", "taskQueueId": "p/w"}

_ROWS = [
    pytest.param(service, name, id=f"{service}.{name}")
    for service, methods in SERVICES.items()
    for name, *_ in methods
    if service != "relpro"
]


@pytest.mark.parametrize(("service", "name"), _ROWS)
def test_a_method_is_as_clients_call_it(service: str, name: str) -> None:
    known = getattr(taskcluster, service.capitalize()).funcinfo[name]
    path = re.sub(r"<(\w+)>", lambda found: _SAMPLES.get(found[1], "name"), known["route"])
    match = find_route(known["method"].upper(), f"/api/{service}/v1{path}")
    assert match
    assert match.route.method == name
    match.check(())
    assert (name in PAGED) == (set(PAGE_ARGUMENTS) <= set(known.get("query", ())))
    assert (name in SCHEMAS) == ("input" in known)
