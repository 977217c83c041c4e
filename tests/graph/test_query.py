"""Questions about a graph: each part on a small graph, all of it against a slow, plain model."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import RelproError
from relpro.graph.query import query
from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_task

GRAPH = TaskGraph.build(
    [
        make_task(
            "build-a", kind="build", attributes={"platform": "linux", "locales": ["de", "fr"]}
        ),
        make_task("build-b", kind="build", attributes={"platform": "win", "shipped": True}),
        make_task("sign-a", "build-a", kind="sign", attributes={"platform": "linux"}),
        make_task("sign-b", "build-b", kind="sign"),
        make_task("push-all", "sign-a", "sign-b", kind="push"),
        make_task("tell", kind="notify", soft_dependencies=["push-all"]),
    ]
)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("sign-a", "sign-a"),
        ("deps(sign-a)", "build-a sign-a"),
        ("deps(tell, 1)", "push-all tell"),
        ("deps(tell,0)", "tell"),
        ("rdeps(build-b)", "build-b sign-b push-all tell"),
        ("rdeps(build-b, 1)", "build-b sign-b"),
        ("somepath(tell, build-b)", "tell push-all sign-b build-b"),
        ("somepath(build-b, tell)", ""),
        ("somepath(push-all, build-*)", "push-all sign-a build-a"),
        ("allpaths(push-all, build-*)", "build-a build-b sign-a sign-b push-all"),
        ("allpaths(tell, sign-a)", "sign-a push-all tell"),
        ("kind(^build$)", "build-a build-b"),
        ("kind(s, deps(sign-b))", "sign-b"),
        ("filter('-[ab]$')", "build-a build-b sign-a sign-b"),
        ('attr(platform, "linux")', "build-a sign-a"),
        ("attr(locales, ^fr)", "build-a"),
        ("attr(shipped, true)", "build-b"),
        ("attr(nothing, .)", ""),
        ("sign-* + build-a", "build-a sign-a sign-b"),
        ("deps(push-all) - kind(build)", "sign-a sign-b push-all"),
        ("* ^ rdeps(sign-a, 1) except tell", "sign-a push-all"),
        ("build-a union (sign-* intersect filter(b))", "build-a sign-b"),
        ("build-a + build-b - build-b", "build-a"),
    ],
)
def test_a_question_names_its_tasks(text: str, labels: str) -> None:
    assert query(GRAPH, text) == tuple(labels.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "O620: `` cannot be read as a question"),
        ("deps(build-a", "O620: `deps(build-a` cannot"),
        ("deps build-a", "O604: no task is called `deps`"),
        ("dep(build-a)", "did you mean `deps`?"),
        ("deps(build-a, many)", "`many` is not a number of steps"),
        ("kind([z-a])", "is not a regular expression"),
        ("build-a +", "it ends where a label or a question must stand"),
        ("- build-a", "`-` stands where a label or a question must"),
        ("'build-a", "a quote is not closed"),
        ("build-a)", "`)` is left over"),
        ("build-c", "O604: no task is called `build-c`"),
        ("push*x", "O604"),
    ],
)
def test_what_is_no_question_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(RelproError) as raised:
        query(GRAPH, text)
    (one,) = raised.value.diagnostics
    assert message in f"{one.code}: {one.what} {one.why} {one.remedy}"


@st.composite
def graphs(draw: st.DrawFn) -> TaskGraph:
    size = draw(st.integers(1, 9))
    edges = [draw(st.lists(st.integers(0, at - 1), max_size=3)) if at else [] for at in range(size)]
    return TaskGraph.build(
        make_task(f"t{at}", *(f"t{need}" for need in dict.fromkeys(needs)))
        for at, needs in enumerate(edges)
    )


def needed(graph: TaskGraph, label: str, steps: int) -> set[str]:
    """A label and what it needs in so many steps, by asking each task for its dependencies."""
    found = {label}
    for task in graph.needs(label) if steps else ():
        found |= needed(graph, task.label, steps - 1)
    return found


@given(graphs(), st.data())
def test_the_answers_are_those_of_a_plain_model(graph: TaskGraph, data: st.DataObject) -> None:
    one, other = (data.draw(st.sampled_from(graph.labels)) for _ in range(2))
    steps = data.draw(st.integers(0, 9))
    assert set(query(graph, f"deps({one}, {steps})")) == needed(graph, one, steps)
    assert set(query(graph, f"rdeps({one}, {steps})")) == {
        label for label in graph.labels if one in needed(graph, label, steps)
    }
    below = needed(graph, one, len(graph))
    assert set(query(graph, f"allpaths({one}, {other})")) == {
        label for label in below if other in needed(graph, label, len(graph))
    }
    way = query(graph, f"somepath({one}, {other})")
    assert bool(way) == (other in below)
    if way:
        assert (way[0], way[-1]) == (one, other)
        assert all(b in {t.label for t in graph.needs(a)} for a, b in pairwise(way))
        assert other not in needed(graph, one, len(way) - 2) or len(way) == 1
