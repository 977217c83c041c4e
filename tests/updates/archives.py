"""Takes the files of a program; gives the MAR of it, made by the public `mar` package."""

from collections.abc import Mapping
from pathlib import Path

from mardor.writer import MarWriter


def make_mar(
    path: Path,
    version: str,
    build_id: str,
    *,
    kind: str = "complete",
    channel: str = "widget-release",
    files: Mapping[str, str] | None = None,
) -> bytes:
    """A MAR at `path`, signed by nobody; gives its content."""
    told = f"[App]\nVendor=Example\nName=Widget\nVersion={version}\nBuildID={build_id}\n"
    members = {
        "updatev3.manifest": f'type "{kind}"\n',
        **({"application.ini": told} if kind == "complete" else {}),
        **(files or {}),
    }
    folder = path.with_suffix(".files")
    for name, text in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, MarWriter(file, productversion=version, channel=channel) as mar:
        for name in members:
            _add(mar, folder, name)
    return path.read_bytes()


def _add(mar: MarWriter, folder: Path, name: str) -> None:
    """Add a file by its name below the folder: the package takes names as they are."""
    with (folder / name).open("rb") as file:
        mar.add_fileobj(file, name, "xz", 0o644)
