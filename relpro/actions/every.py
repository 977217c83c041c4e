"""Takes a configuration, gives the actions of its project, in the order that people see."""

import attrs

from relpro.actions.action import Action, Work
from relpro.actions.add_new_tasks import ADD_NEW_TASKS
from relpro.actions.cancel import CANCEL
from relpro.actions.cancel_all import CANCEL_ALL
from relpro.actions.rebuild_cached_tasks import REBUILD_CACHED_TASKS
from relpro.actions.release_promotion import RELEASE_PROMOTION
from relpro.actions.rerun import RERUN
from relpro.actions.retrigger import RETRIGGER, RETRIGGER_FORCED
from relpro.errors import Diagnostic, RelproError, raise_all
from relpro.model.config import ActionSettings, GraphConfig
from relpro.model.nearest import meant
from relpro.python.functions import Role, attributed_to, project_value

ACTIONS = (
    RERUN,
    RETRIGGER,
    RETRIGGER_FORCED,
    CANCEL,
    CANCEL_ALL,
    RELEASE_PROMOTION,
    REBUILD_CACHED_TASKS,
    ADD_NEW_TASKS,
)

_NAMES = tuple(action.cb_name for action in ACTIONS)


def actions_for(config: GraphConfig) -> tuple[Action, ...]:
    """Every action, the project's own last, with the settings of `actions` in the configuration.

    Raises `RelproError`: K211 if these name an unknown action, K252 and K253 for one of the
    project's own that cannot be found, or is no action.
    """
    raise_all(
        Diagnostic("K211", f"no action is called `{name}`", (said.origin,), remedy=_remedy(name))
        for name, said in config.actions.items()
        if name not in _NAMES and said.source is None
    )
    own = (_of_project(said) for said in config.actions.values() if said.source)
    return tuple(
        _as_configured(action, config.actions.get(action.cb_name)) for action in (*ACTIONS, *own)
    )


def _of_project(said: ActionSettings) -> Action:
    """An action of the project's own, with the name that the configuration gives it."""
    name, named_by = str(said.source), f"action `{said.name}`"
    role = Role(named_by, said.origin, "K252", "request", Action, words="an `Action`")
    action = project_value(name, role, Action)
    if said.name in _NAMES:
        what = f"action `{said.name}` is one of relpro's, and `{name}` would replace it"
        raise RelproError(Diagnostic("K253", what, (said.origin,), remedy="call it otherwise"))
    words = "`Generate`, `Rerun` or `Cancel` of relpro"
    does = Role(named_by, said.origin, "K252", "request", Work, words=words)
    decide = attributed_to(name, action.decide, does)
    return attrs.evolve(action, callback=said.name, decide=decide)


def action_named(name: str, config: GraphConfig, project: str = "") -> Action:
    """The action that is triggered by `name`.

    Raises `RelproError` (Q707) if there is none, or if `project` does not offer it.
    """
    found = {action.cb_name: action for action in actions_for(config)}.get(name)
    if found is None:
        raise RelproError(Diagnostic("Q707", f"no action is called `{name}`", remedy=_remedy(name)))
    if project and not found.is_for(project, config):
        what = f"project `{project}` does not offer action `{name}`"
        why = f"`projects` of the action names {', '.join(found.projects or ()) or 'none'}"
        raise RelproError(Diagnostic("Q707", what, (config.actions[name].origin,), why=why))
    return found


def _as_configured(action: Action, said: ActionSettings | None) -> Action:
    if said is None:
        return action
    return attrs.evolve(
        action,
        projects=said.projects,
        permission=said.permission or action.permission,
        description=said.description or action.description,
    )


def _remedy(name: str) -> str:
    return meant(name, _NAMES, f"there are: {', '.join(_NAMES)}")
