"""What the tasks of a group read from the task that created them."""

import hashlib
import io
import shutil
import tarfile
from pathlib import Path

import orjson
import pytest
import yaml

from relpro.pipeline import Pipeline
from relpro.plan.carry_out import prepare
from relpro.project import Project
from relpro.run_task import PROGRAMS
from tests.errors.cases import BASE

IMAGES = """
description: Images.
transforms: [relpro.stock.docker_image, relpro.stock.cached_tasks]
tasks:
  builder:
    image: {context: images/builder, args: {VERSION: '12'}}
    description: Build the image of builds
    worker-type: b-linux
    worker: {docker-image: widgets/image-builder, max-run-time: 60}
"""

USERS = """
description: Lint.
kind-dependencies: [docker-image]
tasks:
  lint:
    description: Lint
    worker-type: b-linux
    worker: {docker-image: {in-tree: builder}, max-run-time: 60, volumes: [/own]}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(BASE, folder)
    (folder / "images/builder").mkdir(parents=True)
    (folder / "images/builder/Dockerfile").write_text(
        "# %ARG VERSION\nFROM x:$VERSION\nVOLUME /v\n"
    )
    (folder / "kinds/build/docker-image.yml").write_text(IMAGES)
    (folder / "kinds/build/lint.yml").write_text(USERS)
    return folder


def published(root: Path, folder: Path) -> Path:
    project = Project(root)
    values = yaml.safe_load((root / "parameters.yml").read_text())
    pipeline = Pipeline.of(project, values)
    prepare(pipeline, folder, None)
    return folder


def test_programs_and_contexts_are_published(root: Path, tmp_path: Path) -> None:
    folder = published(root, tmp_path / "public")

    for name, program in PROGRAMS.items():
        assert (folder / name).read_bytes() == program.read_bytes()
    packed = (folder / "docker-contexts/builder.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert tar.getnames() == ["Dockerfile"]
        file = tar.extractfile("Dockerfile")
        assert file is not None
        assert file.read() == b"FROM x:12\nVOLUME /v\n"


def test_the_same_tree_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    every = set()
    for name in ("one", "two"):
        path = published(root, tmp_path / name) / "docker-contexts/builder.tar.gz"
        every.add(hashlib.sha256(path.read_bytes()).hexdigest())
        (root / "images/builder/Dockerfile").touch()

    assert len(every) == 1


def test_a_plan_names_the_files_of_images(root: Path, tmp_path: Path) -> None:
    plan = orjson.loads((published(root, tmp_path / "public") / "plan.json").read_bytes())

    assert "images/builder/Dockerfile" in plan["inputs"]["tree"]


def test_users_of_an_image_know_its_volumes_and_their_own(root: Path, tmp_path: Path) -> None:
    graph = orjson.loads(
        (published(root, tmp_path / "public") / "full-task-graph.json").read_bytes()
    )

    env = graph["lint-lint"]["task"]["payload"]["env"]
    assert env["TASKCLUSTER_VOLUMES"] == "/own;/v"
    assert "env" in graph["docker-image-builder"]["task"]["payload"]


@pytest.mark.parametrize("text", ["VOLUME /v", "FROM x"])
def test_without_a_dependency_on_the_kind_the_folder_of_that_name_is_looked_at(
    root: Path, tmp_path: Path, text: str
) -> None:
    (root / "docker/builder").mkdir(parents=True)
    (root / "docker/builder/Dockerfile").write_text(text)
    users = USERS.replace("kind-dependencies: [docker-image]\n", "").replace(
        ", volumes: [/own]", ""
    )
    (root / "kinds/build/lint.yml").write_text(users)

    graph = orjson.loads(
        (published(root, tmp_path / "public") / "full-task-graph.json").read_bytes()
    )

    env = graph["lint-lint"]["task"]["payload"]["env"]
    assert env.get("TASKCLUSTER_VOLUMES") == ("/v" if text.startswith("VOLUME") else None)
