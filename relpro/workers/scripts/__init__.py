"""The stand-in for each scriptworker script: a module with a function `act`.

`act(errand)` takes a task that the script's rules have accepted (`relpro.verify.scripts`) and whose
Chain of Trust is valid, and does what the script does. It raises `Unfit` for an invalid payload and
for actions that are not supported here, `Failed` if an action fails, and `RelproError` if a service
cannot be reached.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from relpro.workers.errand import Errand

#: Worker implementation -> its module here; each is imported when it is first needed.
MODULES: Mapping[str, str] = {
    "iscript": "iscript",
    "scriptworker-addons": "addons",
    "scriptworker-balrog": "balrog",
    "scriptworker-beetmover": "beetmover",
    "scriptworker-bouncer": "bouncer",
    "scriptworker-lando": "lando",
    "scriptworker-pushapk": "pushapk",
    "scriptworker-pushflatpak": "pushflatpak",
    "scriptworker-pushmsix": "pushmsix",
    "scriptworker-shipit": "shipit",
    "scriptworker-signing": "signing",
    "scriptworker-tree": "tree",
}


def act_of(implementation: str) -> "Callable[[Errand], None]":
    """The stand-in for a script."""
    module = importlib.import_module(f"{__name__}.{MODULES[implementation]}")
    return cast("Callable[[Errand], None]", module.act)
