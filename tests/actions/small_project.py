"""A project of five tasks, with a release of it, for tests that need graphs and not their size."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import prepare
from relpro.project import Project

CONFIG = """\
trust-domain: gecko
products: [PRODUCT, other]
release-branches: [main, mozilla-central, mozilla-release]
level: '3'
release-type: release
workers:
  aliases:
    succeed: {provisioner: built-in, worker-type: succeed, implementation: succeed, os: linux}
treeherder: {group-names: {}}
target-tasks-method: default
target-methods:
  default: {phases: [build]}
  promote_desktop: {phases: [promote], match-product: true}
  push_desktop: {phases: [promote, push], match-product: true}
  ship_desktop: {phases: [promote, push, ship], match-product: true}
parameters:
  pass-through: [backstop, phabricator_diff, test_manifest_loader, try_mode, try_options,
    try_task_config]
  inputs: {version: {default: '1.0'}, locales: {default: {de: {}, fr: {}}}}
release-promotion:
  rebuild-kinds: [REBUILD]
  flavors:
    promote_PRODUCT: &promote
      phase: promote
      product: PRODUCT
      target-tasks-method: promote_desktop
      partial-updates: true
    promote_PRODUCT_rc: {<<: *promote, is-rc: true}
    promote_PRODUCT_partner_repack:
      phase: promote
      product: PRODUCT
      target-tasks-method: promote_desktop
      rebuild-kinds: [publish]
      parameters:
        release_enable_partner_repack: true
        release_enable_partner_attribution: false
        release_enable_emefree: false
    promote_other: {<<: *promote, product: other}
    push_PRODUCT: {<<: *promote, phase: push, target-tasks-method: push_desktop}
    ship_PRODUCT: {<<: *promote, phase: ship, target-tasks-method: ship_desktop, version-bump: true}
    ship_PRODUCT_rc: {<<: *promote, is-rc: true, phase: ship}
policy: {push-to-ship: 20 days}
look-ups:
  partner-urls:
    release-partner-repack:
      by-release-level: {production: 'https://partners.example.com', default: null}
    release-eme-free-repack: 'https://eme-free.example.com/{release-product}'
"""

KINDS = {
    "build/build.yml": """\
description: Compile.
tasks:
  linux64:
    description: Compile for Linux
    worker-type: succeed
    shipping-product: PRODUCT
  win64:
    description: Compile for Windows
    worker-type: succeed
    shipping-product: PRODUCT
""",
    "promote/publish.yml": """\
description: Publish.
kind-dependencies: [build]
transforms: [relpro.stock.from_deps]
tasks:
  publish:
    from-deps: {}
    description: Publish
    worker-type: succeed
""",
    "push/release.yml": """\
description: Release.
kind-dependencies: [publish]
tasks:
  release:
    name: app
    description: Release
    worker-type: succeed
    shipping-product: PRODUCT
    dependencies: {publish: publish-linux64}
""",
    "ship/announce.yml": """\
description: Announce.
kind-dependencies: [release]
tasks:
  announce:
    name: app
    description: Announce
    worker-type: succeed
    shipping-product: PRODUCT
    dependencies: {release: release-app}
""",
}

TEMPLATE = Path(__file__).parents[2] / ".taskcluster.yml"

DECISION = "DecisionQTaskOfAppAAAA"
PROMOTION = "PromotioQnCOfAppAAAAAA"

PARAMETERS: Mapping[str, Any] = {
    "head_repository": "https://github.com/example/app",
    "base_repository": "https://github.com/example/app",
    "head_rev": "a" * 40,
    "base_rev": "b" * 40,
    "head_ref": "refs/heads/main",
    "owner": "release@example.com",
    "project": "main",
    "level": "3",
    "tasks_for": "github-push",
    "pushdate": 1600000000,
    "build_date": 1600000000,
    "moz_build_date": "20200913122640",
    "version": "1.0",
}

PARTIALS = {"0.9": {"buildNumber": 1, "locales": ["de"]}}


def write_project(root: Path, product: str = "app", rebuild: str = "") -> Project:
    """Write the project below `root`; `rebuild` are its global kinds to rebuild."""
    files = {"config.yml": CONFIG.replace("REBUILD", rebuild), **KINDS}
    for name, content in files.items():
        path = root / "kinds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.replace("PRODUCT", product))
    (root / ".taskcluster.yml").write_bytes(TEMPLATE.read_bytes())
    return Project(root)


def push_of(of: Project, **changes: Any) -> Pipeline:
    """The pipeline of a push to the project."""
    made = Pipeline.of(of, {**PARAMETERS, **changes})
    return Pipeline(of, made.given, Goal(), DECISION)


def record(pipeline: Pipeline, folder: Path) -> None:
    """Write the artifacts of the task that carries out a pipeline, for an offline desk."""
    prepare(pipeline, folder / pipeline.creator / "public", None)


def write_json(path: Path, content: Any) -> Path:
    """Write a JSON file; gives its path."""
    path.write_bytes(orjson.dumps(content))
    return path
