"""What stands in for each scriptworker script: a module with a function `act`.

`act(errand)` takes a task that the script's rules have accepted (`relpro.verify.scripts`), and
whose Chain of Trust holds; it does what the script does. It raises `Unfit` for what cannot be done
here or as the payload says, `Failed` where doing it fails, and `RelproError` where a service that
it needs cannot be reached.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from relpro.workers.errand import Errand

#: Worker implementation -> its module here; each is imported when a task first asks for it.
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
    """What stands in for a script."""
    module = importlib.import_module(f"{__name__}.{MODULES[implementation]}")
    return cast("Callable[[Errand], None]", module.act)
