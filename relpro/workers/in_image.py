"""Takes a task that runs in an image, gives the container for it on this machine."""

from collections.abc import Mapping
from pathlib import Path

from relpro.model.label import label_of
from relpro.model.task import Task
from relpro.stock.workers.docker_worker import IMAGES
from relpro.submit.access import is_on_loopback
from relpro.workers.containers import Container, Engine, no_image, own_name

#: The path of the local repository in a container.
SHARED = "/relpro/repository"

#: The configuration of git in a container, and its path there: git may read a repository of another
#: owner. It is a file, since git does not pass on variables with settings to what it starts there.
GIT_CONFIG = "/relpro/gitconfig"
GIT_SETTINGS = "[include]\n\tpath = /etc/gitconfig\n[safe]\n\tdirectory = *\n"


def container_of(
    task: Task, env: Mapping[str, str], shared: Mapping[Path, str], engine: Engine
) -> Container:
    """The container of a task, with its environment and mounted files.

    Raises `RelproError` (O615) if its image is not on this machine.
    """
    said = task.definition["payload"].get("cache", {})
    caches: Mapping[str, str] = said.get("task-reference", said)
    return Container(
        engine,
        own_name(),
        _image(task, engine),
        {**env, "GIT_CONFIG_SYSTEM": GIT_CONFIG},
        shared,
        tuple(caches.values()),
        is_on_loopback(env.get("TASKCLUSTER_ROOT_URL", "")),
    )


def _image(task: Task, engine: Engine) -> str:
    """The name of a task's image on this machine."""
    said = task.definition["payload"]["image"]
    if isinstance(said, str):
        return said
    if said["type"] != "task-image":
        what = f"`{task.label}` runs in an image that only the index knows"
        raise no_image(what, "run it beside its image: `--without-container`")
    name = task.dependencies["docker-image"].removeprefix(label_of(IMAGES, ""))
    if not engine.has(tag := f"{name}:latest"):
        what = f"image `{name}` is not on this machine"
        raise no_image(what, f"`relpro image load {name}`, or `relpro image build {name}`")
    return tag
