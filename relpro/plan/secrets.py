"""Takes an environment, keeps the values of its secrets out of files."""

import mmap
import re
from collections.abc import Mapping
from pathlib import Path

from relpro.errors import Diagnostic, Refused
from relpro.writing import Check

#: Suffixes of variables that hold a secret.
_SECRET = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|ACCESS_KEY|API_KEY|PRIVATE_KEY|CERTIFICATE)$"
)

#: Shorter values are words that appear in files by chance.
_SHORTEST = 8


def refuse_secrets(environment: Mapping[str, str]) -> Check:
    """A check that raises `Refused` (Q718) for a file that contains the value of a secret."""
    secrets = {
        name: value.encode()
        for name, value in environment.items()
        if _SECRET.search(name) and len(value) >= _SHORTEST
    }

    def check(name: str, path: Path) -> None:
        if not secrets or not path.stat().st_size:
            return
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            for variable, value in secrets.items():
                if text.find(value) >= 0:
                    what = f"`{name}` would hold the value of `{variable}`"
                    why = "whoever looks at the task can read its artifacts"
                    remedy = "find where it comes from: a parameter, an address, a message"
                    raise Refused(Diagnostic("Q718", what, why=why, remedy=remedy))

    return check
