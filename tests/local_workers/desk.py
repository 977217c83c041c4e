"""A Taskcluster of this machine with a repository, a server of files, and a worker."""

import hashlib
import io
import os
import shutil
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import orjson
import slugid
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings
from relpro.submit.access import Access, Credentials
from relpro.submit.connection import Connection
from relpro.workers import LocalWorker, Outcome, Seat
from tests.actions.events import render
from tests.run_task.conftest import git
from tests.run_task.servers import Files, Git, serving

PROJECT = Path(__file__).with_name("widget")
QUEUE = "widgets-1/linux"

#: What pushes to the repository may do.
ROLE = (
    "queue:create-task:*",
    "queue:scheduler-id:widgets-level-1",
    "queue:route:*",
    "queue:get-artifact:*",
    "generic-worker:cache:widgets-level-1-*",
    "docker-worker:cache:widgets-level-1-*",
)


def archive(files: Mapping[str, str]) -> bytes:
    """A tar.gz of texts by path."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


HEADER = archive({"header-1.0/line.h": '#define FIRST_LINE "a widget"\n'})


@attrs.frozen
class Desk:
    """The service, the repository and its address, and what the worker works in."""

    service: EmbeddedTaskcluster
    repository: Path
    url: str
    folder: Path

    def commit(self, message: str, changes: Mapping[str, str] | None = None) -> str:
        """Commit changed files; gives the revision."""
        for name, text in (changes or {}).items():
            (self.repository / name).write_text(text)
        git(self.repository, "add", ".")
        git(self.repository, "commit", "-qm", message)
        return git(self.repository, "rev-parse", "HEAD")

    def push(self, revision: str) -> str:
        """What Taskcluster does on a push: it creates the decision task, whose id this gives."""
        own = str(slugid.nice())
        event = {
            "after": revision,
            "before": git(self.repository, "rev-parse", f"{revision}~0"),
            "ref": "refs/heads/main",
            "pusher": {"email": "dev@example.com"},
            "repository": {"html_url": self.url, "pushed_at": 1790000000},
        }
        now = taskcluster.fromNow("0 seconds").isoformat().replace("+00:00", "Z")
        text = (self.repository / ".taskcluster.yml").read_text()
        task = render("github-push", {"event": event}, own, now, text)
        body = {key: value for key, value in task.items() if key != "taskId"}
        taskcluster.Queue(self.service.options()).createTask(own, body)
        return own

    def worker(self, **env: str) -> LocalWorker:
        """A worker of the queue, with the rights of one."""
        scopes = (f"queue:claim-work:{QUEUE}", "queue:worker-id:local/relpro")
        held = self.service.credentials(*scopes)
        who = Credentials(held["clientId"], held["accessToken"])
        seat = Seat(Connection(Access(self.service.root_url, who)), QUEUE)
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        told = {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "FETCH_RETRY_DELAY": "0.01"}
        return LocalWorker(seat, self.folder, {**told, **env})

    def work(self) -> dict[str, Outcome]:
        """Run all that is pending, and what then becomes pending; gives outcomes by name."""
        with self.worker() as worker:
            return {outcome.name: outcome for outcome in worker.work(until_idle=True)}

    def artifact(self, task_id: str, name: str) -> bytes:
        """What a task published."""
        content = self.service.content(task_id, name)
        assert content is not None, name
        return content

    def json(self, task_id: str, name: str) -> Any:
        """The same, of JSON."""
        return orjson.loads(self.artifact(task_id, name))

    def log(self, task_id: str) -> str:
        """What a task wrote."""
        return self.artifact(task_id, "public/logs/live_backing.log").decode()


@contextmanager
def desk(root: Path) -> Iterator[Desk]:
    """Everything of it below a folder, gone at the end."""
    repository = root / "repositories" / "widget"
    shutil.copytree(PROJECT, repository)
    with (
        serving(Files({"/header-1.0.tar.gz": HEADER})) as files,
        serving(Git(root / "repositories")) as repositories,
        EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=0.2)) as service,
    ):
        _point(repository / "kinds/build/fetch.yml", files)
        git(repository, "init", "-q", "-b", "main")
        url = f"{repositories}/widget"
        role = {"scopes": list(ROLE), "description": "pushes"}
        place = url.removeprefix("http://")
        taskcluster.Auth(service.options()).createRole(f"repo:{place}:branch:main", role)
        yield Desk(service, repository, url, root / "worker")


def _point(kind: Path, files: str) -> None:
    """Write into the kind of fetches where the files are, and which."""
    text = kind.read_text().replace("FILES", files).replace("size: 0", f"size: {len(HEADER)}")
    kind.write_text(text.replace("SHA256", hashlib.sha256(HEADER).hexdigest()))
