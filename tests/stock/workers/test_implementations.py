import pytest

from relpro.graph.difference.risks import PUBLISHING
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.verify.scripts import SCRIPTS
from tests.stock.workers.examples import EXAMPLES, Worker
from tests.stock.workers.making import made, problems, refused

every_example = pytest.mark.parametrize(("alias", "worker"), EXAMPLES.values(), ids=EXAMPLES.keys())


@every_example
def test_queue_and_worker_accept_the_body(alias: str, worker: Worker) -> None:
    assert problems(made(alias, worker)) == []


@every_example
def test_the_worker_is_accepted_as_it_is_written(alias: str, worker: Worker) -> None:
    assert list(refused(made(alias, worker).implementation, worker)) == []


@every_example
def test_an_unknown_key_is_found_as_it_is_written(alias: str, worker: Worker) -> None:
    (found,) = refused(made(alias, worker).implementation, {**worker, "max-runtime-typo": 1})
    assert found.code == "K203"


def test_there_is_an_example_for_every_implementation() -> None:
    used = {made(alias, worker).implementation for alias, worker in EXAMPLES.values()}
    assert used == set(IMPLEMENTATIONS)


def test_what_each_script_requires_is_known() -> None:
    assert set(SCRIPTS) == set(IMPLEMENTATIONS) - {"docker-worker", "generic-worker", "succeed"}


@every_example
def test_a_task_that_changes_something_outside_is_a_risk_to_review(
    alias: str, worker: Worker
) -> None:
    task = made(alias, worker)
    if task.implementation in SCRIPTS and task.effects.writes:
        assert any(map(PUBLISHING.search, task.definition["scopes"]))


@pytest.mark.parametrize("name", [name for name in IMPLEMENTATIONS if name != "succeed"])
def test_an_entry_may_leave_keys_to_its_transforms(name: str) -> None:
    assert list(refused(name, {})) == []
    assert IMPLEMENTATIONS[name].required


@pytest.mark.parametrize(
    ("alias", "tag"),
    [
        ("linux", "docker-worker"),
        ("machine", "generic-worker"),
        ("signing", "scriptworker"),
        ("succeed", None),
    ],
)
def test_the_tag_is_what_chain_of_trust_knows(alias: str, tag: str | None) -> None:
    worker = next(worker for name, worker in EXAMPLES.values() if name == alias)
    assert made(alias, worker).definition["tags"].get("worker-implementation") == tag
