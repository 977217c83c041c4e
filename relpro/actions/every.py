"""Every action there is, in the order of the list that people see."""

from collections.abc import Mapping

from relpro.actions.action import Action
from relpro.actions.add_new_tasks import ADD_NEW_TASKS
from relpro.actions.cancel import CANCEL
from relpro.actions.cancel_all import CANCEL_ALL
from relpro.actions.rebuild_cached_tasks import REBUILD_CACHED_TASKS
from relpro.actions.release_promotion import RELEASE_PROMOTION
from relpro.actions.rerun import RERUN
from relpro.actions.retrigger import RETRIGGER
from relpro.errors import Diagnostic, RelproError
from relpro.model.nearest import nearest

ACTIONS = (
    RERUN,
    RETRIGGER,
    CANCEL,
    CANCEL_ALL,
    RELEASE_PROMOTION,
    REBUILD_CACHED_TASKS,
    ADD_NEW_TASKS,
)

BY_NAME: Mapping[str, Action] = {action.name: action for action in ACTIONS}


def action_named(name: str) -> Action:
    """The action that is triggered by `name`. Raises `RelproError` (Q707) where there is none."""
    if name not in BY_NAME:
        close = nearest(name, BY_NAME)
        remedy = f"did you mean `{close}`?" if close else f"there are: {', '.join(BY_NAME)}"
        raise RelproError(Diagnostic("Q707", f"no action is called `{name}`", remedy=remedy))
    return BY_NAME[name]
