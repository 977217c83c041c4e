"""Takes a file of a project, checks that it is an ordinary file inside the project.

Through a link, messages could show any file of the machine; reading a pipe would never end.
"""

import os
import stat
from pathlib import Path

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.load.vcs import top_of


def demand_ordinary(root: Path, path: Path, name: str) -> None:
    """Raise `RelproError` (K251) if a path leads out of the project or is not a file.

    `name` is the path as people know it. A path that does not exist is accepted: its reader reports
    that.
    """
    try:
        place = path.resolve()
    except (RuntimeError, OSError, ValueError):  # a loop, in either way; a name with a null
        place = path
    if not is_inside(root, place):
        what, why = (
            f"`{name}` is a link that leads out of the project",
            "nobody else has what is there",
        )
    elif _is_special(place):
        what, why = f"`{name}` is not a file", "only ordinary files are read"
    else:
        return
    remedy = "put the file itself there"
    raise RelproError(Diagnostic("K251", what, (Origin(name),), why=why, remedy=remedy))


def repository_file(root: Path, name: str) -> Path:
    """Where a file is that Taskcluster reads at the top of the repository, if there is one.

    A project may be a folder of its repository. Raises `RelproError` (K251) as `demand_ordinary`.
    """
    top = root if os.path.lexists(root / name) else top_of(root) or root
    demand_ordinary(top, top / name, name)
    return top / name


def is_inside(root: Path, place: Path) -> bool:
    """Whether a path, links followed, lies in a project, and not in what git keeps for itself."""
    top = root.resolve()
    return place.is_relative_to(top) and ".git" not in place.relative_to(top).parts


def _is_special(place: Path) -> bool:
    """Whether there is a pipe, a device or a similar file."""
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError):  # nothing exists there, or nothing can have such a name
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
