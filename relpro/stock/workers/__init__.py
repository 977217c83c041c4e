"""Every worker implementation, by the name that worker aliases of the configuration use."""

import importlib
from collections.abc import Iterator, Mapping

from relpro.stock.workers.payload import Implementation

#: Implementation -> its module in this package, which has `SCHEMA` and `build`.
MODULES: Mapping[str, str] = {
    "docker-worker": "docker_worker",
    "generic-worker": "generic_worker",
    "succeed": "succeed",
    "iscript": "iscript",
    "scriptworker-signing": "signing",
    "scriptworker-beetmover": "beetmover",
    "scriptworker-balrog": "balrog",
    "scriptworker-bouncer": "bouncer",
    "scriptworker-shipit": "shipit",
    "scriptworker-tree": "tree",
    "scriptworker-lando": "lando",
    "scriptworker-addons": "addons",
    "scriptworker-pushapk": "pushapk",
    "scriptworker-pushmsix": "pushmsix",
    "scriptworker-pushflatpak": "pushflatpak",
    "scriptworker-bitrise": "bitrise",
}


class _Implementations(Mapping[str, Implementation]):
    """The implementations, each imported when it is first asked for.

    A project uses a few of them, and importing them all costs a small one a tenth of its time.
    """

    def __init__(self) -> None:
        self._known: dict[str, Implementation] = {}

    def __getitem__(self, name: str) -> Implementation:
        if name not in self._known:
            module = importlib.import_module(f"{__name__}.{MODULES[name]}")
            self._known[name] = Implementation(module.SCHEMA, module.build)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


IMPLEMENTATIONS: Mapping[str, Implementation] = _Implementations()
