"""Takes a folder of artifacts, refuses an incomplete one."""

from pathlib import Path

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.writing import is_complete


def demand_complete(folder: Path) -> None:
    """Raise `RelproError` (Q719) if relpro was stopped while it wrote files of the folder."""
    if is_complete(folder):
        return
    what = f"the artifacts in `{folder}` are incomplete: relpro was ended while it wrote them"
    remedy = "run again what wrote them"
    raise RelproError(Diagnostic("Q719", what, (Origin(str(folder)),), remedy=remedy))
