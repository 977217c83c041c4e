"""Takes a file of a project, tells whether it is one: an ordinary file, inside of the project.

A link would show what it leads to in messages, and a pipe would be waited for without end.
"""

from pathlib import Path

from relpro.errors import Diagnostic, Origin, RelproError


def demand_ordinary(root: Path, path: Path, name: str) -> None:
    """Raise `RelproError` (K251) for a path, shown as `name`, that leads elsewhere or is no file.

    A path at which there is nothing is for whoever reads it to tell.
    """
    place = path.resolve()
    if not place.is_relative_to(root.resolve()):
        what, why = (
            f"`{name}` is a link that leads out of the project",
            "nobody else has what is there",
        )
    elif place.exists() and not (place.is_file() or place.is_dir()):
        what, why = f"`{name}` is no file", "only ordinary files are read"
    else:
        return
    remedy = "put the file itself there"
    raise RelproError(Diagnostic("K251", what, (Origin(name),), why=why, remedy=remedy))
