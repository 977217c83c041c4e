"""What a package of the postcard holds beside the program, and how it is packed and unpacked."""

import shutil
import tarfile
from pathlib import Path

#: The folder in a package, and what a package is called in tasks.
NAME = "postcard"
PACKAGE = "target.tar.xz"

TOP = Path(__file__).parents[1]

#: What clients call the platforms, as of what they ask the update server.
BUILD_TARGETS = {
    "linux64": "Linux_x86_64-gcc3",
    "linux64-aarch64": "Linux_aarch64-gcc3",
    "macosx64": "Darwin_x86_64-gcc3-u-i386-x86_64",
    "win64": "WINNT_x86_64-msvc",
}


def complete(tree: Path, platform: str, version: str, build_id: str) -> None:
    """Put everything beside the program that is the same in all languages."""
    (tree / "application.ini").write_text(
        f"[App]\nVendor=Example\nName=Postcard\nVersion={version}\nBuildID={build_id}\n"
        f"BuildTarget={BUILD_TARGETS[platform]}\n"
    )
    for name in ("updater.py", "update-settings.ini", "release.pem", "removed-files", "stamp.txt"):
        if (TOP / "src" / name).exists():
            shutil.copyfile(TOP / "src" / name, tree / name)
    (tree / "updater.py").chmod(0o755)


def localise(tree: Path, locale: str) -> None:
    """Put the texts of a language there, and say which it is."""
    shutil.copyfile(TOP / "l10n" / f"{locale}.properties", tree / "texts.properties")
    (tree / "locale.ini").write_text(f"[Locale]\nName={locale}\n")


def pack(tree: Path, path: Path) -> None:
    """Pack a folder, the same files to the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:xz", preset=6) as tar:
        for file in sorted(tree.rglob("*")):
            member = tar.gettarinfo(file, f"{NAME}/{file.relative_to(tree).as_posix()}")
            member.uid = member.gid = member.mtime = 0
            member.uname = member.gname = ""
            member.mode = 0o755 if member.mode & 0o100 else 0o644
            with file.open("rb") as content:
                tar.addfile(member, content)


def unpack(path: Path, folder: Path) -> Path:
    """Unpack a package into a folder; gives the folder of the program in it."""
    with tarfile.open(path) as tar:
        tar.extractall(folder, filter="data")
    return folder / NAME
