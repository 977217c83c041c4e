"""Takes a task of a kind for cached tasks, applies taskgraph's transforms."""

from collections.abc import Mapping
from typing import Any, Final

from relpro.moving.merged import alternatives, as_mapping, merge
from relpro.moving.setting import Setting
from relpro.moving.texts import variable_named
from relpro.stock.workers.docker_worker import IMAGES

Data = dict[str, Any]

#: The image that builds images. Source: taskgraph 24.5, transforms of docker images.
_BUILDER: Final = (
    "mozillareleases/image_builder:6.2.0"
    "@sha256:f7df722770d6caadea79b2de458e072d8b3d93e59675b34dffb32c3e7e30f5b9"
)
_IMAGE: Final = frozenset(
    {"name", "parent", "symbol", "args", "definition", "packages", "index", "cache"}
)

_FETCH: Final = frozenset(
    {"fetch", "description", "expires-after", "docker-image", "fetch-alias", "artifact-prefix"}
)


def cached_tasks(data: Data, _setting: Setting) -> Data:
    """The section of a cache: taskgraph's digests leave out the image in which a task runs."""
    said = data.get("cache")
    image = as_mapping(data.get("worker")).get("docker-image")
    if not isinstance(said, Mapping) or not any(
        "in-tree" in as_mapping(i) for i in alternatives(image)
    ):
        return data
    return {**data, "cache": {**said, "without": ["image"]}}


def docker_image(data: Data, setting: Setting) -> Data:
    """The task that builds an image, as in taskgraph."""
    name = setting.task.name
    if setting.kind != IMAGES:
        why = f"relpro builds images in kind `{IMAGES}` alone: move it there"
        setting.hand((), f"an image of kind `{setting.kind}`", why)
    context = f"{setting.repository.folder}/docker/{data.get('definition') or name}"
    image: Data = {"context": context}
    if data.get("parent"):
        image["parent"] = data["parent"]
    if args := data.get("args"):
        image["args"] = {key: str(value) for key, value in args.items()}
    if data.get("packages"):
        setting.hand(("packages",), "the image waits for packages", "name them as `dependencies`")
    if data.get("cache") is False:
        setting.hand(("cache",), "the image is not cached", "images of relpro are: it is found")
    expires = setting.config.get("task-expires-after", "28 days")
    made: Data = {
        "image": image,
        "description": f"Build the docker image {name} for use by dependent tasks",
        "attributes": {"artifact_prefix": "public"},
        "always-target": True,
        "expires-after": {"by-level": {"1": expires, "default": "1 year"}},
        "run-on-projects": [],
        "worker-type": "images",
        "worker": {
            "docker-image": _BUILDER,
            "max-run-time": 7200,
            "env": {
                "PROJECT": variable_named("project"),
                "DOCKER_IMAGE_ZSTD_LEVEL": {"by-level": {"1": "3", "default": "10"}},
                "VCS_BASE_REPOSITORY": variable_named("base-repository"),
                "VCS_HEAD_REPOSITORY": variable_named("head-repository"),
                "VCS_HEAD_REV": variable_named("head-rev"),
                "VCS_REPOSITORY_TYPE": variable_named("repository-type"),
            },
        },
    }
    if symbol := data.get("symbol"):
        platform = "taskcluster-images/opt"
        made["treeherder"] = {"symbol": symbol, "platform": platform, "kind": "other", "tier": 1}
    if data.get("index"):
        made["index"] = data["index"]
    return {**made, **{key: value for key, value in data.items() if key not in _IMAGE}}


def fetch(data: Data, setting: Setting) -> Data:
    """The task that fetches, as in taskgraph."""
    said = data.get("fetch")
    if not isinstance(said, Mapping):
        return data
    section = dict(said)
    if setting.adds("type of fetch", said.get("type")):
        section["type"] = setting.naming.extension("fetch", said["type"])
    if isinstance(signature := section.get("gpg-signature"), Mapping):
        url = str(signature.get("sig-url", "")).replace("{url}", str(section.get("url", "")))
        section["gpg-signature"] = {**signature, "sig-url": url}
    made: Data = {
        "fetch": section,
        "description": data.get("description"),
        "run-on-projects": [],
        "worker-type": "images",
        "worker": {
            "docker-image": data.get("docker-image", {"in-tree": "fetch"}),
            "env": {"UPLOAD_DIR": "/builds/worker/artifacts"},
            "retry-exit-status": [72],
            "purge-caches-exit-status": [72],
        },
    }
    if alias := data.get("fetch-alias"):
        made["fetch-alias"] = alias if isinstance(alias, list) else [alias]
    if prefix := data.get("artifact-prefix"):
        made["attributes"] = {"artifact_prefix": prefix}
    if "expires-after" in data:
        made["expires-after"] = data["expires-after"]
    if "treeherder" in setting.config:
        symbol = f"Fetch({setting.task.name})"
        made["treeherder"] = {"symbol": symbol, "kind": "build", "platform": "fetch/opt", "tier": 1}
    return merge(made, {key: value for key, value in data.items() if key not in _FETCH})
