from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import RelproError
from relpro.model.task import Task
from relpro.stock.cached_tasks import cached_tasks
from tests.stock.chains import refusal, run, task
from tests.stock.workers.making import context, description


def cached(entries: str, *upstream: Task, level: str = "1", kind: str = "k") -> dict[str, Task]:
    made = run("cached_tasks", entries, upstream, kind=kind, parameters={"level": level})
    return {one.name: one for one in made.tasks}


def known(digest: str, name: str = "p") -> dict[str, str]:
    """The attribute of a cached task."""
    return {"type": "t", "name": name, "digest": digest}


def digest(one: Task) -> Any:
    return one.attributes["cached_task"]["digest"]


def section(data: str = "a", edges: str = "") -> str:
    return f"{{cache: {{type: t.v1, name: n, digest-data: [{data}]}}, dependencies: {{{edges}}}}}"


IN_IMAGE = """
a:
  cache: {type: t, name: n, digest-data: []}
  worker: {docker-image: {in-tree: base}}
"""


def test_a_task_is_indexed_under_its_digest_and_looked_for_at_trusted_levels() -> None:
    values = {"level": "2", "build_date": 1632327115}
    (one,) = run("cached_tasks", f"a: {section()}", kind="k", parameters=values).tasks
    path = f"made.cache.level-{{}}.t.v1.n.hash.{digest(one)}"
    assert one.definition["routes"] == (
        f"index.{path.format(2)}",
        "index.made.cache.level-2.t.v1.n.latest",
        "index.made.cache.level-2.t.v1.n.pushdate.2021.09.22.20210922161155",
    )
    assert one.optimization == {"index-search": [path.format(3), path.format(2)]}
    assert one.attributes["cached_task"].keys() == {"type", "name", "digest"}


def test_the_digest_follows_from_the_data_and_from_all_parents() -> None:
    def of_last(first: str, last: str) -> Any:
        made = cached(f"b: {section(last, 'x: k-a')}\na: {section(first)}")
        return digest(made["b"])

    assert of_last("p", "q") == of_last("p", "q")
    assert len({of_last("p", "q"), of_last("r", "q"), of_last("p", "r")}) == 3


def test_a_parent_upstream_is_known_by_its_attribute() -> None:
    def of(value: str) -> Any:
        parent = task("up", "p", cached_task=known(value))
        return digest(cached(f"a: {section(edges='x: up-p')}", parent)["a"])

    assert of("1") != of("2")


def test_the_image_of_a_task_is_one_of_its_parents() -> None:
    def of(value: str) -> Any:
        image = task("docker-image", "base", cached_task=known(value))
        entry = (
            "{cache: {type: t, name: n, digest-data: []}, worker: {docker-image: {in-tree: base}}}"
        )
        return digest(cached(f"a: {entry}", image)["a"])

    assert of("1") != of("2")
    bare = task("docker-image", "base")
    entry = (
        "a: {cache: {type: t, name: n, digest-data: []}, worker: {docker-image: {in-tree: base}}}"
    )
    assert "`docker-image-base`, which is not cached" in refusal("cached_tasks", entry, [bare]).what


def test_a_parent_that_is_not_cached_is_an_error_of_each_child() -> None:
    entries = f"a: {{}}\nb: {section(edges='x: k-a')}\nc: {section(edges='x: k-a, y: k-b')}"
    with pytest.raises(RelproError) as caught:
        cached(entries)
    assert [d.what for d in caught.value.diagnostics] == [
        "cached task `k-b` builds on `k-a`, which is not cached",
        "cached task `k-c` builds on `k-a`, which is not cached",
    ]


def test_tasks_that_are_not_cached_may_depend_on_anything() -> None:
    made = cached("a: {dependencies: {x: other}}")
    assert "cached_task" not in made["a"].attributes


def test_a_circle_of_cached_tasks_is_an_error() -> None:
    entries = f"a: {section(edges='x: k-b')}\nb: {section(edges='x: k-a')}"
    assert "in a circle" in refusal("cached_tasks", entries, kind="k").what


@given(st.permutations(["a", "b", "c", "d"]))
def test_digests_do_not_depend_on_the_order_of_writing(order: list[str]) -> None:
    entries = {
        "a": f"a: {section('p')}",
        "b": f"b: {section('q', 'x: k-a')}",
        "c": f"c: {section('r', 'x: k-a, y: k-b')}",
        "d": f"d: {section('s', 'x: k-c, y: k-b')}",
    }
    made = cached("\n".join(entries[name] for name in order))
    assert list(made) == order
    expected = cached("\n".join(entries.values()))
    assert {name: digest(one) for name, one in made.items()} == {
        name: digest(one) for name, one in expected.items()
    }


def test_what_a_pull_request_makes_is_for_pull_requests() -> None:
    values = {"level": "1", "tasks_for": "github-pull-request-untrusted"}
    (one,) = run("cached_tasks", f"a: {section()}", kind="k", parameters=values).tasks
    path = f"made.cache.{{}}.t.v1.n.hash.{digest(one)}"
    assert one.definition["routes"] == (
        f"index.{path.format('pr')}",
        "index.made.cache.pr.t.v1.n.latest",
        "index.made.cache.pr.t.v1.n.pushdate.1970.01.01.19700101000000",
    )
    assert one.optimization == {
        "index-search": [path.format(f"level-{level}") for level in (3, 2, 1)] + [path.format("pr")]
    }


def test_a_task_without_certificate_does_not_stand_in_for_one_that_signs() -> None:
    def of(signs: str) -> Any:
        cache = "cache: {type: t, name: n, digest-data: []}"
        return digest(cached(f"a: {{{cache}, worker: {{chain-of-trust: {signs}}}}}")["a"])

    assert of("true") != of("false")


def test_parents_with_one_digest_are_told_apart_by_their_names() -> None:
    parents = [task("up", name, cached_task=known("1", name)) for name in ("p", "q")]
    made = cached(f"a: {section(edges='x: up-p')}\nb: {section(edges='x: up-q')}", *parents)
    assert digest(made["a"]) != digest(made["b"])


def test_what_has_no_say_is_left_out_of_the_digest() -> None:
    def of(without: str, *, signs: str = "true", upstream: Sequence[Task] = ()) -> Any:
        cache = f"cache: {{type: t, name: n, digest-data: [x], without: [{without}]}}"
        worker = f"worker: {{docker-image: {{in-tree: base}}, chain-of-trust: {signs}}}"
        return digest(cached(f"a: {{{cache}, {worker}}}", *upstream)["a"])

    assert of("image, chain-of-trust") == of("image", signs="false")
    assert of("image, chain-of-trust") != of("image")
    image = [task("docker-image", "base", cached_task=known("1"))]
    assert of("", upstream=image) != of("image", upstream=image)


def test_paths_begin_with_the_prefix_of_the_configuration() -> None:
    sections = {"cache": {"type": "t", "name": "n", "digest-data": []}}
    described = description("succeed", {}, upstream={}, sections=sections)
    ctx = context(settings={"cached_task_prefix": "other"}, level="3")
    (one,) = cached_tasks(ctx, [described])
    assert one.optimization is not None
    (path,) = one.optimization["index-search"]
    assert path.startswith("other.cache.level-3.t.n.hash.")
    assert one.routes[0] == f"index.{path}"
