"""Puts languages into a build: python3 scripts/localise.py PACKAGE FOLDER LOCALE..."""

import sys
import tempfile
from pathlib import Path

import package


def main(packed: str, folder: str, *locales: str) -> None:
    """Write FOLDER/LOCALE/target.tar.xz for each locale."""
    with tempfile.TemporaryDirectory() as work:
        tree = package.unpack(Path(packed), Path(work))
        for locale in locales:
            package.localise(tree, locale)
            package.pack(tree, Path(folder, locale, package.PACKAGE))


if __name__ == "__main__":
    main(*sys.argv[1:])
