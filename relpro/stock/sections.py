"""Takes the name of a section, gives the stock transform that owns it.

A section in an entry of a kind that does not name its transform is an unknown key; this table says
what is missing. It is written out so that an error message does not import every transform.
"""

from collections.abc import Mapping
from typing import Final

#: Section -> the module to name in `transforms`.
OWNERS: Final[Mapping[str, str]] = {
    "artifact-map": "relpro.stock.artifact_map",
    "balrog-release": "relpro.stock.balrog_release",
    "balrog-schedule": "relpro.stock.balrog_schedule",
    "bouncer": "relpro.stock.bouncer",
    "bouncer-aliases": "relpro.stock.bouncer_aliases",
    "cache": "relpro.stock.cached_tasks",
    "chunks": "relpro.stock.chunk",
    "fan-in": "relpro.stock.dummy",
    "fetch": "relpro.stock.fetch",
    "fetch-alias": "relpro.stock.fetch",
    "fetches": "relpro.stock.fetches",
    "from-deps": "relpro.stock.from_deps",
    "gate": "relpro.stock.signoff",
    "image": "relpro.stock.docker_image",
    "langpacks": "relpro.stock.langpacks",
    "locales": "relpro.stock.locales",
    "matrix": "relpro.stock.matrix",
    "notify": "relpro.stock.notify",
    "partials": "relpro.stock.partials",
    "per-locale": "relpro.stock.per_locale",
    "run": "relpro.stock.run",
    "release-deps": "relpro.stock.release_deps",
    "upstream-files": "relpro.stock.upstream_files",
}
