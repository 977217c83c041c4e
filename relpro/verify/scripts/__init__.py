"""The requirements of each scriptworker script, by the name of the worker implementation."""

from collections.abc import Mapping

from relpro.verify.scripts.beetmover import BEETMOVER
from relpro.verify.scripts.github import GITHUB
from relpro.verify.scripts.release_services import BALROG, BOUNCER, SHIPIT
from relpro.verify.scripts.script import Script
from relpro.verify.scripts.signing import ISCRIPT, SIGNING
from relpro.verify.scripts.stores import ADDONS, BITRISE, PUSHAPK, PUSHFLATPAK, PUSHMSIX
from relpro.verify.scripts.trees import LANDO, TREE

SCRIPTS: Mapping[str, Script] = {
    "iscript": ISCRIPT,
    "scriptworker-signing": SIGNING,
    "scriptworker-beetmover": BEETMOVER,
    "scriptworker-balrog": BALROG,
    "scriptworker-bouncer": BOUNCER,
    "scriptworker-shipit": SHIPIT,
    "scriptworker-tree": TREE,
    "scriptworker-lando": LANDO,
    "scriptworker-addons": ADDONS,
    "scriptworker-pushapk": PUSHAPK,
    "scriptworker-pushflatpak": PUSHFLATPAK,
    "scriptworker-pushmsix": PUSHMSIX,
    "scriptworker-bitrise": BITRISE,
    "scriptworker-github": GITHUB,
}
