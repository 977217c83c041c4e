"""Parameters from where they are: tasks, the index, addresses, defaults."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings, Worker
from relpro.embedded.clock import to_text
from tests.cli.conftest import Ran, Run
from tests.cli.groups import use

SIGNED = "signing-widget-linux\nsigning-widget-windows\n"


@pytest.fixture
def widget(tmp_path: Path, relpro: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "widget"
    assert relpro("init", "--root", str(folder), "--product", "widget").code == 0
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def recorded(widget: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of a task that published the parameters of a release, and is in the index."""
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0)) as service:
        now, task_id = service.clock.now(), taskcluster.slugId()
        body = {
            "provisionerId": "desk",
            "workerType": "desk",
            "created": to_text(now),
            "deadline": to_text(now + 86_400_000),
            "payload": {},
            "metadata": {"name": "x", "description": "x", "owner": "x@x.x", "source": "https://x"},
        }
        taskcluster.Queue(service.options()).createTask(task_id, body)
        worker = Worker(service.root_url, service.root_credentials, "desk/desk")
        (claim,) = worker.claim(1)
        content = (widget / "tests" / "release.yml").read_bytes()
        worker.upload(claim, "public/parameters.yml", content, "application/yaml")
        worker.resolve(claim, "completed")
        for path in ("widget.v2.widget.latest.taskgraph.decision", "a.b"):
            entry = {"taskId": task_id, "rank": 1, "data": {}, "expires": body["deadline"]}
            taskcluster.Index(service.options()).insertTask(path, entry)
        use(monkeypatch, service)
        yield task_id


@pytest.mark.parametrize("source", ["task-id={}", "project=widget", "index=a.b"])
def test_parameters_are_those_that_a_task_recorded(
    source: str, recorded: str, relpro: Run, widget: Path
) -> None:
    (widget / "kinds" / "version.txt").write_text("9.9.9\n")
    given = ("--phase", "push", "-p", source.format(recorded))
    ran = relpro("graph", *given, "--format", "json")
    assert ran.code == 0, ran.err
    # As they were recorded, not as the tree is by now.
    assert "pub/widget/1.0.0/" in ran.out
    assert "9.9.9" not in ran.out
    assert relpro("why", "signing-widget-linux", *given).out.startswith("signing-widget-linux is ")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("task-id=short", "error[O619]: `short` is not an id of a task"),
        ("task-id=FNvWjXCmRVaC8tqNbBBYYQ", "error[Q706]"),
        ("project=gadget", "no task is indexed at `widget.v2.gadget.latest.taskgraph.decision`"),
        ("index=no.such", "error[O619]: no task is indexed at `no.such`"),
        ("http://example.com/p.yml", "could be changed on its way"),
        ("https://127.0.0.1:1/p.yml", "error[O619]: `https://127.0.0.1:1/p.yml` cannot be had"),
    ],
)
def test_what_cannot_be_fetched_is_told(source: str, said: str, recorded: str, relpro: Run) -> None:
    ran = relpro("graph", "--phase", "promote", "-p", source)
    assert (ran.code != 0, ran.out) == (True, "")
    assert said in ran.err


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/there.yml": 200, "/moved.yml": 302}.get(self.path, 404))
        self.send_header("Location", "/there.yml")
        self.end_headers()
        self.wfile.write(Path("tests/release.yml").read_bytes())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def address(widget: Path) -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_parameters_come_from_an_address(address: str, relpro: Run) -> None:
    ran = relpro("graph", "--phase", "promote", "-p", f"{address}/there.yml")
    assert (ran.code, ran.out) == (0, SIGNED)
    for name, status in (("gone", 404), ("moved", 302)):
        ran = relpro("graph", "--phase", "promote", "-p", f"{address}/{name}.yml")
        assert f"answers {status}" in ran.err


def test_nothing_that_was_fetched_is_left_behind(
    address: str, relpro: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    assert relpro("graph", "--phase", "promote", "-p", f"{address}/there.yml").code == 0
    assert list((tmp_path / "temporary").iterdir()) == []


def _with_defaults(widget: Path, text: str) -> None:
    (widget / ".relpro.yml").write_text(text)


def test_defaults_of_a_project_stand_in_for_what_is_left_out(widget: Path, relpro: Run) -> None:
    _with_defaults(widget, "parameters: [tests/release.yml]\nphase: promote\nproduct: widget\n")
    ran = relpro("graph")
    assert ran.out == SIGNED
    assert ran.err.startswith("as `.relpro.yml` has it: -p ")
    assert "tests/release.yml --phase promote --product widget\n" in ran.err
    pushed = relpro("graph", "--phase", "push")
    assert "--phase" not in pushed.err
    assert pushed.out.startswith("upload-widget-linux\n")
    assert relpro("graph", "--flavor", "push_widget").out == pushed.out


def test_the_environment_stands_in_for_the_file(
    widget: Path, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_defaults(widget, "phase: promote\n")
    monkeypatch.setenv("RELPRO_PARAMETERS", "tests/release.yml")
    monkeypatch.setenv("RELPRO_PHASE", "push")
    ran = relpro("graph")
    assert ran.out.startswith("upload-widget-linux\n")
    assert ran.err.startswith("as the environment has it: -p tests/release.yml --phase push\n")
    monkeypatch.setenv("RELPRO_PHASE", "shop")
    assert "`RELPRO_PHASE` is `shop`, which is not a phase" in relpro("graph").err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phase: shop\n", "error[K201]"),
        ("phases: [push]\n", "error[K203]"),
        ("parameters: tests/release.yml\n", "error[K201]"),
        ("phase: [\n", "error[Y101]"),
    ],
)
def test_a_file_of_defaults_that_is_wrong_is_told(
    text: str, said: str, widget: Path, relpro: Run
) -> None:
    _with_defaults(widget, text)
    ran: Ran = relpro("graph")
    assert ran.code == 2
    assert said in ran.err
    assert "--> .relpro.yml:" in ran.err
