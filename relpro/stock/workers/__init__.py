"""Every worker implementation, by the name that worker aliases of the configuration use."""

from collections.abc import Mapping

from relpro.stock.workers import (
    balrog,
    beetmover,
    docker_worker,
    generic_worker,
    signing,
    succeed,
)
from relpro.stock.workers.payload import Implementation

IMPLEMENTATIONS: Mapping[str, Implementation] = {
    "docker-worker": Implementation(docker_worker.SCHEMA, docker_worker.build),
    "generic-worker": Implementation(generic_worker.SCHEMA, generic_worker.build),
    "succeed": Implementation(succeed.SCHEMA, succeed.build),
    "scriptworker-signing": Implementation(signing.SCHEMA, signing.build),
    "scriptworker-beetmover": Implementation(beetmover.SCHEMA, beetmover.build),
    "scriptworker-balrog": Implementation(balrog.SCHEMA, balrog.build),
}
