"""Takes a kind, refuses a chain in which required transforms are missing or come too early."""

from collections.abc import Callable, Sequence

from relpro.errors import Diagnostic, RelproError
from relpro.model.task import TaskDescription
from relpro.transform.context import Context

_Whole = Callable[[Context, Sequence[TaskDescription]], Sequence[TaskDescription]]
_Uses = Callable[[TaskDescription], bool]


def followed_by(uses: _Uses, first: str, *others: str) -> _Whole:
    """A transform that changes nothing, but requires `others` after `first`, in order.

    It raises `RelproError` (T421) if any task `uses` the first one: its result needs the others.
    """

    def demand_order(
        ctx: Context, descriptions: Sequence[TaskDescription]
    ) -> Sequence[TaskDescription]:
        named = ctx.kind.transforms
        wanted = (first, *others)
        in_order = [name for name in named if name in wanted] == list(wanted)
        if not in_order and any(map(uses, descriptions)):
            what = f"`{first}` lacks the transforms that must follow it"
            where = (ctx.kind.locations.origin("transforms"),)
            remedy = f"write `transforms: [{', '.join(wanted)}]`"
            raise RelproError(
                Diagnostic("T421", what, where, f"kind `{ctx.kind.name}`", remedy=remedy)
            )
        return descriptions

    return demand_order
