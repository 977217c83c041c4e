"""A project of fetches, images and toolchains.

The same was written for taskgraph 24.5.1 once: its digests stand in `PEER`.
"""

from collections.abc import Mapping
from pathlib import Path

from relpro.graph.taskgraph import TaskGraph
from relpro.model.parameters import Parameters
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.stock.workers.making import VALUES

SUM = "ff0ba4c292013dbc27530b3a81e1f9a813cd39de01ca5e0f8bf355702efa593e"
REVISION = "94f3d6b1a3bd5b5a2e1bd1d8a4f0f1a3f7c0d001"

CONFIG = """\
trust-domain: widgets
cached-task-prefix: old
products: [widget]
workers:
  aliases:
    b-linux: {provisioner: p, worker-type: b, implementation: docker-worker, os: linux}
    b-mac: {provisioner: p, worker-type: m, implementation: generic-worker, os: macosx}
    b-win: {provisioner: p, worker-type: w, implementation: generic-worker, os: windows}
target-tasks-method: default
target-methods: {default: {phases: [build]}}
programs: {provided: {debian: [npm-pack]}}
"""

FETCH = f"""\
description: Sources.
transforms: [relpro.stock.fetch, relpro.stock.run, relpro.stock.cached_tasks]
task-defaults:
  description: Source
  worker-type: b-linux
  worker: {{docker-image: debian}}
tasks:
  zlib:
    fetch:
      type: static-url
      url: https://example.com/zlib-1.3.tar.gz
      sha256: {SUM}
      size: 1495873
      artifact-name: zlib.tar.zst
      strip-components: 1
      add-prefix: zlib/
    fetch-alias: [compression]
  helper:
    fetch:
      type: git
      repo: https://example.com/helper.git
      revision: {REVISION}
      include-dot-git: true
"""

TOOLCHAIN = """\
description: Tools.
kind-dependencies: [fetch, docker-image]
transforms:
  - relpro.stock.toolchain
  - relpro.stock.run
  - relpro.stock.fetches
  - relpro.stock.cached_tasks
task-defaults:
  description: Tool
  worker-type: b-linux
  worker: {max-run-time: 3600, docker-image: {in-tree: builder}}
tasks:
  patcher:
    run:
      using: toolchain-script
      script: taskcluster/scripts/toolchain/patcher.sh
      toolchain-artifact: public/build/patcher.tar.zst
      toolchain-env: {PATCHER: patcher/bin}
  packer:
    run:
      using: toolchain-script
      script: taskcluster/scripts/toolchain/packer.sh
      arguments: [--static, two words]
      resources: ['taskcluster/scripts/toolchain/patches/**']
      toolchain-artifact: public/build/packer.tar.zst
      toolchain-alias: [pack]
    fetches: {fetch: [compression, helper], toolchain: [patcher]}
"""

IMAGES = """\
description: Images.
transforms: [relpro.stock.docker_image, relpro.stock.cached_tasks]
tasks:
  builder:
    description: Builder
    image: {context: taskcluster/docker/builder}
    worker-type: b-linux
    worker: {docker-image: image_builder, max-run-time: 60}
"""

BUILD = """\
description: Builds.
kind-dependencies: [toolchain]
transforms: [relpro.stock.run, relpro.stock.fetches]
tasks:
  app:
    description: App
    worker-type: b-linux
    worker: {max-run-time: 60, docker-image: debian}
    run: {using: run-task, command: make}
    fetches: {toolchain: [pack, patcher]}
"""

SCRIPTS = "taskcluster/scripts/toolchain"

FILES = {
    "kinds/config.yml": CONFIG,
    "kinds/build/fetch.yml": FETCH,
    "kinds/build/toolchain.yml": TOOLCHAIN,
    "kinds/build/docker-image.yml": IMAGES,
    "kinds/build/build.yml": BUILD,
    "taskcluster/docker/builder/Dockerfile": "FROM debian:12\n",
    f"{SCRIPTS}/patcher.sh": "make patcher\n",
    f"{SCRIPTS}/packer.sh": "make packer\n",
    f"{SCRIPTS}/patches/one.patch": "one\n",
    f"{SCRIPTS}/patches/two.patch": "two\n",
}

#: Label -> digest that taskgraph 24.5.1 gives to the same tasks of the same tree.
PEER = {
    "fetch-zlib": "85d79471988e9b4a71ca988b83cfdf312eacec792b6be43df4bc8dce129b2dca",
    "fetch-helper": "b649e8d954ddade88f82649afaaea43ca9b9af7de76af6d410332d7c9f371c1b",
    "toolchain-patcher": "afe197da6354ee27d314ed486e43723edf426f2e6a4bcd20410456f8d1bc4b66",
    "toolchain-packer": "7a3bdf67ee86b16780ae2370c7ee8b6a895c0e9ed41eeb3e42a42c3775ad58a8",
}


def graph_of(
    root: Path, changes: Mapping[str, str] | None = None, edits: Mapping[str, str] | None = None
) -> TaskGraph:
    """The full graph of the project written below `root`: whole files changed, and texts edited."""
    files = {**FILES, **(changes or {})}
    for old, new in (edits or {}).items():
        (name,) = (name for name, text in files.items() if old in text)
        files[name] = files[name].replace(old, new)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name.endswith(".sh") else 0o644)
    return Pipeline(Project.find(root), Parameters(VALUES)).full
