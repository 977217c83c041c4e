"""Every host, bucket and server that our kinds name stands in one file."""

import re

from tests.kinds.conftest import ROOT

#: Where addresses stand; and where sources of what is compiled do, each beside its digest, and
#: those of the tree.
_ONE_FILE = "kinds/config.yml"
_SOURCES = (
    "kinds/build/fetch.yml",
    "kinds/build/fetches/",
    "kinds/build/packages.yml",
    "kinds/build/toolchain.yml",
    "kinds/build/toolchains/",
    "kinds/data/whats_new_page",
)

_ADDRESS = re.compile(
    r"https?://[\w.-]+\w|[\w-]+\.(?:mozilla\.(?:org|com)|mozaws\.net|mozgcp\.net|amazonaws\.com)"
)
#: Told as they are: where a maintainer is written to, and a token of staging that leads nowhere.
_TOLD = {
    "kinds/promote/android/application.yml: https://fake",
    "kinds/promote/android/application.yml: prod.mozaws.net",
    "transforms/debian_package.py: lists.mozilla.org",
}
#: The service whose addresses are read, and written, as those of repositories.
_FORM = "https://github.com"


def test_addresses_stand_in_one_file() -> None:
    paths = [path for folder in ("kinds", "transforms") for path in (ROOT / folder).rglob("*.*")]
    found = {
        f"{name}: {match}"
        for path in paths
        if path.suffix in {".yml", ".py"}
        and not (name := str(path.relative_to(ROOT))).startswith((_ONE_FILE, *_SOURCES))
        for line in path.read_text().splitlines()
        if not line.lstrip().startswith("#")
        for match in _ADDRESS.findall(line)
    }
    assert {one for one in found if not one.endswith(_FORM)} == _TOLD
