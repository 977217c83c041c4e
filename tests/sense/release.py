"""A small release as data: kinds that can be edited before they are written as YAML."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from relpro.project import Project

Kinds = dict[str, Any]

_SCRIPTS = ("beetmover", "balrog", "bouncer", "shipit")

CONFIG: Mapping[str, Any] = {
    "trust-domain": "widgets",
    "products": ["widget", "gadget"],
    "release-branches": ["main"],
    "workers": {
        "aliases": {
            "succeed": {
                "provisioner": "built-in",
                "worker-type": "succeed",
                "implementation": "succeed",
                "os": "linux",
            },
            **{
                script: {
                    "provisioner": "widgets",
                    "worker-type": script,
                    "implementation": f"scriptworker-{script}",
                    "os": "scriptworker",
                }
                for script in _SCRIPTS
            },
        }
    },
    "target-tasks-method": "default",
    "target-methods": {"default": {"phases": ["build"]}},
    "attributes": {"platform": "The platform.", "locale": "The locale."},
    "policy": {
        "rewriting-kinds": {"again": {"blob": ["release/Widget-*"]}},
        "downloads-without-files": ["*.part"],
        "owned-folders": {"release": ["pub/widget/"]},
        "families": {
            "folder": "pub/widget/candidates/1.0-candidates/build1/",
            "released-by": ["installer"],
            "platforms": {"linux": "L", "win": "W"},
            "files": {
                "installer": [":platform/:locale/*.tar.xz"],
                "update": ["update/:platform/:locale/*.complete.mar"],
                "checksums": ["sums/:platform/:locale.sums"],
            },
            "absent": {"checksums": ["win/fr"]},
        },
    },
}

FOLDER = "pub/widget/candidates/1.0-candidates/build1"
_KINDS = Path(__file__).parent / "kinds.yml"


def kinds() -> dict[str, Kinds]:
    """Name of each kind -> its phase, and its tasks by name. Read anew, to be edited."""
    found: dict[str, Kinds] = yaml.safe_load(_KINDS.read_text(encoding="utf-8"))
    return found


def write(made: Mapping[str, Kinds], root: Path) -> Project:
    """Write the project anew."""
    for path in (root / "kinds").rglob("*.yml"):
        path.unlink()
    for name, kind in made.items():
        needs = _kinds_before(name, made)
        content = {
            "description": "A kind of the test.",
            "kind-dependencies": needs,
            "transforms": ["relpro.stock.matrix"],
            "tasks": kind["tasks"],
        }
        path = root / "kinds" / kind["phase"] / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, sort_keys=False))
    (root / "kinds" / "config.yml").write_text(yaml.safe_dump(dict(CONFIG), sort_keys=False))
    return Project(root)


def _kinds_before(name: str, made: Mapping[str, Kinds]) -> list[str]:
    """The kinds whose tasks those of a kind name."""
    labels = [
        label for task in made[name]["tasks"].values() for label in task["dependencies"].values()
    ]
    heads = {label.partition("-")[0] for label in labels}
    return [other for other in made if other in heads]
