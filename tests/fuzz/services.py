"""What other services answer to look-ups of this project: the update server, and GitHub."""

import copy
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import orjson

from relpro.actions.look_ups import ProjectLookUps, Question
from relpro.errors import RelproError
from relpro.project import Project
from tests.actions.test_release_history import BLOB
from tests.fuzz.mutation import as_json, garbled, mutated
from tests.fuzz.running import Case, Fault
from tests.kinds import test_partner_config as partners

ROOT = Path(__file__).parents[2]
_NAMES = ("release_history", "release_partner_config")


class _Server(partners._Server):
    """Both services; what they say is changed where there is chance."""

    rng: Random | None = None

    def do_GET(self) -> None:  # noqa: N802 - as the base class has it
        if self.path.startswith("/api/v1/releases/"):
            self._answer(copy.deepcopy(BLOB))
        else:
            super().do_GET()

    def _answer(self, content: Any, status: int = 200) -> None:
        rng = type(self).rng
        data = orjson.dumps(content)
        if rng and rng.random() < 0.7:
            data = garbled(data, rng) if rng.random() < 0.1 else as_json(mutated(content, rng))
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def answers(_folder: Path) -> Iterator[Case]:
    """An answer, changed on its way: a history or partners come of it, or a coded error."""
    look_ups = ProjectLookUps(Project(ROOT))
    with HTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        address = f"http://127.0.0.1:{running.server_port}"
        environment = {"PATH": os.environ["PATH"], "TASKCLUSTER_PROXY_URL": address}

        def case(rng: Random) -> Fault:
            _Server.rng = rng
            with mock.patch.dict(os.environ, environment, clear=True):
                return _asked(look_ups, _question(rng.choice(_NAMES), address))

        _Server.rng = None
        with mock.patch.dict(os.environ, environment, clear=True):
            assert all(look_ups.answer(_question(name, address)) for name in _NAMES)
        yield case
        running.shutdown()
        thread.join()


def _question(name: str, address: str) -> Question:
    details: dict[str, Any] = {
        "release_history": {"partial_updates": {"91.0": {"buildNumber": 2, "locales": ["de"]}}},
        "release_partner_config": {
            "urls": dict.fromkeys(
                (partners.REPACK, partners.ATTRIBUTION), "git@github.com:builds/manifests.git"
            )
        },
    }
    settings = {"update-server": address, "github-api": f"{address}/graphql"}
    project = "mozilla-release"
    return Question(name, "firefox", project, "3", "release", details[name], settings)


def _asked(look_ups: ProjectLookUps, question: Question) -> Fault:
    try:
        look_ups.answer(question)
    except RelproError as error:
        told = [f"{one.what}: {one.why}" for one in error.diagnostics if one.code == "T410"]
        return "\n".join(told)
    return ""
