"""Trees of this project's kinds with one value of one file changed, and what becomes of each.

Whatever somebody writes into kinds, data or configuration ends in a graph or in located errors.
"""

import random
import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from relpro.errors import RelproError
from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.project import Project

ROOT = Path(__file__).parents[2]

#: One locale on two platforms: enough for every kind to make something.
_PLATFORMS = ["linux64", "macosx64", "win32", "win64"]
_FROM = {"buildid": "20250601", "mar_url": "https://archive.mozilla.org/pub/x.mar"}
_PARTIAL = {**_FROM, "previousVersion": "140.0.3", "previousBuildNumber": 1, "product": "Firefox"}
PARAMETERS: dict[str, Any] = {
    "project": "mozilla-release",
    "level": "3",
    "version": "140.0.4",
    "app_version": "140.0.4",
    "next_version": "140.0.5",
    "head_repository": "https://hg.mozilla.org/releases/mozilla-release",
    "head_rev": "3c1f7a2b9d4e5f60718293a4b5c6d7e8f9012345",
    "repository_type": "hg",
    "build_date": 1752580800,
    "moz_build_date": "20250715120000",
    "owner": "release@example.com",
    "l10n_changesets": {"de": {"platforms": _PLATFORMS, "revision": "default"}},
    "release_history": {
        name: {locale: {"target-140.0.3.partial.mar": _PARTIAL} for locale in ("de", "en-US")}
        for name in ("Linux_x86_64-gcc3", "WINNT_x86_64-msvc")
    },
}

_VALUES: tuple[Any, ...] = (
    None, True, 3, -1, 2.5, "", "x", "{", "}", "{version}", "{nothing}", "<build>", "<a/b>", "(",
    "../x", "/x", "ü\n", [], {}, [None], [3], ["x"], [[]], {"x": None}, {"by-level": {}},
    {"by-level": {"3": 1}}, {"by-platform": {"x": [], "default": {}}}, {"task-reference": "<x>"},
    {"in-tree": 3}, "9" * 400, ["x"] * 300,
)  # fmt: skip
_KEYS = ("x", "by-level", "default", "name", "kind", "", "{version}")


def mutate(root: Path, seed: int) -> str:
    """Change a file of the copy at `root`, in one way for each seed; gives its name there."""
    rng = random.Random(seed)
    files = sorted(path for path in (root / "kinds").rglob("*.yml"))
    data = [path for path in files if path.parent.name == "data"]
    path = rng.choice(data if rng.random() < 0.2 else files)
    content = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    for _ in range(rng.choice((1, 1, 1, 2))):
        _change(content, rng)
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path.relative_to(root).as_posix()


def _change(content: Any, rng: random.Random) -> None:
    places = list(_places(content))
    if not places:  # the change before this one left nothing
        return
    holder, key = rng.choice(places)
    match rng.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice(_KEYS)] = holder.pop(key)
        case 2 if isinstance(holder, dict):
            holder[rng.choice(_KEYS)] = rng.choice(_VALUES)
        case 3:
            holder[key] = [holder[key]] if rng.random() < 0.5 else {"x": holder[key]}
        case _:
            holder[key] = rng.choice(_VALUES)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key or index) of a document, anchors once for each use."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs += value.items()
    elif isinstance(value, list):
        pairs += enumerate(value)
    for key, item in pairs:
        yield value, key
        yield from _places(item)


def copy_of_kinds(folder: Path) -> Path:
    """A project that has this one's kinds and no transforms of its own, so that ours are used."""
    shutil.copytree(ROOT / "kinds", folder / "kinds")
    return folder


def fault(root: Path, seed: int | None) -> str:
    """What is wrong with what becomes of a mutation; empty where nothing is. `root` is restored.

    Without a seed nothing is changed, and any error is wrong.
    """
    if seed is None:
        goal = Goal(flavor="ship_firefox", fresh=True)
        return "" if Pipeline.of(Project(root), PARAMETERS, goal).morphed.graph else "nothing"
    name = mutate(root, seed)
    try:
        return _outcome(root, name)
    finally:
        shutil.copy(ROOT / name, root / name)


def _outcome(root: Path, name: str) -> str:
    kind = Path(name).stem if Path(name).stem != "kind" else Path(name).parent.name
    try:
        project = Project(root)
        kinds = (kind,) if kind in project.kinds else ()
        goal = Goal(flavor="ship_firefox", fresh=True, kinds=kinds)
        _ = Pipeline.of(project, PARAMETERS, goal).morphed
    except RelproError as error:
        for one in error.diagnostics:
            if one.code == "T410":
                return f"{name}: {one.what}\n{one.why}"
            if one.code[0] in "KTY" and not one.where:
                return f"{name}: nowhere: {one.code} {one.what}"
    except Exception:  # noqa: BLE001 - any other is a fault of ours
        return f"{name}:\n{traceback.format_exc()}"
    return ""
