"""Takes a script of the tree, gives the task that builds a tool for other tasks.

```yaml
# kinds/build/toolchain.yml
kind-dependencies: [docker-image, fetch]
transforms:
  - relpro.stock.toolchain
  - relpro.stock.run
  - relpro.stock.fetches
  - relpro.stock.cached_tasks
tasks:
  linux64-packer:
    run:
      using: toolchain-script
      script: build/toolchains/packer.sh    # from the top of the tree
      arguments: [--static]
      resources: [build/toolchains/patches] # further inputs, besides the script
      toolchain-artifact: public/build/packer.tar.zst
      toolchain-alias: [packer]             # further names; each for one task only
      toolchain-env: {PACKER: packer/bin}   # variables of every task that fetches it
      rebuild-with-image: true
    fetches: {fetch: [zlib]}
    worker: {docker-image: {in-tree: builder}, max-run-time: 3600}
```

`run` also holds `checkout`, `cwd`, `env`, `exec-with`, `folders`, `run-as-root`, `scopes`,
`sparse-profile`, `use-caches` and `workdir` as for `relpro.stock.run`. The script runs at the top
of a checkout, unless `cwd` is set. It must put the artifact into the folder `UPLOAD_DIR`; the file
name is the last part of `TOOLCHAIN_ARTIFACT`. `MOZ_BUILD_DATE` is the build id.

The digest of a toolchain covers the content of `script` and `resources`, its artifact and
arguments, and the digests of its fetches: the toolchain is built again only if one of them changes.
Of an in-tree image only the name is included, since few changes of an image affect what it builds;
with `rebuild-with-image`, its digest is. A toolchain whose script is in another tree needs a
`digest`, which the project computes, and which replaces the content of `script` and `resources`;
these files are not read. Default: `chain-of-trust: true`. Attributes: `toolchain-artifact`,
`toolchain-alias`, `toolchain-env`, with the name of the kind as prefix. Source: taskgraph, kinds of
toolchains.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from posixpath import basename, join, relpath
from shlex import quote
from typing import Any

from voluptuous import Optional, Required, Schema

from relpro.load.tree import EXECUTABLE, LINK, TreeFile
from relpro.model.task import TaskDescription
from relpro.stock.aliases import ALIASES, distinct_aliases
from relpro.stock.order import followed_by
from relpro.stock.run_checkout import WORKDIR, Machine, checkouts_of
from relpro.stock.run_handlers import SCHEMA
from relpro.stock.run_settings import run_task_settings
from relpro.stock.taken import taken
from relpro.stock.workers.diagnose import demand_values
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.transform.step import each, whole
from relpro.values import flag, text
from relpro.values.names import some_text

#: The cache type of toolchains. Source: taskgraph, kinds of toolchains.
CACHE_TYPE = "toolchains.v3"

USING = "toolchain-script"

_OWN = {
    Required("script"): some_text,
    Required("toolchain-artifact"): some_text,
    Optional("arguments"): [text],
    Optional("digest"): some_text,
    Optional("resources"): [text],
    Optional("toolchain-alias"): ALIASES,
    Optional("toolchain-env"): {str: text},
    Optional("rebuild-with-image"): flag,
}

#: Keys of `relpro.stock.run` that a toolchain cannot set, since it runs the script.
_FIXED = "command"

_SCHEMA = Schema({**_OWN, **{key: value for key, value in SCHEMA.items() if str(key) != _FIXED}})


def toolchain(ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description with a section `run` for run-task, and the section `cache`."""
    alias = ctx.config.workers.get(description.worker_type)
    if not _is_toolchain(description) or alias is None:
        return description  # an unknown alias is reported when the task is defined
    demand_values(ctx, description)
    section = description.sections["run"]
    own = {key: value for key, value in section.items() if key != "using"}
    said = taken(ctx, _SCHEMA, own, ("run",), f"what `{USING}` takes")
    digest = said.get("digest") or _digest(ctx, said, windows=alias.os == "windows")
    docker = alias.implementation == "docker-worker"
    workdir = said.get("workdir", WORKDIR) if docker else ""
    machine = Machine(docker, alias.os == "windows", workdir, run_task_settings(ctx).folder)
    folder = join(workdir, "artifacts")
    passed = {key: value for key, value in said.items() if key not in map(str, _OWN)}
    if said["script"].endswith(".ps1"):
        passed["exec-with"] = "powershell"
    command = _command(_top(ctx, said, machine), said, machine)
    kind = description.kind
    attributes = {
        f"{kind}_{what}": said[key]
        for what in ("artifact", "alias", "env")
        if (key := f"toolchain-{what}") in said
    }
    return (
        description.with_worker(**_worker(ctx, description.worker, said, folder))
        .with_attributes(**attributes)
        .replace(
            sections={
                **description.sections,
                "run": {"using": "run-task", **passed, "command": command},
                "cache": _cache(description, said, digest),
            }
        )
    )


