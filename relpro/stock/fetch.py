"""Takes the URL and checksum of a file, gives the task that downloads it for other tasks.

```yaml
# kinds/build/fetch.yml
transforms: [relpro.stock.fetch, relpro.stock.run, relpro.stock.cached_tasks]
tasks:
  zlib:
    fetch:
      type: static-url
      url: https://example.com/zlib-1.3.tar.gz
      sha256: ff0ba4c292013dbc27530b3a81e1f9a813cd39de01ca5e0f8bf355702efa593e
      size: 1495873
      artifact-name: zlib.tar.zst         # default: end of the URL; repacks archives
      strip-components: 1                 # leading folders to remove from the names of members
      add-prefix: zlib/                   # a prefix for those names
      headers: {Accept: text/plain}
      gpg-signature:                      # a detached signature, and who must have made it
        sig-url: https://example.com/zlib-1.3.tar.gz.asc
        key-path: build/keys/zlib.key
    fetch-alias: [compression]
    worker: {docker-image: {in-tree: fetch}}
  helper:
    fetch:
      type: git
      repo: https://example.com/helper
      revision: 94f3d6b1a3bd5b5a2e1bd1d8a4f0f1a3f7c0d001
      path-prefix: helper                 # of the names in the archive; default: the repository's
      artifact-name: helper.tar.zst       # default: path-prefix and .tar.zst
      include-dot-git: false
      ssh-key: project/widget/deploy-key  # a secret, for a repository that is not public
    worker: {docker-image: {in-tree: fetch}}
```

The worker runs fetch-content: docker-worker runs the one in its image, generic-worker the one that
the decision task publishes. The artifact is below `artifact-prefix` (an attribute; default
`public`), and kinds that depend on this one fetch it by name or alias: `fetches: {fetch: [zlib]}`.
A fetch with the checksum (or revision) and name of an earlier one is not run again: at level 3,
fetches expire after 1000 years. `type` may also name a module of the project with a `SCHEMA` of the
section and a function `fetch(section, folder)`. It returns the `command` that puts a file into the
folder, its `artifact-name`, `digest-data`, and optionally `env` and `secrets`.

Other defaults: `max-run-time: 900`, `chain-of-trust: true`. Attributes: `fetch-artifact`,
`fetch-alias`, with the name of the kind as prefix. Source: taskgraph, kinds of fetches.
"""

from collections.abc import Mapping
from posixpath import join
from typing import Any

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.stock.aliases import ALIASES, distinct_aliases
from relpro.stock.content import Content, content_of
from relpro.stock.order import followed_by
from relpro.stock.run_checkout import WORKDIR
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each, whole
from relpro.values import text

FETCH = Section("fetch", {Required("type"): text, str: object})
ALIAS = Section("fetch-alias", ALIASES)

#: The cache type of fetches. Source: taskgraph, kinds of fetches.
CACHE_TYPE = "content.v1"

#: The content of a fetch never changes: it is kept as long as anything that was made with it.
FOR_EVER = "1000 years"

#: The folder for files in docker-worker, and the folder of a task in generic-worker.
_FOLDERS = {"docker-worker": f"{WORKDIR}/artifacts", "generic-worker": "artifacts"}


def fetch(ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description with the sections `run` and `cache` for the download."""
    section = description.sections.get("fetch")
    alias = ctx.config.workers.get(description.worker_type)
    if section is None or alias is None:  # an unknown alias is reported when the task is defined
        return description
    if alias.implementation not in _FOLDERS or alias.os == "windows":
        what = f"workers of `{description.worker_type}` have no fetch-content to run"
        remedy = "choose docker-worker, or generic-worker on Linux or macOS"
        raise Refusal(what, remedy, ("worker-type",))
    folder = _FOLDERS[alias.implementation]
    content = content_of(ctx, section, folder)
    path = join(folder, content.artifact)
    prefix = description.attributes.get("artifact_prefix", "public")
    artifact = {"name": join(prefix, content.artifact), "path": path, "type": "file"}
    program, mounts = _program(alias.implementation)
    command = list(content.command) or [*program, *content.words, path, *content.behind]
    kind = description.kind
    found_by = {f"{kind}_artifact": artifact["name"]}
    if other_names := description.sections.get("fetch-alias"):
        found_by[f"{kind}_alias"] = other_names
    expires = FOR_EVER if ctx.parameters.level == "3" else None
    return (
        description.with_worker(**_worker(description.worker, content, artifact, mounts))
        .with_attributes(**found_by)
        .replace(
            expires_after=description.expires_after or expires,
            sections={
                **description.sections,
                "run": {"using": "run-task", "checkout": False, "command": command},
                "cache": _cache(description.name, content),
            },
        )
    )


def _program(implementation: str) -> tuple[list[str], list[Mapping[str, object]]]:
    """The words that start fetch-content, and the mounts that they need."""
    if implementation == "docker-worker":
        return ["fetch-content"], []
    published = {"task": "decision", "artifact": "public/fetch-content"}
    return ["python3", "fetch-content"], [{"content": published, "file": "fetch-content"}]


def _worker(
    said: Mapping[str, Any],
    content: Content,
    artifact: Mapping[str, str],
    mounts: list[Mapping[str, Any]],
) -> Mapping[str, Any]:
    """The keys of the worker that change."""
    keys: dict[str, Any] = {
        "chain_of_trust": said.get("chain-of-trust", True),
        "max_run_time": said.get("max-run-time", 900),
        "artifacts": [*said.get("artifacts", ()), artifact],
        "env": {**content.env, **said.get("env", {})},
    }
    if mounts:
        keys["mounts"] = [*said.get("mounts", ()), *mounts]
    if content.secrets:
        keys["secrets"] = [*said.get("secrets", ()), *content.secrets]
    return keys


def _cache(name: str, content: Content) -> Mapping[str, Any]:
    """Checksum or revision define the fetched content completely; the image has no influence."""
    return {
        "type": CACHE_TYPE,
        "name": name,
        "digest-data": list(content.digest_data),
        "without": ["image", "chain-of-trust"],
    }


_FIRST, *_THEN = ("relpro.stock.fetch", "relpro.stock.run", "relpro.stock.cached_tasks")

transforms = (
    whole(followed_by(lambda task: "fetch" in task.sections, _FIRST, *_THEN)),
    each(fetch, FETCH, ALIAS),
    whole(distinct_aliases),
)
