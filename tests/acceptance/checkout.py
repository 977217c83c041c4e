"""Copies of this project, as the checkouts of a release: its kinds, with other inputs."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson
import yaml

ROOT = Path(__file__).resolve().parents[2]

#: Three locales on three platforms, and what is looked up for them.
SMALL = ROOT / "tests" / "graphs" / "firefox" / "parameters.yml"

#: What a project consists of.
_PARTS = ("kinds", "transforms")


@attrs.frozen
class Release:
    """What makes one release: inputs that stand in the tree, and answers to look-ups."""

    version: str
    changesets: Mapping[str, Any] = attrs.field(repr=False)
    history: Mapping[str, Any] = attrs.field(repr=False)
    partners: Mapping[str, Any] = attrs.field(repr=False, factory=dict)


def small_release(locales: int = 0) -> Release:
    """A release of a few locales, and of so many more that are made up."""
    values = yaml.safe_load(SMALL.read_bytes())
    like = values["l10n_changesets"]["de"]
    more = {f"x{number:02}": like for number in range(locales)}
    changesets = {**values["l10n_changesets"], **more}
    return Release(values["version"], changesets, values["release_history"])


def write_checkout(folder: Path, release: Release) -> Path:
    """A copy of this project whose tree is that of `release`; gives its root."""
    for part in _PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / ".taskcluster.yml", folder)
    data = folder / "kinds" / "data"
    (data / "version.txt").write_text(f"{release.version}\n")
    (data / "l10n-changesets.json").write_bytes(orjson.dumps(release.changesets))
    return folder


def write_answers(path: Path, release: Release) -> Path:
    """The recorded answers to what a promotion of `release` looks up; gives their file."""
    answers = {"release_history": release.history, "release_partner_config": release.partners}
    path.write_bytes(orjson.dumps(answers))
    return path


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Change a file of a checkout, which must say `old`."""
    path = root / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
