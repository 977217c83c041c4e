"""A task that refers to a private artifact fetches it, through a proxy that signs as it may."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Worker
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.morph.morph import morph
from relpro.morph.proxy import with_scopes
from relpro.submit.intended import intend
from relpro.submit.submission import submit
from relpro.testing.factories import make_task
from tests.morph.test_morph import optimized
from tests.submit.graphs import CREATOR, GROUP, body, now_of, queue_of

SECRET = "private/map.zip"
FETCH = "import os, urllib.request as u; print(u.urlopen(os.environ['MAP']).read().decode())"


def graph(implementation: str, features: Mapping[str, bool]) -> TaskGraph:
    payload = {
        "env": {"MAP": {"artifact-reference": f"<build/{SECRET}>"}},
        "command": [sys.executable, "-c", FETCH],
        "features": dict(features),
    }
    read = {**body("read-a", ()), "workerType": "reader", "payload": payload}
    return TaskGraph.build(
        [
            make_task("build-a", definition=body("build-a", ()), artifacts=[SECRET]),
            make_task(
                "read-a",
                dependencies={"build": "build-a"},
                definition=read,
                implementation=implementation,
            ),
        ]
    )


@contextmanager
def proxy(root_url: str, credentials: Mapping[str, str]) -> Iterator[str]:
    """What a worker runs beside a task: requests to its host are passed on, signed for the task."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            assert path.startswith("/api/queue/v1/task/")
            _, _, _, _, _, task, _, name = path.split("/", 7)
            queue = taskcluster.Queue({"rootUrl": root_url, "credentials": dict(credentials)})
            answer = requests.get(queue.buildSignedUrl("getLatestArtifact", task, name), timeout=60)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("implementation", "host"),
    [("docker-worker", "http://taskcluster/"), ("generic-worker", "http://localhost/")],
)
def test_a_private_artifact_is_fetched_through_the_proxy(
    service: EmbeddedTaskcluster, implementation: str, host: str
) -> None:
    given = optimized(graph(implementation, {"taskclusterProxy": True}))
    made = morph(given, creator=CREATOR, root_url=service.root_url)
    ids = made.label_to_taskid
    tasks = intend(made.graph, ids, group=GROUP, creator=CREATOR)
    submit(queue_of(service), tasks, now=now_of(service))
    credentials = service.root_credentials
    build = Worker(service.root_url, credentials, "prov/linux")
    (decision,) = build.claim(1)
    build.resolve(decision, "completed")
    (claim,) = build.claim(1)
    build.upload(claim, SECRET, b"what nobody else may read", "application/zip")
    build.resolve(claim, "completed")
    plain = f"{service.root_url}/api/queue/v1/task/{ids['build-a']}/artifacts/{SECRET}"
    assert requests.get(plain, timeout=60).status_code == 403

    (claim,) = Worker(service.root_url, credentials, "prov/reader").claim(1)
    task = claim["task"]
    assert task["scopes"] == [f"queue:get-artifact:{SECRET}"]
    assert task["payload"]["env"]["MAP"].startswith(host)
    with proxy(service.root_url, claim["credentials"]) as address:
        # The name of the host leads to the proxy, as the worker sees to it.
        env = {**os.environ, **task["payload"]["env"], "http_proxy": address, "no_proxy": ""}
        ran = subprocess.run(
            task["payload"]["command"], env=env, capture_output=True, text=True, check=True
        )
    assert ran.stdout == "what nobody else may read\n"


def test_what_is_public_is_read_at_the_queue_without_a_scope() -> None:
    payload = {"payload": {"env": {"MAP": {"artifact-reference": "<build/public/map.zip>"}}}}
    read = make_task("read-a", dependencies={"build": "build-a"}, definition=payload)
    build = make_task("build-a", artifacts=["public/map.zip"])
    found = morph(optimized(TaskGraph.build([build, read])), creator=CREATOR).body("read-a")
    where = f"tc.example.com/api/queue/v1/task/{task_id(CREATOR, 'build-a')}/artifacts/public/"
    assert found["payload"]["env"]["MAP"] == f"https://{where}map.zip"
    assert found["scopes"] == []


def test_a_scope_that_covers_it_is_enough() -> None:
    needed = ["queue:get-artifact:private/a", "queue:get-artifact:secret/b"]
    assert with_scopes(["queue:get-artifact:private/*", "x"], needed) == [
        "queue:get-artifact:private/*",
        "x",
        "queue:get-artifact:secret/b",
    ]
    assert with_scopes([needed[0]], needed) == needed
