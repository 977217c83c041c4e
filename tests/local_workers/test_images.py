"""Images of the tree on this machine, and commands in them, by whatever answers as Docker does.

A program stands in for it that writes down what it is told: what is held against is the words that
Docker and Podman take. `test_podman.py` has the real one.
"""

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings, Worker
from tests.embedded.bodies import definition, new_id
from tests.run_task.conftest import git

Run = Callable[..., Any]

FILES = {
    "kinds/config.yml": """\
trust-domain: widgets
products: [widget]
workers:
  aliases:
    linux: {provisioner: p, worker-type: w, implementation: docker-worker, os: linux}
target-tasks-method: default
target-methods: {default: {phases: [build]}}
""",
    "kinds/build/docker-image.yml": """\
description: Images.
transforms: [relpro.stock.docker_image, relpro.stock.cached_tasks]
task-defaults: {worker-type: linux, worker: {docker-image: image_builder, max-run-time: 60}}
tasks:
  base: {description: Base, image: {}}
  builder: {description: Builder, image: {parent: base, args: {COMPILER: gcc}}}
  foreign: {description: Foreign, image: {digest: abc}}
""",
    "kinds/build/build.yml": """\
description: Builds.
kind-dependencies: [docker-image]
transforms: [relpro.stock.run]
tasks:
  widget:
    description: A widget
    worker-type: linux
    worker:
      max-run-time: 60
      docker-image: {in-tree: builder}
      artifacts: [{name: public/w.zip, path: /builds/worker/artifacts/w.zip}]
    run: {using: run-task, command: make all}
""",
    "w.txt": "a widget\n",
    "docker/base/Dockerfile": "FROM debian\n",
    "docker/builder/Dockerfile": "# %ARG COMPILER\nARG DOCKER_IMAGE_PARENT\n"
    "FROM $DOCKER_IMAGE_PARENT\nRUN get $COMPILER\n",
}

#: Writes down its words and input, and answers as Docker does; has the images of a file.
STAND_IN = """#!PYTHON
import json, pathlib, sys
here, words = pathlib.Path(sys.argv[0]).parent, sys.argv[1:]
reads = words[0] == "load" or words[0] == "build"
held = sys.stdin.buffer.read() if reads else b""
with open(here / "said", "a") as file:
    file.write(json.dumps([words, held.hex()]) + "\\n")
if words[:2] == ["image", "inspect"]:
    sys.exit(words[2] not in (here / "images").read_text().split())
if words[0] == "load":
    print("Loaded image: from-a-task:1")
if words[0] == "run":
    sys.exit(7)
if words[0] == "cp":
    pathlib.Path(words[2]).write_text("copied")
"""


@attrs.frozen
class Docker:
    """What stands in for Docker, and what it was told."""

    folder: Path

    @property
    def said(self) -> list[tuple[list[str], bytes]]:
        lines = (self.folder / "said").read_text().splitlines()
        pairs = [json.loads(line) for line in lines]
        return [(words, bytes.fromhex(held)) for words, held in pairs if words[0] != "info"]

    def has(self, *images: str) -> None:
        (self.folder / "images").write_text(" ".join(images))


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "docker").write_text(STAND_IN.replace("PYTHON", sys.executable))
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    made = Docker(folder)
    made.has()
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def at(project: Path, relpro: Run) -> Run:
    root = ["--root", str(project), "--phase", "build", "--param", "project=widget"]
    return lambda *words: relpro(*words, *root)


def dockerfile(packed: bytes) -> str:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        held = tar.extractfile("Dockerfile")
        assert held is not None
        return held.read().decode()


def test_an_image_is_built_of_its_context_after_its_parent(at: Run, docker: Docker) -> None:
    ran = at("image", "build", "builder")

    assert (ran.code, ran.out) == (0, "builder:latest\n"), ran.err
    (base, of_base), (builder, of_builder) = docker.said
    assert base == ["build", "--tag", "base:latest", "-"]
    assert dockerfile(of_base) == FILES["docker/base/Dockerfile"]
    assert builder == [
        *("build", "--tag", "builder:latest", "--build-arg", "COMPILER=gcc"),
        *("--build-arg", "DOCKER_IMAGE_PARENT=base:latest", "-"),
    ]
    assert "RUN get gcc\n" in dockerfile(of_builder)


