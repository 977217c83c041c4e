"""Every worker implementation, by the name that worker aliases of the configuration use."""

from collections.abc import Mapping

from relpro.stock.workers import (
    addons,
    balrog,
    beetmover,
    bitrise,
    bouncer,
    docker_worker,
    generic_worker,
    iscript,
    lando,
    pushapk,
    pushflatpak,
    pushmsix,
    shipit,
    signing,
    succeed,
    tree,
)
from relpro.stock.workers.payload import Implementation

IMPLEMENTATIONS: Mapping[str, Implementation] = {
    "docker-worker": Implementation(docker_worker.SCHEMA, docker_worker.build),
    "generic-worker": Implementation(generic_worker.SCHEMA, generic_worker.build),
    "succeed": Implementation(succeed.SCHEMA, succeed.build),
    "iscript": Implementation(iscript.SCHEMA, iscript.build),
    "scriptworker-signing": Implementation(signing.SCHEMA, signing.build),
    "scriptworker-beetmover": Implementation(beetmover.SCHEMA, beetmover.build),
    "scriptworker-balrog": Implementation(balrog.SCHEMA, balrog.build),
    "scriptworker-bouncer": Implementation(bouncer.SCHEMA, bouncer.build),
    "scriptworker-shipit": Implementation(shipit.SCHEMA, shipit.build),
    "scriptworker-tree": Implementation(tree.SCHEMA, tree.build),
    "scriptworker-lando": Implementation(lando.SCHEMA, lando.build),
    "scriptworker-addons": Implementation(addons.SCHEMA, addons.build),
    "scriptworker-pushapk": Implementation(pushapk.SCHEMA, pushapk.build),
    "scriptworker-pushmsix": Implementation(pushmsix.SCHEMA, pushmsix.build),
    "scriptworker-pushflatpak": Implementation(pushflatpak.SCHEMA, pushflatpak.build),
    "scriptworker-bitrise": Implementation(bitrise.SCHEMA, bitrise.build),
}
