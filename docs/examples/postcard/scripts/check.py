"""Checks a build as users get it: python3 scripts/check.py PLATFORM PACKAGE.

A program of this machine is run; of another one it is checked that it is one of its platform.
"""

import platform as machine
import subprocess
import sys
import tempfile
from pathlib import Path

import package

#: How programs of a platform begin, and after how many bytes which machine is named.
BEGINNINGS = {
    "linux64": (b"\x7fELF\x02\x01", 18, b"\x3e\x00"),
    "linux64-aarch64": (b"\x7fELF\x02\x01", 18, b"\xb7\x00"),
    "macosx64": (b"\xcf\xfa\xed\xfe", 4, b"\x07\x00\x00\x01"),
    "win64": (b"MZ", 0, b""),
}

OURS = {"x86_64": "linux64", "aarch64": "linux64-aarch64"}


def check(platform: str, tree: Path) -> None:
    """Raise AssertionError where a build is not what it should be."""
    program = tree / ("postcard.exe" if platform == "win64" else "postcard")
    content = program.read_bytes()
    begins, offset, named = BEGINNINGS[platform]
    assert content.startswith(begins), f"{program.name} is no program for {platform}"
    assert content[offset : offset + len(named)] == named, "it is of another machine"
    version = Path(__file__).parents[1].joinpath("kinds/version.txt").read_text().strip()
    assert version.encode() in content, f"it is not version {version}"
    if sys.platform == "linux" and OURS.get(machine.machine()) == platform:
        said = subprocess.check_output([program, "--version"], text=True)
        assert said == f"postcard {version}\n", said
        print(subprocess.check_output([program], text=True))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        check(sys.argv[1], package.unpack(Path(sys.argv[2]), Path(work)))
