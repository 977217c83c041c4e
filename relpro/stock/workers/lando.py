"""Takes changes to a source tree, gives the payload of landoscript.

Source: landoscript, which changes a tree through Lando. Its scopes have the same prefix for every
product.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.stock.workers.naming import handed_on
from relpro.stock.workers.payload import Payload
from relpro.stock.workers.tree import ACTIONS, CHANGES, changed_tree, tree_changes
from relpro.transform.context import Context
from relpro.values import OneOf, text

SCHEMA = {
    Required("lando-repo"): text,
    Required("actions"): [OneOf(*ACTIONS)],
    **CHANGES,
}

_PREFIX = "project:releng:lando"
_PLAIN = handed_on(SCHEMA, "actions", "max-run-time")


def build(_ctx: Context, description: TaskDescription) -> Payload:
    """The payload, and scopes: for the repository, for each action, for each file to bump."""
    payload = tree_changes(description.worker, _PLAIN)
    effects = changed_tree(payload["lando_repo"], payload)
    return Payload(payload, scopes=tuple(_scopes(payload)), effects=effects)


def _scopes(payload: Mapping[str, Any]) -> Iterator[str]:
    yield f"{_PREFIX}:repo:{payload['lando_repo']}"
    for action in payload["actions"]:
        if action == "version_bump":
            for path in payload.get("version_bump_info", {}).get("files", ()):
                yield f"{_PREFIX}:action:version_bump:file:{path}"
        else:
            yield f"{_PREFIX}:action:{action}"
