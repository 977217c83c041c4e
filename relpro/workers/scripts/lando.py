"""Stands in for landoscript: tags and bumps a version in a git repository, without Lando.

It publishes public/build/version-bump.diff, as the script does. Source: landoscript, script.py.
"""

from relpro.workers.errand import Errand
from relpro.workers.tree_changes import Change, Repository

_KNOWN = ("tag", "version_bump")

_MESSAGE = "Automatic version bump NO BUG a=release CLOSED TREE DONTBUILD"


def act(errand: Errand) -> None:
    """Carry out the actions of a task. Raises `Unfit`, `Failed` and `Stopped`."""
    payload = errand.payload
    change = Change.of(payload, _KNOWN, _MESSAGE)
    repository = Repository.of(errand, payload["lando_repo"])
    difference = repository.make(errand, change, push=not payload.get("dry_run", False))
    if difference:
        path = errand.publish("public/build/version-bump.diff")
        path.write_text(difference, encoding="utf-8")
