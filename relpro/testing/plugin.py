"""The pytest plugin: fixtures for kinds, transforms and graphs, and golden graphs.

The engine is imported only when a test uses a fixture, since every run of pytest loads this module.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from relpro.graph.taskgraph import TaskGraph
    from relpro.project import Project
    from relpro.testing.pipelines import MakePipeline
    from relpro.testing.transforming import RunTransform

GoldenGraph = Callable[["TaskGraph", str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--golden-update` and the setting `relpro_root`."""
    group = parser.getgroup("relpro", "task graphs")
    group.addoption(
        "--golden-update",
        action="store_true",
        help="Write golden graphs anew instead of comparing with them; never in CI.",
    )
    parser.addini(
        "relpro_root", "The folder of the relpro project; by default that of pytest.", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write golden graphs in CI, where they are checked."""
    if config.getoption("--golden-update") and os.environ.get("CI"):
        raise pytest.UsageError("--golden-update is refused in CI (CI is set in the environment)")


@pytest.fixture(scope="session")
def relpro_project(pytestconfig: pytest.Config) -> "Project":
    """The project under test, read from disk once."""
    from relpro.project import Project  # noqa: PLC0415 - see above

    return Project.find(pytestconfig.rootpath / pytestconfig.getini("relpro_root"))


@pytest.fixture(scope="session")
def relpro_pipeline(relpro_project: "Project") -> "MakePipeline":
    """Makes pipelines: `relpro_pipeline("release.yml", phase="promote").morphed.graph`.

    Parameters are a file or a mapping; `phase`, `product`, `flavor`, `fresh` and `kinds` are as for
    `relpro graph`; further keywords are parameters. Equal calls return one pipeline, whose stages
    are made once per session.
    """
    from relpro.testing.pipelines import MakePipeline  # noqa: PLC0415

    return MakePipeline(relpro_project)


@pytest.fixture
def relpro_transform(relpro_project: "Project") -> "RunTransform":
    """Runs one transform, by its dotted name, on one task that `make_description` makes."""
    from relpro.testing.transforming import RunTransform  # noqa: PLC0415

    return RunTransform(relpro_project)


@pytest.fixture
def golden_graph(request: pytest.FixtureRequest) -> GoldenGraph:
    """Compares a graph with the golden one in a folder beside the test: `golden_graph(graph, "x")`.

    With `--golden-update` it writes the folder. Without a golden graph the test fails.
    """
    folder: Path = request.path.parent
    update = bool(request.config.getoption("--golden-update"))

    def check(graph: "TaskGraph", name: str) -> None:
        from relpro.testing.golden import compare_golden, write_golden  # noqa: PLC0415

        if update:
            write_golden(graph, folder / name)
        elif differs := compare_golden(graph, folder / name):
            pytest.fail(differs, pytrace=False)

    return check