def _is_toolchain(description: TaskDescription) -> bool:
    using: Any = description.sections.get("run", {}).get("using")
    return bool(using == USING)


def _top(ctx: Context, said: Mapping[str, object], machine: Machine) -> str:
    """The folder of the checkout that contains the script: the project's own repository."""
    own = ctx.config.repositories[0]
    for one in checkouts_of(ctx, said.get("checkout", True), machine):
        if one.repository is own:
            return join("/", one.path)
    what = "the script lies in a checkout, and there is none"
    remedy = f"leave `checkout` out, or name `{own.prefix}` in it"
    raise Refusal(what, remedy, ("run", "checkout"))


def _digest(ctx: Context, said: Mapping[str, Any], *, windows: bool) -> str:
    """The digest of the files from which a toolchain is built."""
    script = _script(ctx, said["script"], windows=windows)
    patterns = [*said.get("resources", ()), script.path]
    return _digest_of(
        ctx.tree_files(patterns, ("run", "resources") if "resources" in said else ("run",))
    )


def _script(ctx: Context, path: str, *, windows: bool) -> TreeFile:
    place = ("run", "script")
    found = ctx.tree_files([path], place)
    if len(found) != 1 or found[0].mode == LINK:
        raise Refusal(f"`{path}` is not one file of the tree", "name the script itself", place)
    if not windows and found[0].mode != EXECUTABLE:
        what = f"`{path}` cannot be run: it has no right to be executed"
        raise Refusal(what, f"run `chmod +x {quote(path)}`", place)
    return found[0]


def _command(top: str, said: Mapping[str, Any], machine: Machine) -> str:
    """The line that runs the script, relative to the folder in which it runs."""
    path, cwd = join(top, said["script"]), said.get("cwd", "")
    if cwd is None and machine.docker:  # the working directory of the image, whatever it is
        return _line(path, said)
    near = relpath(path, "/" if cwd is None else join(top, cwd))
    return _line(near if near.startswith("../") else f"./{near}", said)


def _line(program: str, said: Mapping[str, Any]) -> str:
    return " ".join(map(quote, (program, *said.get("arguments", ()))))


def _worker(
    ctx: Context, worker: Mapping[str, Any], said: Mapping[str, Any], folder: str
) -> Mapping[str, Any]:
    """The keys of the worker that change."""
    name = said["toolchain-artifact"]
    artifacts = list(worker.get("artifacts", ()))
    if not any(_covers(one, name) for one in artifacts):
        artifacts.append({"name": name, "path": join(folder, basename(name)), "type": "file"})
    env = {
        "MOZ_BUILD_DATE": ctx.parameters["moz_build_date"],
        "TOOLCHAIN_ARTIFACT": name,
        "UPLOAD_DIR": folder,
    }
    return {
        "chain_of_trust": worker.get("chain-of-trust", True),
        "artifacts": artifacts,
        "env": {**env, **worker.get("env", {})},
    }


def _covers(artifact: Mapping[str, Any], name: str) -> bool:
    """Whether an artifact is the one with this name, or a directory that contains it."""
    own: str = artifact["name"]
    return own == name or (artifact.get("type") == "directory" and name.startswith(f"{own}/"))


def _cache(description: TaskDescription, said: Mapping[str, Any], digest: str) -> Mapping[str, Any]:
    data = [digest, said["toolchain-artifact"], *_image(description)]
    return {
        "type": CACHE_TYPE,
        "name": description.name,
        "digest-data": [*data, *said.get("arguments", ())],
        "without": [] if said.get("rebuild-with-image") else ["image"],
    }


def _image(description: TaskDescription) -> Iterator[str]:
    image = description.worker.get("docker-image")
    if isinstance(image, Mapping) and "in-tree" in image:
        yield image["in-tree"]


def _digest_of(files: Sequence[TreeFile]) -> str:
    """SHA-256, in hex, of content and path of files. Source: taskgraph, hashes of paths."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{hashlib.sha256(file.content).hexdigest()} {file.path}\n".encode())
    return digest.hexdigest()


_FIRST, *_THEN = (
    "relpro.stock.toolchain",
    "relpro.stock.run",
    "relpro.stock.fetches",
    "relpro.stock.cached_tasks",
)

transforms = (
    whole(followed_by(_is_toolchain, _FIRST, *_THEN)),
    each(toolchain),
    whole(distinct_aliases),
)
