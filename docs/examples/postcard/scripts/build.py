"""Builds the postcard for a platform: python3 scripts/build.py PLATFORM FOLDER.

FOLDER gets target.tar.xz, which holds the program in English. The compiler is that of ziglang, which
compiles for every platform; where it is not installed it is `cc`, for Linux on the machine at hand.
Read from the environment: BUILD_ID, and XDG_CACHE_HOME, below which the compiler keeps what it makes
of the runtime of each platform; without that it makes it again, for Windows in a minute.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import package

TARGETS = {
    "linux64": "x86_64-linux-gnu",
    "linux64-aarch64": "aarch64-linux-gnu",
    "macosx64": "x86_64-macos",
    "win64": "x86_64-windows-gnu",
}

TOP = Path(__file__).parents[1]


def compiler(platform: str) -> list[str]:
    """The words of the compiler's command."""
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc", "-target", TARGETS[platform]]
    if platform != "linux64":
        sys.exit(f"{platform} is compiled by ziglang: pip install ziglang")
    return ["cc"]


def build(platform: str, folder: Path) -> None:
    """Write the package of a platform into a folder."""
    version = (TOP / "kinds/version.txt").read_text().strip()
    tree = folder / package.NAME
    tree.mkdir(parents=True)
    program = tree / ("postcard.exe" if platform == "win64" else "postcard")
    cache = str(Path(os.environ.get("XDG_CACHE_HOME") or folder).resolve() / "zig")
    subprocess.run(
        [
            *compiler(platform),
            "-O2",
            "-s",
            f"-DVERSION={version}",
            "-o",
            program,
            TOP / "src/postcard.c",
        ],
        env={**os.environ, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        check=True,
    )
    for left in tree.glob("*.pdb"):
        left.unlink()
    package.complete(tree, platform, version, os.environ["BUILD_ID"])
    package.localise(tree, "en-US")
    package.pack(tree, folder / package.PACKAGE)


if __name__ == "__main__":
    build(sys.argv[1], Path(sys.argv[2]))
