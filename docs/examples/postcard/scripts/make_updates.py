"""Makes MARs: python3 scripts/make_updates.py PACKAGES FOLDER CHANNEL LOCALE...

PACKAGES has LOCALE/target.tar.xz of each locale. FOLDER gets LOCALE/target.complete.mar, and for each
earlier release of the history LOCALE/target-VERSION.partial.mar. The history stands in the variable
PARTIALS: locale -> name of the file -> what is known of the release that it updates from. Its
complete MAR is downloaded, and must be signed by the key that clients trust.
"""

import json
import os
import sys
import tempfile
import urllib.request
from pathlib import Path

import package
from relpro.updates.making import Marked, make_complete, make_partial
from relpro.updates.trees import build_of, read_tree

TOP = Path(__file__).parents[1]
sys.path.append(str(TOP / "src"))

import updater


def earlier(build: dict[str, str], work: Path) -> Path:
    """The tree of an earlier release, from its complete MAR."""
    mar = work / "earlier.mar"
    with urllib.request.urlopen(build["mar_url"], timeout=60) as answer:
        mar.write_bytes(answer.read())
    tree = work / "earlier"
    tree.mkdir()
    key = (TOP / "src/release.pem").read_bytes()
    updater.apply(updater.read_mar(mar.read_bytes(), key), tree)
    return tree


def make(packed: Path, folder: Path, channel: str, partials: dict[str, dict[str, str]]) -> None:
    """Write the MARs of one locale."""
    with tempfile.TemporaryDirectory() as work:
        tree = package.unpack(packed, Path(work))
        folder.mkdir(parents=True)
        new = read_tree(tree)
        marked = Marked(build_of(new)[0], channel)
        make_complete(new, folder / "target.complete.mar", marked)
        for name, build in sorted(partials.items()):
            with tempfile.TemporaryDirectory() as place:
                old = read_tree(earlier(build, Path(place)))
                make_partial(old, new, folder / name, marked)


def main(packages: str, folder: str, channel: str, *locales: str) -> None:
    """Write the MARs of all locales."""
    history = json.loads(os.environ.get("PARTIALS") or "{}")
    for locale in locales:
        packed = Path(packages, locale, package.PACKAGE)
        make(packed, Path(folder, locale), channel, history.get(locale, {}))


if __name__ == "__main__":
    main(*sys.argv[1:])
