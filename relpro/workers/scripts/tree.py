"""Stands in for treescript: tags, version bumps and branches in a git repository.

Source: treescript, do_actions.
"""

from relpro.verify.scripts.trees import tree_of
from relpro.workers.errand import Errand
from relpro.workers.tree_changes import Change, Repository

_KNOWN = ("tag", "version_bump", "create_branch", "push")

_MESSAGE = "Automatic version bump CLOSED TREE NO BUG a=release"
_NO_BUILD = " DONTBUILD"


def act(errand: Errand) -> None:
    """Carry out the actions of a task. Raises `Unfit`, `Failed` and `Stopped`."""
    payload = errand.payload
    message = _MESSAGE + (_NO_BUILD if payload.get("dontbuild") else "")
    change = Change.of(payload, _KNOWN, message)
    repository = Repository.of(errand, tree_of(errand.task), payload.get("branch", ""))
    repository.make(errand, change, push=not payload.get("dry_run", False))
