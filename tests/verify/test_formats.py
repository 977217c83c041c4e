"""Formats that signing servers have, and those of this repository's graphs."""

from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest

from relpro.graph.taskgraph import TaskGraph
from relpro.load.config import load_config
from relpro.model.policy import Policy
from relpro.testing.factories import make_config, make_parameters, make_task
from relpro.verify.formats import servers_have_every_format

ROOT = Path(__file__).parents[2]
POLICY = Policy(
    signing_formats={"release-signing": ("gpg",), "dep-signing": ("gpg", "apk")},
    local_formats=("macapp",),
)
PARAMETERS = make_parameters()
CONFIG = attrs.evolve(make_config(), policy=POLICY)


def found(cert: str, *formats: Any) -> list[str]:
    body: dict[str, Any] = {
        "scopes": [f"project:made:releng:signing:cert:{cert}"],
        "payload": {"upstreamArtifacts": [{"paths": ["a"], "formats": list(formats)}]},
    }
    task = attrs.evolve(
        make_task("sign").with_definition(body), implementation="scriptworker-signing"
    )
    graph = TaskGraph.build([task])
    return [problem.what for problem in servers_have_every_format(graph, PARAMETERS, CONFIG)]


def test_a_format_that_its_certificate_has_is_taken() -> None:
    assert found("release-signing", "gpg", "macapp") == []
    assert found("dep-signing", "apk") == []


def test_what_is_no_text_is_left_to_the_schema_of_the_worker() -> None:
    assert found("release-signing", {}, ["gpg"], None) == []


@pytest.mark.parametrize(
    ("cert", "name"), [("release-signing", "apk"), ("release-signing", "gqg"), ("other", "gpg")]
)
def test_a_format_that_its_certificate_lacks_is_refused(cert: str, name: str) -> None:
    assert found(cert, name) == [f"no signing server has format `{name}` under `{cert}`"]


def test_the_formats_of_the_configuration_are_those_of_the_servers(shared_data: Path) -> None:
    known = orjson.loads((shared_data / "signing-formats.json").read_bytes())
    servers = {
        scope.rpartition(":")[2]: set(formats)
        for level in ("production", "staging")
        for scope, formats in known[level].items()
    }
    policy = load_config(ROOT).policy
    for cert, formats in policy.signing_formats.items():
        assert set(formats) <= servers[cert], cert
