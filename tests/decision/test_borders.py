"""What graphs of different levels and events have in common: nothing that both could write.

Of two graphs of different levels, or of a push and a pull request, no task writes an index path or
a cache of the other. Graphs of different levels have no scheduler in common, and no pool of workers
on which something that is published could be made.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relpro.decision import Event, decision_parameters
from relpro.goal import Goal
from relpro.model.parameters import Parameters
from relpro.parameters.known import DEFAULTS
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.stock.define import define
from relpro.stock.routes import index_project
from relpro.transform.section import Refusal
from relpro.verify.shared_pools import pools_of_all_levels
from relpro.verify.upstream import artifacts_read
from tests.actions.events import CONTEXTS, OWN, render
from tests.decision import random_project
from tests.stock.chains import run
from tests.stock.workers.making import context, description

ROOT = Path(__file__).parents[2]

#: Pools that are the same at every level: the queue's own, which runs nothing, and those that the
#: policy names. No other may be.
SHARED_POOLS = ("built-in/succeed", *Project(ROOT).config.policy.shared_pools)
#: Scopes that are the same at every level, with the reason. No other may be.
SHARED_SCOPES = (
    # What a container may do on the machine that it is on, and nowhere else. Workers know these
    # scopes by these names only.
    "docker-worker:capability:device:kvm",
    "docker-worker:feature:allowPtrace",
    # What a script does, as a verb. To whom, another scope says: a server, a bucket, a tree, a
    # certificate. None of those is shared, and scripts refuse a task without one.
    "project:releng:*:action:*",
    # Public: the fingerprint of a server, and the address of a mirror.
    "secrets:get:project/taskcluster/gecko/hgfingerprint",
    "secrets:get:project/taskcluster/gecko/hgmointernal",
    # Reading compilers and kits that may not be given to the public, of which the tree names the
    # hash: tasks of every level build with them. And what lets
    # tests use devices of a farm, which publishes nothing; strangers' requests make no tasks.
    "queue:get-artifact:project/gecko/*",
    "secrets:get:project/gecko/level-any/*",
    # Reading files of a store of tools, of which the hash is known to who asks.
    "project:releng:services/tooltool/api/download/internal",
    "project:releng:services/tooltool/api/download/public",
)
#: Kinds that wait for tasks on shared pools, though no rule reads a file of those.
WAITS = {
    ("balrog", "startup-test"),  # a gate: it fails or it does not
    ("push-apks", "android-startup-test"),
    ("push-bundle", "android-startup-test"),
}


@attrs.frozen
class Graph:
    """What the tasks of a decision write, ask for and run on; the decision task among them."""

    level: str
    event: str
    routes: frozenset[str]
    caches: frozenset[str]
    scopes: frozenset[str]
    pools: frozenset[str]
    schedulers: frozenset[str]


def _caches(body: Any) -> Iterator[str]:
    payload = body["payload"]
    yield from payload.get("cache", ())
    for mount in payload.get("mounts", ()):
        if "cacheName" in mount:
            yield mount["cacheName"]


def _pool(body: Any) -> str:
    return f"{body['provisionerId']}/{body['workerType']}"


def _graph(level: str, event: str, bodies: list[Any], routes: Iterable[str] = ()) -> Graph:
    written = (route for body in bodies for route in body["routes"])
    return Graph(
        level,
        event,
        frozenset(route for route in (*routes, *written) if route.startswith("index.")),
        frozenset(cache for body in bodies for cache in _caches(body)),
        frozenset(scope for body in bodies for scope in body["scopes"]),
        frozenset(map(_pool, bodies)),
        frozenset(body["schedulerId"] for body in bodies),
    )


def _pipeline(project: Project, decision: Any) -> Pipeline:
    event = Event.read(decision["payload"]["env"], "GECKO", {})
    return Pipeline(project, decision_parameters(project, event), creator=OWN)


def _decided(project: Project, tasks_for: str, context: Any) -> Graph:
    decision = render(tasks_for, context)
    pipeline = _pipeline(project, decision)
    bodies = [decision, *(task.definition for task in pipeline.full)]
    return _graph(pipeline.parameters.level, tasks_for, bodies)


def _on(branch: str) -> Any:
    event = CONTEXTS["github-push"]["event"]
    return {"event": {**event, "ref": f"refs/heads/{branch}"}}


@pytest.fixture(scope="module")
def graphs() -> dict[str, Graph]:
    project = Project(ROOT)
    return {
        "main": _decided(project, "github-push", _on("main")),
        "feature": _decided(project, "github-push", _on("a-feature")),
        "pull request": _decided(project, "github-pull-request", CONTEXTS["github-pull-request"]),
    }


def _among(value: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)


@pytest.mark.parametrize(("one", "other"), [*combinations(("main", "feature", "pull request"), 2)])
def test_graphs_of_this_repository_write_nothing_in_common(
    graphs: dict[str, Graph], one: str, other: str
) -> None:
    assert graphs[one].routes
    assert not graphs[one].routes & graphs[other].routes
    assert not graphs[one].caches & graphs[other].caches


@pytest.mark.parametrize("other", ["feature", "pull request"])
def test_levels_share_no_scheduler_pool_or_scope(graphs: dict[str, Graph], other: str) -> None:
    one, two = graphs["main"], graphs[other]
    assert (one.level, two.level) == ("3", "1")
    assert not one.schedulers & two.schedulers
    assert {pool for pool in one.pools & two.pools if not _among(pool, SHARED_POOLS)} == set()
    assert {scope for scope in one.scopes & two.scopes if not _among(scope, SHARED_SCOPES)} == set()


def test_nothing_that_is_published_reads_what_shared_pools_made() -> None:
    full = _pipeline(Project(ROOT), render("github-push", _on("main"))).full
    shared = {task.label for task in full if _among(_pool(task.definition), SHARED_POOLS[1:])}
    others = [task for task in full if task.label not in shared]
    assert len(shared) > 5
    read = {label for task in others for label, _ in artifacts_read(task)}
    assert not read & shared
    waits = {
        (task.kind, full[label].kind)
        for task in others
        for label in task.dependencies.values()
        if label in shared
    }
    assert waits == WAITS


def test_every_exception_is_needed(graphs: dict[str, Graph]) -> None:
    one, two = graphs["main"], graphs["feature"]
    for patterns, both in (
        (SHARED_POOLS, one.pools & two.pools),
        (SHARED_SCOPES, one.scopes & two.scopes),
    ):
        assert [
            pattern for pattern in patterns if not any(_among(x, (pattern,)) for x in both)
        ] == []


NAMES = st.text("abcpr-.v12", min_size=1, max_size=6).filter(
    lambda name: name.strip("-.") == name and ".." not in name and not name.startswith("pr-")
)


#: Level and event, with the branch of the head: a fork may call its branch like one of ours.
SORTS: list[dict[str, Any]] = [
    {"level": "3", "tasks_for": "github-push", "project": "app", "head_ref": "refs/heads/main"},
    {"level": "1", "tasks_for": "github-push", "project": "try", "head_ref": "refs/heads/main"},
    {
        "level": "1",
        "tasks_for": "github-pull-request",
        "project": "try-pr",
        "head_ref": "main",
        "pull_request_number": 7,
    },
]
DOCKER = {"docker-image": "debian:12", "command": "make", "max-run-time": 60}


def _made(names: tuple[list[str], str, str, str], sort: dict[str, Any]) -> Graph:
    """A task with caches, a digest and an index path, of these names."""
    caches, kind, name, job = names
    section = f"{{cache: {{type: '{kind}', name: '{name}', digest-data: []}}}}"
    (cached,) = run("cached_tasks", f"a: {section}", (), parameters=sort).tasks
    mounts = [{"name": cache, "mount-point": f"/{cache}"} for cache in caches]
    said = attrs.evolve(
        description("linux", {**DOCKER, "caches": mounts}, kind="build"),
        index={"product": "app", "job-name": job, "type": "generic"},
    )
    body = define(context("build", **sort, repository_type="git"), said).definition
    return _graph(sort["level"], sort["tasks_for"], [body], cached.definition["routes"])


@settings(max_examples=25, deadline=None)
@given(*[st.tuples(st.lists(NAMES, max_size=3, unique=True), NAMES, NAMES, NAMES)] * 2)
def test_graphs_of_any_names_are_told_apart(
    here: tuple[list[str], str, str, str], there: tuple[list[str], str, str, str]
) -> None:
    for one, other in combinations(SORTS, 2):
        left, right = _made(here, one), _made(there, other)
        assert not left.routes & right.routes
        assert not left.caches & right.caches
        if one["level"] != other["level"]:
            assert not left.schedulers & right.schedulers
            assert not left.pools & right.pools
            assert not left.scopes & right.scopes


_SAID: dict[str, Any] = {
    "head_repository": "https://github.com/example/app",
    "repository_type": "git",
    "owner": "a@example.com",
    "build_date": 1752580800,
}


def _random(root: Path, number: int, sort: dict[str, Any]) -> Graph:
    """The graph of a random project, on an event of a sort."""
    said = {**_SAID, **sort, "head_rev": f"{number:040x}"}
    graph = Pipeline.of(random_project.write(root, number), said, Goal()).full
    bodies = [task.definition for task in graph]
    return _graph(sort["level"], sort["tasks_for"], bodies)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_random_projects_share_nothing_over_a_border(one: int, other: int) -> None:
    with TemporaryDirectory() as folder:
        made = [
            _random(Path(folder) / f"{number}-{at}-{side}", number, sort)
            for side, number in enumerate((one, other))
            for at, sort in enumerate(SORTS)
        ]
    assert any(graph.routes for graph in made)
    for left, right in combinations(made, 2):
        if (left.level, left.event) == (right.level, right.event):
            continue
        assert not left.routes & right.routes
        assert not left.caches & right.caches
        if left.level != right.level:
            assert not left.schedulers & right.schedulers
            assert left.pools & right.pools <= {"built-in/succeed"}
            assert not _of_places(left) & _of_places(right)


def test_a_pool_of_all_levels_is_told_unless_it_is_meant(tmp_path: Path) -> None:
    project = random_project.write(tmp_path, 1)
    written = tmp_path / "kinds" / "config.yml"
    fixed = written.read_text().replace("'{trust-domain}-{level}'", "everywhere")
    for level, more, told in (
        ("3", "", ["everywhere/linux"]),
        ("1", "", []),
        ("3", "policy: {shared-pools: [everywhere/*]}\n", []),
    ):
        written.write_text(fixed + more)
        sort = {**_SAID, **SORTS[0], "level": level, "head_rev": "a" * 40}
        pipeline = Pipeline.of(Project(project.root), sort, Goal())
        found = pools_of_all_levels(pipeline.full, pipeline.parameters, pipeline.config)
        assert [one.what.rpartition(" ")[2].strip("`") for one in found] == told


def _of_places(graph: Graph) -> set[str]:
    """The scopes of a graph, without those that say what a script does and not to whom."""
    return {scope for scope in graph.scopes if not _among(scope, ("project:*:action:*",))}


@pytest.mark.parametrize(
    ("alias", "key", "item"),
    [
        ("linux", "caches", {"name": "pr-x", "mount-point": "/x"}),
        ("machine", "mounts", {"cache-name": "pr-x", "directory": "x"}),
    ],
)
def test_no_cache_of_a_branch_is_called_like_one_of_a_pull_request(
    alias: str, key: str, item: dict[str, str]
) -> None:
    worker = DOCKER if alias == "linux" else {"command": [["make"]], "max-run-time": 60}
    said = description(alias, {**worker, key: [item]}, kind="build")
    with pytest.raises(Refusal, match="cache `pr-x` would have the name"):
        define(context("build"), said)


@pytest.mark.parametrize("repository_type", ["git", "hg"])
def test_a_pull_request_has_index_paths_of_its_own_in_any_project(repository_type: str) -> None:
    same = {"project": "app", "repository_type": repository_type, "head_ref": "main"}
    push = Parameters({**DEFAULTS, **same, "tasks_for": "github-push"})
    first, second = (
        Parameters(
            {
                **push.values,
                "tasks_for": "github-pull-request-untrusted",
                "pull_request_number": number,
            }
        )
        for number in (7, 8)
    )
    assert len({index_project(parameters) for parameters in (push, first, second)}) == 3


def test_a_pull_request_reads_what_branches_made_and_writes_for_itself() -> None:
    parameters = {"level": "1", "tasks_for": "github-pull-request"}
    entry = "a: {cache: {type: t, name: n, digest-data: []}}"
    (made,) = run("cached_tasks", entry, (), parameters=parameters).tasks
    digest = made.attributes["cached_task"]["digest"]
    assert made.definition["routes"] == (
        f"index.made.cache.pr.t.n.hash.{digest}",
        "index.made.cache.pr.t.n.latest",
        "index.made.cache.pr.t.n.pushdate.1970.01.01.19700101000000",
    )
    assert made.optimization == {
        "index-search": [
            f"made.cache.{writer}.t.n.hash.{digest}"
            for writer in ("level-3", "level-2", "level-1", "pr")
        ]
    }
