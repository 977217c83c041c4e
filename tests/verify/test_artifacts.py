import pytest

from relpro.testing.factories import make_task
from relpro.verify.artifacts import what_is_read_exists_and_is_signed_for as rule
from tests.verify.found import builder, find, reader, told


def test_an_artifact_that_upstream_does_not_make_is_found() -> None:
    build = builder("build", artifacts=["public/target.zip"])
    (found,) = find(rule, build, reader("move", "build", "public/targt.zip"))
    assert found.code == "G305"
    assert found.what == "`public/targt.zip` of `upstreamArtifacts` is not an artifact of its task"
    assert found.context == "task `move`, of `build`"
    assert found.remedy == "did you mean `public/target.zip`?"


@pytest.mark.parametrize("path", ["a/b.zip", "a/*.zip", "f/x/y.txt", "f/*.txt", "f/x*", "*"])
def test_artifacts_may_be_named_or_lie_in_a_folder_or_match(path: str) -> None:
    build = builder("build", artifacts=["a/b.zip", "f/"])
    assert find(rule, build, reader("move", "build", path)) == []


@pytest.mark.parametrize("path", ["a/c.zip", "a/*.dmg", "e/*", "g/x"])
def test_a_pattern_must_match_something(path: str) -> None:
    build = builder("build", artifacts=["a/b.zip", "f/"])
    assert len(find(rule, build, reader("move", "build", path))) == 1


def test_a_task_that_publishes_nothing_is_said_to() -> None:
    (found,) = find(rule, builder("build"), reader("move", "build", "a"))
    assert found.why == "`build` publishes no artifact"


def test_what_is_not_in_the_graph_cannot_be_judged() -> None:
    assert find(rule, reader("move", "build", "a"), external=("build",)) == []


def test_a_build_that_signs_for_nothing_is_found_where_a_scriptworker_reads_it() -> None:
    build = builder("build", chain_of_trust=False, artifacts=["a"])
    found = find(rule, build, reader("move", "build", "a"))
    assert told(found) == ["G310: task `move` cannot trust `build`, which lacks `chain-of-trust`"]


def test_the_inputs_of_what_is_read_must_be_signed_for_too() -> None:
    inputs = {"chainOfTrust": {"inputs": {"docker-image": {"task-reference": "<image>"}}}}
    build = builder("build", "image", artifacts=["a"], definition={"extra": inputs})
    image = builder("image", chain_of_trust=False)
    found = find(rule, image, build, reader("move", "build", "a"))
    assert told(found) == ["G310: task `build` cannot trust `image`, which lacks `chain-of-trust`"]


def test_what_no_scriptworker_reads_need_not_be_signed_for() -> None:
    assert find(rule, builder("build", chain_of_trust=False), make_task("a", "build")) == []


def test_scriptworkers_always_sign_for_what_they_make() -> None:
    sign = make_task("sign", implementation="scriptworker-signing", artifacts=["a"])
    assert find(rule, sign, reader("move", "sign", "a")) == []