def test_a_context_is_written_without_docker(
    at: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    file = tmp_path / "builder.tar.gz"
    assert at("image", "build", "builder", "--context-only", str(file)).code == 0
    assert "RUN get gcc\n" in dockerfile(file.read_bytes())


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("build", "foreign"), "is built from a folder of another tree"),
        (("build", "bilder"), "no image is called `bilder`"),
        (("load", "builder"), "no task is known that built image `builder`"),
    ],
)
def test_what_cannot_be_had_is_told(
    at: Run, docker: Docker, words: tuple[str, ...], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASKCLUSTER_ROOT_URL", raising=False)
    ran = at("image", *words)
    assert ran.code == 2
    assert f"error[O615]: {what}" in ran.err or what in ran.err


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as made:
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        yield made


def built(service: EmbeddedTaskcluster, *routes: str, content: bytes = b"layers") -> str:
    """A task that has built an image."""
    task_id, queue = new_id(), taskcluster.Queue(service.options())
    queue.createTask(task_id, definition(service, routes=list(routes)))
    worker = Worker(service.root_url, service.root_credentials, "prov/linux")
    (claim,) = worker.claim(1)
    packed = subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True)
    worker.upload(claim, "public/image.tar.zst", packed.stdout, "application/zstd")
    worker.resolve(claim, "completed")
    return task_id


def test_an_image_that_a_task_has_built_is_loaded(
    at: Run, docker: Docker, service: EmbeddedTaskcluster
) -> None:
    ran = at("image", "load", "builder", "--task-id", built(service))

    assert (ran.code, ran.out) == (0, "builder:latest\n"), ran.err
    assert docker.said == [
        (["load"], b"layers"),
        (["tag", "from-a-task:1", "builder:latest"], b""),
    ]


def test_the_index_has_the_image_of_the_tree_as_it_is(
    at: Run, docker: Docker, service: EmbeddedTaskcluster
) -> None:
    shown = at("show", "docker-image-builder", "--stage", "full").out
    (route,) = (
        line.strip(" -") for line in shown.splitlines() if "index." in line and ".hash." in line
    )
    built(service, route)
    assert at("image", "load", "builder", "--tag", "mine:1").out == "mine:1\n"
    assert docker.said[-1][0] == ["tag", "from-a-task:1", "mine:1"]


def test_a_task_runs_in_its_image_with_programs_and_repository_of_here(
    at: Run, docker: Docker, project: Path, tmp_path: Path
) -> None:
    docker.has("builder:latest")
    folder = tmp_path / "folder"

    ran = at("run", "build-widget", "--folder", str(folder))

    assert ran.code == 7, ran.err
    words = next(words for words, _ in docker.said if words[0] == "run")
    at_image = words.index("builder:latest")
    assert words[at_image + 1 :] == [
        "/usr/local/bin/run-task",
        "--vcs-checkout=/builds/worker/checkouts/vcs",
        "--task-cwd=/builds/worker/checkouts/vcs",
        *("--", "bash", "-cx", "make all"),
    ]
    options = words[:at_image]
    assert f"{folder}/run-task:/usr/local/bin/run-task:ro" in options
    assert f"{project}:/relpro/repository:ro" in options
    assert "VCS_HEAD_REPOSITORY=file:///relpro/repository" in options
    assert "/builds/worker/checkouts" in options
    assert f"public/w.zip: {folder}/artifacts/w.zip" in ran.err
    assert docker.said[-1][0][:2] == ["rm", "--force"]


def test_an_image_that_is_not_here_is_named(at: Run, docker: Docker) -> None:
    ran = at("run", "build-widget")
    assert ran.code == 2
    assert "error[O615]: image `builder` is not on this machine" in ran.err
