"""Writes a random project that uses what tasks can be named by: caches, digests, index, scopes.

Names are chosen to be mistaken for one another: for a level, for a pull request, for a branch.
Two projects of one trust domain are two branches of one, whose kinds differ.
"""

import json
from pathlib import Path
from random import Random

from relpro.project import Project

_NAMES = (
    "a",
    "b",
    "pr",
    "pr.a",
    "level-1",
    "level-3",
    "try",
    "branch",
    "v2",
    "cache",
    "app",
    "1",
    "3",
)
_LINUX = "{docker-image: 'debian:12', max-run-time: 60, command: make%s}"
_SHIP = "{action: direct-push-to-bucket, bucket: '{bucket}', release-properties: {app-name: app}}"
_MAC = "{command: [[make]], max-run-time: 60%s}"

#: What every random project says of itself.
_CONFIG = Path(__file__).with_suffix(".yml")


def write(root: Path, number: int) -> Project:
    """The project of a number, written into an empty folder."""
    rng = Random(f"borders {number}")
    (root / "kinds" / "build").mkdir(parents=True)
    (root / "kinds" / "config.yml").write_text(_CONFIG.read_text())
    for name in rng.sample(_NAMES, 4):
        lines = [f"description: Kind {name}.", "transforms: [relpro.stock.cached_tasks]", "tasks:"]
        for entry in rng.sample(_NAMES, rng.randrange(1, 4)):
            lines += [f"  '{entry}':", *(f"    {line}" for line in _entry(rng, name, entry))]
        # A dot of a kind's name would be read as the end of the file's.
        path = root / "kinds" / "build" / f"{name.replace('.', '-')}.yml"
        path.write_text("\n".join(lines))
    return Project(root)


def _entry(rng: Random, kind: str, name: str) -> list[str]:
    alias = rng.choice(("linux", "linux", "mac", "ship", "succeed"))
    said = ["description: A task", f"worker-type: {alias}", f"worker: {_worker(rng, alias)}"]
    if rng.random() < 0.6:
        made, job = rng.choice(("app", "pr", "v2")), f"{kind}-{name}-{rng.choice(_NAMES)}"
        said.append(f"index: {{product: {made}, job-name: '{job}', type: generic}}")
    if alias != "ship" and rng.random() < 0.6:
        sort, called = rng.choice(_NAMES), f"{name}-{kind}-{rng.choice(_NAMES)}"
        digest = rng.randrange(3)
        said.append(f"cache: {{type: '{sort}', name: '{called}', digest-data: ['{digest}']}}")
    return said


def _worker(rng: Random, alias: str) -> str:
    names = rng.sample([name for name in _NAMES if not name.startswith("pr")], rng.randrange(3))
    secrets = json.dumps([f"project/app/level-{{level}}/{name}" for name in names])
    if alias == "linux":
        caches = [{"name": name, "mount-point": f"/{name}"} for name in names]
        return _LINUX % f", caches: {json.dumps(caches)}, secrets: {secrets}"
    if alias == "mac":
        mounts = [{"cache-name": name, "directory": name} for name in names]
        return _MAC % f", mounts: {json.dumps(mounts)}, secrets: {secrets}"
    return _SHIP if alias == "ship" else "{}"
