"""Takes kinds, warns about those without entries, which make no task."""

from collections.abc import Iterable, Iterator

from relpro.errors import Diagnostic
from relpro.model.kind import Kind


def kinds_without_entries(kinds: Iterable[Kind]) -> Iterator[Diagnostic]:
    """A diagnostic (O622) for each kind without entries, in its file or those of `tasks-from`."""
    for kind in kinds:
        if not kind.entries:
            what = f"kind `{kind.name}` has no entry, and so makes no task"
            remedy = "write what it makes under `tasks`, or take it away"
            yield Diagnostic("O622", what, (kind.locations.origin(),), remedy=remedy)
