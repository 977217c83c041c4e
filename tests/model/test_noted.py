from collections.abc import Callable
from typing import Any

import attrs
import pytest

from relpro.errors import Origin
from relpro.model.config import WorkerAlias
from relpro.model.kind import Locations
from relpro.model.noted import Noted, NotedConfig, NotedParameters, same
from relpro.testing.factories import MADE_HERE, make_config, make_parameters


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), (0, False), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ([1], [True])],
)
def test_values_that_are_written_otherwise_are_not_the_same(one: Any, other: Any) -> None:
    assert one == other
    assert not same(one, other)
    assert same({"x": [one]}, {"x": [one]})


READERS: dict[str, Callable[[Noted], object]] = {
    "key": lambda noted: noted["a"],
    "get": lambda noted: noted.get("a"),
    "in": lambda noted: "a" in noted,
    "match": lambda noted: [noted.get("a"), noted.get("c")],
}


@pytest.mark.parametrize("name", READERS)
def test_a_mapping_notes_what_was_looked_for(name: str) -> None:
    noted = Noted({"a": 1, "b": 2})
    READERS[name](noted)
    assert noted.is_of({"a": 1, "b": 3, "d": 4})
    assert not noted.is_of({"a": 2, "b": 2})
    assert not noted.is_of({"b": 2})


def test_a_name_that_was_missing_counts_once_it_is_there() -> None:
    noted = Noted({"a": 1})
    with pytest.raises(KeyError):
        noted["b"]
    assert "b" not in noted
    assert noted.is_of({})
    assert not noted.is_of({"b": None})


@pytest.mark.parametrize("through", [list, len, dict, lambda noted: {**noted}, sorted])
def test_who_goes_through_a_mapping_reads_all_of_it(through: Callable[[Noted], object]) -> None:
    noted = Noted({"a": 1, "b": 2})
    through(noted)
    assert noted.names is None
    assert noted.is_of({"a": 1, "b": 2})
    assert not noted.is_of({"a": 1, "b": 2, "c": 3})
    assert not noted.is_of({"b": 2, "a": 1})


def test_parameters_note_what_their_properties_read() -> None:
    given = make_parameters(level="3", version="1.0")
    noted = NotedParameters(given)
    assert noted.level == "3"
    assert noted.names == frozenset({"level"})
    assert noted.is_of(given.replace(MADE_HERE, version="2.0"))
    assert not noted.is_of(given.replace(MADE_HERE, level="1"))


def test_a_configuration_notes_fields_and_what_is_looked_for_in_some() -> None:
    alias = "linux"
    worker = WorkerAlias("prov", "linux", "docker-worker", "linux", Origin("kinds/config.yml", 7))
    config = attrs.evolve(make_config(), workers={alias: worker})
    noted = NotedConfig(config)
    assert noted.workers.get(alias) == config.workers[alias]
    assert noted.release_level("main", "3") == config.release_level("main", "3")
    assert noted.is_of(attrs.evolve(config, trust_domain="other"))
    assert noted.is_of(attrs.evolve(config, workers={alias: config.workers[alias]}))
    assert not noted.is_of(attrs.evolve(config, workers={}))
    assert not noted.is_of(attrs.evolve(config, release_branches=("another",)))
    assert noted.is_of(attrs.evolve(config, workers={alias: worker, "other": worker}))
    changed = attrs.evolve(worker, worker_type="another")
    assert not noted.is_of(attrs.evolve(config, workers={alias: changed}))


def test_where_a_configuration_is_written_does_not_count() -> None:
    worker = WorkerAlias("prov", "linux", "docker-worker", "linux", Origin("kinds/config.yml", 7))
    config = attrs.evolve(make_config(), workers={"linux": worker})
    noted = NotedConfig(config)
    assert noted.locations == config.locations
    assert noted.workers["linux"].origin.line == 7
    moved = attrs.evolve(worker, origin=Origin("kinds/config.yml", 8))
    locations = Locations("kinds/config.yml", {}, "# a line above")
    assert noted.is_of(attrs.evolve(config, workers={"linux": moved}, locations=locations))


def test_a_field_that_there_is_not_is_an_error() -> None:
    with pytest.raises(AttributeError):
        NotedConfig(make_config()).trust_domian  # noqa: B018
