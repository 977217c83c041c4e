"""Each key of a worker reaches what is submitted: taking it out of a builder is seen here."""

from collections.abc import Iterator

import pytest

from relpro.errors import RelproError
from relpro.stock.workers import IMPLEMENTATIONS
from relpro.transform.section import Refusal
from tests.stock.workers.examples import EXAMPLES, FURTHER, Worker
from tests.stock.workers.making import made

KEYS = [(name, key) for name, one in IMPLEMENTATIONS.items() for key in sorted(one.known)]

#: The implementation of each example.
IMPLEMENTATION = {name: made(*example).implementation for name, example in EXAMPLES.items()}


def _workers(name: str, key: str) -> Iterator[tuple[str, Worker]]:
    further = FURTHER.get(name, {})
    for example, (alias, worker) in EXAMPLES.items():
        if IMPLEMENTATION[example] == name:
            if key in further:
                yield alias, {**worker, key: further[key]}
            elif key in worker:
                yield alias, worker


def _tells(alias: str, worker: Worker, key: str) -> bool:
    """Whether a task is another, or none, without a key: it or what is known of its effects."""
    whole = made(alias, worker)
    try:
        less = made(alias, {name: value for name, value in worker.items() if name != key})
    except (KeyError, RelproError, Refusal):
        return True
    told = (whole.definition, whole.artifacts, whole.effects)
    return (less.definition, less.artifacts, less.effects) != told


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_every_key_of_a_worker_makes_a_difference(name: str, key: str) -> None:
    workers = list(_workers(name, key))
    assert workers, "no example has it"
    assert any(_tells(alias, worker, key) for alias, worker in workers)
